import type { Words } from './en.ts'

/** The same in Korean. */
export const ko: Words = {
  reading: {
    recomputed: 'k6 샘플에서 다시 계산',
    samples: '샘플',
    duration: '실행 시간',
    thresholds: '임계값',
    input: '입력',
    verdict: '판정',
    read: (count, files) => `${files}의 ${count.toLocaleString('ko')}개`,
    span:
      '첫 샘플부터 마지막 샘플까지. k6는 카운터의 초당 값을 자체 실행 시간으로 나누며, 그 값은 ' +
      '--thresholds에 handleSummary의 JSON을 주면 알 수 있음',
    csv:
      'CSV에는 임계값이 없어 판정하지 않음. --thresholds FILE로 k6 inspect script.js의 출력이나 ' +
      'handleSummary의 JSON을 주면 판정함',
    unjudged: (count, names) =>
      `k6의 JSON에는 메트릭 전체의 임계값만 있음. 판정하지 않은 하위 메트릭 ${count}개: ${names}. ` +
      '--thresholds FILE로 k6 inspect script.js의 출력이나 handleSummary의 JSON을 주면 판정함',
    partial: (names) => `뒤의 파일에만 있어 제외함: ${names}. --thresholds FILE로 모두 줄 것`,
    beside: (file) => `같은 실행이 쓴 ${file}의 것. --no-thresholds를 주면 쓰지 않음`,
    same: '임계값 파일에 있는 k6 자체의 판정과 같음',
    other: '임계값 파일에 있는 k6 자체의 판정과 다름: 그 실행의 샘플이 맞는지 확인할 것',
  },
  common: {
    requests: '요청',
    failed: '실패',
    figure: '지표',
    verdict: '판단',
    interval: '95 % 구간',
  },
  sweep: {
    load: '부하 단계별 처리',
    latency: '부하 단계별 지연',
    step: '단계',
    achieved: '처리/s',
    tokens: '토큰/s',
    dropped: '버려짐',
    goals: '목표',
    intervalOfP95: 'p95의 95 % 구간',
    outcomes: { met: '충족', missed: '미달', lost: '부하 미달', unknown: '측정 안 됨' },
    noGoals: '단계를 판정할 목표가 없음: --goal llm_ttft:p(95)<2000처럼 지정.',
    byReport: (sla) => `--thresholds의 보고서에 있는 ${sla} 기준으로 판정.`,
    none: '목표를 충족한 단계가 없음.',
    notLowest: (lowest) => `가장 낮은 부하가 목표에 미달: ${lowest}.`,
    highest: (load, sure) => `목표를 충족하는 가장 높은 부하(그 아래 모두 충족): ${load}${sure}.`,
    sure: (percent, rounds) => ` (재표본 ${rounds}회 중 ${percent} %)`,
    last: '시도한 가장 높은 부하임.',
    above: (list, lower) =>
      `더 높은 ${list}도 충족했지만 ${lower}에서 미달이므로 세지 않음. 미달 위의 충족은 우연일 수 있음.`,
    bend: (load) => `곡선이 꺾이는 지점: ${load}.`,
    lost: (least, dropped, list) =>
      `부하를 유지하지 못함(속도의 ${least} % 미만 또는 ${dropped} % 넘게 버려짐): ${list}.`,
    overLoad: (name) => `부하별 ${name}`,
    achievedOverLoad: '부하별 실제 처리',
    axis: '부하',
    bendMark: '꺾임',
    highestMark: '목표를 충족하는 최고 부하',
    done: '실제',
    asked: '요구',
  },
  groups: {
    title: (tag, other, first) => `${tag}: ${first} 대비 ${other}`,
    note:
      '측정 구간. 차이의 95 % 구간은 부트스트랩, p는 Holm 보정 후 값. ' +
      '규칙은 docs/raw-results.md.',
    difference: '차이',
    verdicts: {
      worse: '나쁨',
      better: '좋음',
      same: '같음',
      'not enough data': '데이터 부족',
      'not judged': '판정 안 함',
    },
  },
  steadiness: {
    title: '측정 구간의 안정성',
    windows: '구간 수',
    change: '실행 중 변화',
    drifts: '변화함',
    steady: '안정',
    unsettled: '요청 시간이 안정되지 않았거나, 판단하기에 너무 적음(MSER-5).',
    startUp: (requests, seconds) => `MSER-5로 본 시작 구간: 요청 ${requests}개, ${seconds}초.`,
    users: (low, high) => `사용자 수가 ${low}~${high}로 바뀌었으므로 변화는 부하 때문일 수 있음.`,
  },
  overTime: {
    axis: '첫 샘플 이후',
    note: (seconds) => `${seconds}초 구간, 요청이 끝난 시각 기준. 워밍업을 포함한 전체 실행`,
    title: (name) => `시간별 ${name}`,
    requests: '시간별 요청',
    ended: '끝난 요청',
    tokens: '시간별 토큰',
    ofEnded: '끝난 요청의 토큰',
    running: '시간별 실행 중인 요청',
    runningNote: '구간 평균, 성공한 요청의 시간으로 계산',
    runningNow: '실행 중',
    measuredFrom: '여기부터 측정',
  },
  distributions: {
    title: '측정 구간의 백분위수',
    note: '위쪽(중앙값 아래는 아래쪽)에 샘플이 없는 백분위수는 –로 표시.',
    percentile: '백분위수',
    curves: '백분위수 곡선',
    time: '시간',
    histogram: (name) => `분포: ${name}`,
    histogramNote: (count) => `샘플 ${count}개. p99.9를 넘는 값은 마지막 막대에 포함`,
    ecdf: (name) => `누적 비율: ${name}`,
    share: '비율',
    done: '완료된 비율',
  },
}
