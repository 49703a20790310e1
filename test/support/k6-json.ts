import { seededRandom } from '../../cli/stats/random.ts'

export interface RunOptions {
  seed: number
  requests: number
  /** Factor of all latencies. */
  slower?: number
  /** Requests a second. */
  rate?: number
  start?: string
  tags?: Record<string, string>
  /** Factor of latencies at a request. */
  at?: (i: number) => number
  failing?: number
}

const TYPES = {
  llm_ttft: 'trend',
  llm_tpot: 'trend',
  llm_request_duration: 'trend',
  llm_requests: 'counter',
  llm_completion_tokens: 'counter',
  llm_failed: 'rate',
} as const

/** The lines that k6 would write of a run: three models in turn, skewed latencies. */
export function k6Json(options: RunOptions): string {
  const { seed, requests, slower = 1, rate = 20, tags = {}, failing = 0.01 } = options
  const { start = '2026-11-24T06:00:00Z', at = () => 1 } = options
  const random = seededRandom(seed)
  const lines = Object.entries(TYPES).map(([name, type]) => {
    const contains = type === 'trend' ? 'time' : 'default'
    const data = { name, type, contains, thresholds: [], submetrics: null }
    return JSON.stringify({ type: 'Metric', data, metric: name })
  })
  for (let i = 0; i < requests; i++) {
    const time = new Date(Date.parse(start) + (i / rate) * 1000).toISOString()
    const all = { model: 'abc'[i % 3], phase: 'measure', scenario: 'load', ...tags }
    const add = (metric: keyof typeof TYPES, value: number) =>
      lines.push(JSON.stringify({ metric, type: 'Point', data: { time, value, tags: all } }))
    const latency = (median: number) => median * slower * at(i) * Math.exp(0.2 * random.normal())
    const failed = random.uniform() < failing
    if (!failed) {
      add('llm_ttft', latency(300))
      add('llm_tpot', latency(20))
      add('llm_request_duration', latency(2000))
      add('llm_completion_tokens', 100)
    }
    add('llm_requests', 1)
    add('llm_failed', failed ? 1 : 0)
  }
  return `${lines.join('\n')}\n`
}
