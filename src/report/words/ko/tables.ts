import type { Words } from '../en.ts'

export const switches: Words['switches'] = {
  title: '모델 전환',
  counts: '전환 {total}회, 실패 {failed}회, 분당 {rate}회',
  cold: '전환 후 첫 응답 {cold}, 다음 응답 {warm}: {ratio}배',
  estimate: '한 토큰 요청의 전체 시간: 기본 k6는 토큰 도착을 볼 수 없음',
  fromTo: '이전 → 이후',
  failed: '실패',
}

export const sweep: Words['sweep'] = {
  title: '부하 단계',
  step: '단계',
  requests: '요청',
  done: '처리',
  answer: '응답 p50',
  failed: '실패',
  dropped: '누락',
  highest: 'SLA를 충족하는 최고 단계: {load}.',
  none: 'SLA를 충족하는 단계가 없습니다.',
  unknown: 'SLA를 충족하는지 확인된 단계가 없습니다: 일부가 측정되지 않았습니다.',
  above: '더 높은 {list}도 충족하지만 그 아래 {lower}에서 미달이거나 확인되지 않아 세지 않습니다.',
  stopped: '{step}에서 포화되어 중단했습니다: {why}.',
  rest: '이후 단계는 실행하지 않았습니다.',
  half: '요청의 절반이 한도 초과 ({label})',
  halfFailed: '요청의 절반이 실패',
  fifthDropped: '요청의 5분의 1이 누락',
  rate: '초당 {n}건',
  users: '사용자 {n}명',
}

export const sideBySide: Words['sideBySide'] = '{tag}별 비교'
