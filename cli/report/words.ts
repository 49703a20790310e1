/** What reports from samples say in words, by language. */
export const WORDS = {
  en: {
    recomputed: "re-computed from k6's samples",
    samples: 'Samples',
    duration: 'Duration',
    thresholds: 'Thresholds',
    input: 'Input',
    verdict: 'Verdict',
    read: (count: number, files: string[]) =>
      `${count.toLocaleString('en')} of ${files.join(', ')}`,
    span:
      'from the first sample to the last; k6 divides rates of counters by its own duration, ' +
      'which --thresholds with the JSON of handleSummary tells',
    csv:
      'CSV has none, so nothing is judged. Give them by --thresholds FILE: what k6 inspect ' +
      'script.js prints, or the JSON of handleSummary',
    unjudged: (count: number, names: string) =>
      `k6 writes those of whole metrics into its JSON only. Not judged: ${count} sub-metrics ` +
      `(${names}). Give them by --thresholds FILE: what k6 inspect script.js prints, or the JSON ` +
      'of handleSummary',
    partial: (names: string) =>
      `left out, since only a later file has them: ${names}. Give all by --thresholds FILE`,
    same: "equals k6's own, which the file of --thresholds has",
    other: "differs from k6's own, which the file of --thresholds has: are these its samples?",
  },
  ko: {
    recomputed: 'k6 샘플에서 다시 계산',
    samples: '샘플',
    duration: '실행 시간',
    thresholds: '임계값',
    input: '입력',
    verdict: '판정',
    read: (count: number, files: string[]) =>
      `${files.join(', ')}의 ${count.toLocaleString('ko')}개`,
    span:
      '첫 샘플부터 마지막 샘플까지. k6는 카운터의 초당 값을 자체 실행 시간으로 나누며, 그 값은 ' +
      '--thresholds에 handleSummary의 JSON을 주면 알 수 있음',
    csv:
      'CSV에는 임계값이 없어 판정하지 않음. --thresholds FILE로 k6 inspect script.js의 출력이나 ' +
      'handleSummary의 JSON을 주면 판정함',
    unjudged: (count: number, names: string) =>
      `k6의 JSON에는 메트릭 전체의 임계값만 있음. 판정하지 않은 하위 메트릭 ${count}개: ${names}. ` +
      '--thresholds FILE로 k6 inspect script.js의 출력이나 handleSummary의 JSON을 주면 판정함',
    partial: (names: string) =>
      `뒤의 파일에만 있어 제외함: ${names}. --thresholds FILE로 모두 줄 것`,
    same: '--thresholds 파일에 있는 k6 자체의 판정과 같음',
    other: '--thresholds 파일에 있는 k6 자체의 판정과 다름: 그 실행의 샘플이 맞는지 확인할 것',
  },
}
