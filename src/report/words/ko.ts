import type { Words } from './en.ts'
import { advice } from './ko/advice.ts'
import { findings, reasons, validity } from './ko/findings.ts'
import { metrics } from './ko/metrics.ts'
import { page } from './ko/page.ts'
import { sideBySide, sweep, switches } from './ko/tables.ts'

export const ko: Words = {
  verdict: {
    pass: 'PASS - {title}: 목표 {n}개 모두 달성',
    partly: 'PASS - {title}: 목표 {n}개 중 {k}개 달성, {e}개 측정되지 않음',
    fail: 'FAIL - {title}: 목표 {n}개 중 {m}개 미달',
    ended: 'FAIL - {title}: {ending}',
    interrupted:
      'INTERRUPTED - {title}: {ending}. 통과도 실패도 아님 (그때까지 목표 {n}개 중 {k}개 달성)',
    stopped:
      'FAIL - {title}: k6-llm이 중단함: 사용자의 첫 요청이 모두 기다려도 해결되지 않는 이유로 실패함 ({list})',
    none: 'NONE - {title}: 임계값이 없어 판정하지 않음',
    unknown: 'NONE - {title}: 이 요약에는 임계값 판정이 없음',
  },
  preview: '미리보기 (K6 아님): 스크립트가 동작함을 보일 뿐, 수치는 벤치마크가 아님',
  ending: {
    time: '{plan} 중 {ran} 만에',
    iterations: '반복 {n}건 중 {k}건 뒤에',
    never: '시나리오가 시작되기 전에',
    by: {
      interruption: '{where} 중단됨',
      threshold: '{where} abortOnFail({list})로 종료됨',
      library: '{where} k6-llm이 스스로 종료함(메시지는 k6 로그에 있음)',
    },
  },
  ran: '실행 시간 {span}',
  users: '최대 동시 사용자 {n}명',
  changedBy: '환경 변수로 설정: {list}',
  missed: '미달 목표',
  empty: '측정되지 않음 (k6는 이런 임계값을 통과로 처리함)',
  doubted: '측정되지 않았거나 근거가 되지 못함 (k6는 이런 임계값을 통과로 처리함)',
  doubts: {
    refused: '그러나 모든 요청이 실패함',
    disproved: '그러나 스트림의 헤더는 {headers} 뒤에 도착함',
  },
  met: '달성 목표',
  missedSoFar: '중단 시점에 미달인 목표 (판정하지 않음)',
  metSoFar: '중단 시점에 달성한 목표 (판정하지 않음)',
  nothing: '측정값 없음',
  notRecorded: '기록되지 않음',
  invalid: '숫자가 아님',
  goal: '목표',
  unmeasured: '측정하지 못한 항목',
  estimated: '측정하지 못해 추정한 항목',
  unjudged: '판정 없이 참고만 하는 항목',
  wholeRun: '전체 실행 기준',
  peak: '최대',
  why: '이유:',
  fix: '방법:',
  failures: '실패한 요청과 서버의 메시지',
  latency: '지연 시간',
  distributions: '요청별 분포',
  count: '건수',
  counts: '집계',
  checks: '체크: {total}건 중 {passed}건 통과',
  checksFailed: '{total}건 중 {fails}건 실패',
  notInIt: '그 밖에 {n}건 이상은 포함되지 않음',
  gauge: '마지막 값, 실행 중 {min}~{max}',
  notes: '비고',
  files: '파일 (쓰지 못한 것은 k6가 알림):',
  span: { h: '시간', m: '분', s: '초' },
  units: { '/s': '/초', 'requests/s': '건/초', 'tokens/min': '토큰/분', users: '명' },
  samplesOf: '{name} ({least}건 중 {n}건)',
  warnings: {
    few:
      '필요한 수보다 적은 샘플로 판정: {list}. 위에 샘플이 없는 백분위는 최댓값과 같은데도 k6는 ' +
      '그대로 판정합니다. 더 오래 실행하면 알 수 있습니다.',
    columns:
      '기록되지 않은 통계: {list}. 스크립트 options의 summaryTrendStats에 추가하세요. ' +
      'k6 기본 설정에는 p(99)가 없습니다.',
    'machine-readable':
      'k6의 기계 판독용 요약 형식입니다. 임계값 판정과 p(99)가 들어 있지 않아 이 ' +
      '보고서는 판정을 옮길 수 없습니다. k6의 종료 코드는 정확합니다. ' +
      '--new-machine-readable-summary 옵션과 K6_NEW_MACHINE_READABLE_SUMMARY ' +
      '변수 없이 실행하세요.',
  },
  findings,
  reasons,
  validity,
  switches,
  sweep,
  sideBySide,
  advice,
  page,
  metrics,
}
