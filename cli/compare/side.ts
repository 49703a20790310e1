import { PREVIEW_METRIC } from '#node'
import type { Samples, Series, Tags } from '../samples/samples.ts'
import { inOrder, measured, perSecond, secondsOf } from '../samples/timeline.ts'
import type { Share } from '../stats/proportions.ts'

/** One run, or one group of samples of a run, in its measured part. */
export interface Side {
  name: string
  /** latencies in the order of time, by metric */
  times: Record<string, Float64Array>
  shares: Record<string, Share>
  /** figures a second in windows, by metric */
  paces: Record<string, number[]>
  /** of a script's own */
  gauges: Record<string, { last: number; max: number; count: number }>
}

/** Latencies that are compared: lower is better. */
export const TIMES = [
  'llm_ttft',
  'llm_ttft_probe',
  'llm_ttfo',
  'llm_tpot',
  'llm_gap_max',
  'llm_request_duration',
  'llm_response_time',
  'llm_model_switch_duration',
]
const OTHER_TIMES = ['http_req_duration', 'iteration_duration']

/** Rates, and whether more of it is better. */
export const SHARES: Readonly<Record<string, boolean>> = {
  llm_failed: false,
  llm_goodput: true,
  llm_available: true,
  llm_truncated: false,
  http_req_failed: false,
}

/** Counters whose pace is compared: higher is better. */
export const PACES = ['llm_requests', 'llm_completion_tokens']

/** Windows of a run: enough for an interval, few enough that neighbours share little. */
const WINDOWS = 30

/** Of k6 itself, and the mark of the preview. */
const NO_GAUGE = new RegExp(`^(vus|vus_max|${PREVIEW_METRIC})$`)

export interface SideOptions {
  name: string
  /** tags that samples must have */
  only?: Tags
}

export function sideOf(samples: Samples, { name, only = {} }: SideOptions): Side {
  const seriesOf = (metric: string) => measured(samples.metrics.get(metric)?.series(only) ?? [])
  const side: Side = { name, times: {}, shares: {}, paces: {}, gauges: {} }
  const times = TIMES.some((metric) => seriesOf(metric).length > 0) ? TIMES : OTHER_TIMES
  for (const metric of times) {
    const series = seriesOf(metric)
    if (series.length > 0) side.times[metric] = inOrder(series).values
  }
  for (const metric of Object.keys(SHARES)) {
    const series = seriesOf(metric)
    if (series.length === 0) continue
    const parts = series.map(({ runs }) => runs.totals())
    side.shares[metric] = {
      yes: parts.reduce((sum, { a }) => sum + a, 0),
      total: parts.reduce((sum, { b }) => sum + b, 0),
    }
  }
  if (!coversAll(seriesOf, side.shares.http_req_failed)) delete side.shares.http_req_failed
  for (const metric of samples.metrics.values()) {
    const series =
      metric.type === 'gauge' && !NO_GAUGE.test(metric.name) ? seriesOf(metric.name) : []
    if (series.length === 0) continue
    side.gauges[metric.name] = {
      last: Math.max(...series.map(({ runs }) => runs.a[runs.length - 1] ?? 0)),
      max: Math.max(...series.flatMap(({ runs }) => [...runs.b.subarray(0, runs.length)])),
      count: series.reduce((sum, { count }) => sum + count, 0),
    }
  }
  const span = secondsOf(seriesOf('llm_requests'))
  for (const metric of PACES) {
    const series = seriesOf(metric)
    if (series.length > 0) side.paces[metric] = paceOf(series, span)
  }
  return side
}

/** Whether `http_req_failed` has every request: k6/x/sse adds none to it. */
function coversAll(seriesOf: (metric: string) => Series[], failed: Share | undefined): boolean {
  const sent = ['http_reqs', 'llm_requests'].map((metric) =>
    seriesOf(metric).reduce((sum, { runs }) => sum + runs.totals().a, 0),
  )
  return failed !== undefined && failed.total >= Math.max(...sent)
}

function paceOf(series: Series[], { first, last }: { first: number; last: number }) {
  // The first and the last second are not whole.
  const { a } = perSecond(series, first + 1, last - 1)
  const size = Math.max(1, Math.floor(a.length / WINDOWS))
  const paces: number[] = []
  for (let i = 0; i + size <= a.length; i += size) {
    paces.push(a.subarray(i, i + size).reduce((sum, value) => sum + value, 0) / size)
  }
  return paces
}
