import type { ReportChart } from '#node'
import type { Samples, Series } from '../samples/samples.ts'
import { percentile } from '../samples/sink.ts'
import { inOrder, perSecond, secondsOf } from '../samples/timeline.ts'

/** Lengths of windows in seconds that people can read. */
const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]
/** At most so many windows in a chart. */
const MOST = 90

/** The run in windows of equal length. */
export interface Windows {
  /** second since 1970 */
  first: number
  /** s */
  length: number
  count: number
}

export function windowsOf(samples: Samples): Windows {
  const first = Math.floor(samples.first / 1000)
  const seconds = Math.floor(samples.last / 1000) - first + 1
  const length = LENGTHS.find((one) => seconds / one <= MOST) ?? Math.ceil(seconds / MOST)
  return { first, length, count: Math.ceil(seconds / length) }
}

/**
 * Percentiles of a Trend in each window; `null` where a window has no sample.
 *
 * @param shares 0 to 1
 * @returns by share
 */
export function percentilesIn(
  series: Series[],
  { first, length, count }: Windows,
  shares: number[],
): (number | null)[][] {
  const { values, seconds } = inOrder(series)
  const found: (number | null)[][] = shares.map(() => new Array(count).fill(null))
  let from = 0
  for (let window = 0; window < count; window++) {
    const end = first + (window + 1) * length
    let to = from
    while (to < seconds.length && (seconds[to] as number) < end) to++
    if (to > from) {
      const sorted = values.slice(from, to).sort()
      shares.forEach((share, i) => {
        const list = found[i] as (number | null)[]
        list[window] = percentile(sorted, share)
      })
    }
    from = to
  }
  return found
}

/** A figure a second in each window, of Counters. */
export function paceIn(series: Series[], { first, length, count }: Windows) {
  const { a } = perSecond(series, first, first + length * count - 1)
  return Array.from({ length: count }, (_, i) => {
    const part = a.subarray(i * length, (i + 1) * length)
    return part.reduce((sum, value) => sum + value, 0) / length
  })
}

/**
 * How many requests ran at the time, on average over each window: from the end of each success and
 * its duration. Those that failed have no duration and are not in it.
 */
export function runningIn(durations: Series[], { first, length, count }: Windows) {
  const { values, seconds } = inOrder(durations)
  const busy = new Float64Array(count)
  for (let i = 0; i < values.length; i++) {
    // The end is known to the second: its middle.
    const end = (seconds[i] as number) + 0.5 - first
    const start = Math.max(0, end - (values[i] as number) / 1000)
    for (
      let window = Math.floor(start / length);
      window < count && window * length < end;
      window++
    ) {
      const overlap = Math.min(end, (window + 1) * length) - Math.max(start, window * length)
      busy[window] = (busy[window] as number) + overlap / length
    }
  }
  return [...busy]
}

/** The charts over time: pace, latency, tokens, requests that run. */
export function chartsOverTime(samples: Samples): ReportChart[] {
  const windows = windowsOf(samples)
  if (windows.count < 3) return []
  const of = (name: string) => samples.metrics.get(name)?.series() ?? []
  const x = {
    label: { en: 'since the first sample', ko: '첫 샘플 이후' },
    unit: 's',
    values: Array.from({ length: windows.count }, (_, i) => i * windows.length),
  }
  const note = {
    en: `windows of ${windows.length} s, by the end of a request; the whole run with its warm-up`,
    ko: `${windows.length}초 구간, 요청이 끝난 시각 기준. 워밍업을 포함한 전체 실행`,
  }
  const marks = measuredFrom(samples, windows)
  const charts: ReportChart[] = []
  const requests = of('llm_requests').length > 0 ? of('llm_requests') : of('http_reqs')
  if (requests.length > 0) {
    const errors = of('llm_errors')
    charts.push({
      id: 'time-requests',
      title: { en: 'Requests over time', ko: '시간별 요청' },
      note,
      kind: 'line',
      x,
      y: { label: { en: 'requests', ko: '요청' }, unit: 'requests/s' },
      series: [
        { label: { en: 'ended', ko: '끝난 요청' }, values: paceIn(requests, windows) },
        ...(errors.length > 0
          ? [{ label: { en: 'failed', ko: '실패' }, values: paceIn(errors, windows) }]
          : []),
      ],
      ...marks,
    })
  }
  for (const [metric, title] of [
    ['llm_ttft', 'TTFT'],
    ['llm_request_duration', { en: 'request duration', ko: '요청 시간' }],
    ['http_req_duration', { en: 'HTTP duration', ko: 'HTTP 시간' }],
  ] as const) {
    if (metric === 'http_req_duration' && charts.some(({ id }) => id !== 'time-requests')) continue
    if (of(metric).length === 0) continue
    const [p50 = [], p95 = []] = percentilesIn(of(metric), windows, [0.5, 0.95])
    const name = typeof title === 'string' ? { en: title, ko: title } : title
    charts.push({
      id: `time-${metric.replaceAll('_', '-')}`,
      title: { en: `${name.en} over time`, ko: `시간별 ${name.ko}` },
      note,
      kind: 'line',
      x,
      y: { label: name, unit: 'ms' },
      series: [
        { label: 'p50', values: p50 },
        { label: 'p95', values: p95 },
      ],
      ...marks,
    })
  }
  if (of('llm_completion_tokens').length > 0) {
    charts.push({
      id: 'time-tokens',
      title: { en: 'Tokens over time', ko: '시간별 토큰' },
      note,
      kind: 'line',
      x,
      y: { label: { en: 'completion tokens', ko: '생성 토큰' }, unit: 'tokens/s' },
      series: [
        {
          label: { en: 'of requests that ended', ko: '끝난 요청의 토큰' },
          values: paceIn(of('llm_completion_tokens'), windows),
        },
      ],
      ...marks,
    })
  }
  if (of('llm_request_duration').length > 0) {
    charts.push({
      id: 'time-running',
      title: { en: 'Requests running over time', ko: '시간별 실행 중인 요청' },
      note: {
        en: 'mean of a window, from the duration of successes',
        ko: '구간 평균, 성공한 요청의 시간으로 계산',
      },
      kind: 'line',
      x,
      y: { label: { en: 'running', ko: '실행 중' } },
      series: [
        {
          label: { en: 'requests', ko: '요청' },
          values: runningIn(of('llm_request_duration'), windows),
        },
      ],
      ...marks,
    })
  }
  return charts
}

/** Where the measured part begins, when a warm-up comes first. */
function measuredFrom(samples: Samples, { first }: Windows) {
  const series = samples.metrics.get('llm_requests')?.series() ?? []
  if (!series.some(({ tags }) => tags.phase === 'warmup')) return {}
  if (series.some(({ tags }) => tags.step !== undefined)) return {}
  const start = secondsOf(series.filter(({ tags }) => tags.phase === 'measure')).first
  if (!Number.isFinite(start)) return {}
  const label = { en: 'measured from here', ko: '여기부터 측정' }
  return { marks: [{ axis: 'x' as const, at: start - first, label }] }
}
