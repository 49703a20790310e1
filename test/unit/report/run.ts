// k6's data of runs, as k6 0.47 to 2.2 hand it to handleSummary (recorded shape, made-up numbers).

type Thresholds = { [expression: string]: boolean }

const judged = (thresholds?: Thresholds) => {
  if (!thresholds) return {}
  const entries = Object.entries(thresholds).map(([name, ok]) => [name, { ok }])
  return { thresholds: Object.fromEntries(entries) as { [name: string]: { ok: boolean } } }
}

export const trend = (
  [p50, p95, p99, max, count]: [number, number, number, number, number],
  thresholds?: Thresholds,
  contains = 'time',
) => ({
  type: 'trend',
  contains,
  values: {
    avg: p50,
    min: p50 / 2,
    med: p50,
    max,
    'p(50)': p50,
    'p(90)': p95,
    'p(95)': p95,
    'p(99)': p99,
    count,
  },
  ...judged(thresholds),
})

/** What k6 gives for a metric that only a threshold names. */
export const unused = (thresholds: Thresholds) => trend([0, 0, 0, 0, 0], thresholds)

export const rate = (passes: number, fails: number, thresholds?: Thresholds) => ({
  type: 'rate',
  contains: 'default',
  values: { rate: passes + fails === 0 ? 0 : passes / (passes + fails), passes, fails },
  ...judged(thresholds),
})

export const counter = (count: number, perSecond: number, thresholds?: Thresholds) => ({
  type: 'counter',
  contains: 'default',
  values: { count, rate: perSecond },
  ...judged(thresholds),
})

export const gauge = (max: number) => ({
  type: 'gauge',
  contains: 'default',
  values: { value: 1, min: 1, max },
})

export const run = (
  metrics: { [name: string]: unknown },
  more: { [key: string]: unknown } = {},
) => ({
  root_group: { name: '', path: '', id: 'd41d8', groups: [] as unknown[], checks: [] as unknown[] },
  options: { summaryTrendStats: ['avg'], summaryTimeUnit: '', noColor: false },
  state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 782345.6 },
  metrics,
  setup_data: { token: 'secret' },
  ...more,
})

/** A run of the guide's load test on stock k6: p95 missed, TTFT not seen. */
export const loadTest = run(
  {
    http_req_duration: trend([1220, 3010, 4810, 19100, 2500]),
    iteration_duration: trend([3220, 5010, 6810, 21100, 2500]),
    llm_chunks_per_request: trend([98, 120, 130, 500, 2488], undefined, 'default'),
    llm_completion_tokens: counter(244824, 312.94),
    'llm_errors{error_type:timeout}': counter(8, 0.01, { 'count>=0': true }),
    'llm_errors{error_type:http_5xx}': counter(4, 0.005, { 'count>=0': true }),
    'llm_errors{error_type:reset}': counter(0, 0, { 'count>=0': true }),
    llm_failed: rate(12, 2488),
    'llm_failed{sla:chat}': rate(12, 2488, { 'rate<0.01': true }),
    'llm_available{sla:chat}': rate(2484, 16, { 'rate>0.995': false }),
    llm_available: rate(2484, 16),
    llm_requests: counter(2500, 3.1955),
    'llm_requests{sla:chat}': counter(2500, 3.1955, { 'count>0': true }),
    llm_request_duration: trend([1210, 3000.4, 4800, 19100, 2488]),
    'llm_request_duration{sla:chat}': trend([1210, 3000.4, 4800, 9100, 2488], {
      'max>0': true,
      'p(50)<1500': true,
      'p(95)<3000': false,
      'p(99)<5000': true,
    }),
    llm_ttft: unused({ 'p(95)<2000': true, 'max>0': false }),
    vus: gauge(15),
    vus_max: gauge(15),
  },
  {
    root_group: {
      name: '',
      groups: [
        { name: 'chat', groups: [], checks: [{ name: 'has text', passes: 2488, fails: 12 }] },
      ],
      checks: [{ name: 'status is 200', passes: 2500, fails: 0 }],
    },
  },
)
