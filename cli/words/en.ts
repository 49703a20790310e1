/**
 * What the command says in its reports beside the words of the library's own (`WORDS` of
 * `#node`): English, and what every other language must have.
 */
export const en = {
  reading: {
    recomputed: "re-computed from k6's samples",
    samples: 'Samples',
    duration: 'Duration',
    thresholds: 'Thresholds',
    input: 'Input',
    verdict: 'Verdict',
    read: (count: number, files: string) => `${count.toLocaleString('en')} of ${files}`,
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
    beside: (file: string) =>
      `those of ${file}, which the same run wrote; --no-thresholds leaves them out`,
    same: "equals k6's own, which the file of the thresholds has",
    other: "differs from k6's own, which the file of the thresholds has: are these its samples?",
  },
  common: {
    requests: 'requests',
    failed: 'failed',
    figure: 'figure',
    verdict: 'verdict',
    interval: '95 % interval',
  },
  sweep: {
    load: 'Sweep: what each step got',
    latency: 'Sweep: latency',
    step: 'step',
    achieved: 'achieved/s',
    tokens: 'tokens/s',
    dropped: 'dropped',
    goals: 'goals',
    intervalOfP95: '95 % of p95',
    outcomes: { met: 'met', missed: 'missed', lost: 'not kept up', unknown: 'not measured' },
    noGoals: 'No goals to judge the steps by: give some by --goal, like llm_ttft:p(95)<2000.',
    byReport: (sla: string) => `Judged by ${sla}, as the report of --thresholds has it.`,
    none: 'No step meets the goals.',
    notLowest: (lowest: string) => `The lowest load does not meet the goals: ${lowest}.`,
    highest: (load: string, sure: string) =>
      `Highest load that meets the goals, with all below it: ${load}${sure}.`,
    sure: (percent: number, rounds: number) => ` (in ${percent} % of ${rounds} resamples)`,
    last: 'It is the highest that was tried.',
    above: (list: string, lower: string) =>
      `${list} meets them too, though ${lower} does not: not counted, since a pass above a miss ` +
      'may be luck.',
    bend: (load: string) => `The curve bends at ${load}.`,
    lost: (least: number, dropped: number, list: string) =>
      `Not kept up (under ${least} % of the rate, or over ${dropped} % dropped): ${list}.`,
    overLoad: (name: string) => `${name} over load`,
    achievedOverLoad: 'Achieved over load',
    axis: 'load',
    bendMark: 'bend',
    highestMark: 'highest that meets the goals',
    done: 'achieved',
    asked: 'asked',
  },
  groups: {
    title: (tag: string, other: string, first: string) => `${tag}: ${other} against ${first}`,
    note:
      'Measured part. Interval of the difference: 95 %, bootstrap; p after Holm. ' +
      'docs/raw-results.md has the rules.',
    difference: 'difference',
    verdicts: {
      worse: 'worse',
      better: 'better',
      same: 'same',
      'not enough data': 'not enough data',
      'not judged': 'not judged',
    },
  },
  steadiness: {
    title: 'Steadiness of the measured part',
    windows: 'windows',
    change: 'change over the run',
    drifts: 'drifts',
    steady: 'steady',
    unsettled: 'Durations have not settled, or are too few to tell (MSER-5).',
    startUp: (requests: number, seconds: number) =>
      `Start-up of durations by MSER-5: ${requests} requests, ${seconds} s.`,
    users: (low: number, high: number) =>
      `Users changed from ${low} to ${high}: a drift may be the load's own.`,
  },
  overTime: {
    axis: 'since the first sample',
    note: (seconds: number) =>
      `windows of ${seconds} s, by the end of a request; the whole run with its warm-up`,
    title: (name: string) => `${name} over time`,
    requests: 'Requests over time',
    ended: 'ended',
    tokens: 'Tokens over time',
    ofEnded: 'of requests that ended',
    running: 'Requests running over time',
    runningNote: 'mean of a window, from the duration of successes',
    runningNow: 'running',
    measuredFrom: 'measured from here',
  },
  distributions: {
    title: 'Percentiles of the measured part',
    note: 'A percentile without a sample above it (under the median: below it) is a dash.',
    percentile: 'percentile',
    curves: 'Percentile curves',
    time: 'time',
    histogram: (name: string) => `Distribution: ${name}`,
    histogramNote: (count: number) => `${count} samples; what is above p99.9 is in the last bar`,
    ecdf: (name: string) => `Done by: ${name}`,
    share: 'share',
    done: 'share that is done',
  },
}

export type Words = typeof en
