import { inOrder, measured, perSecond, secondsOf } from '../samples/timeline.js'

/** @import { Samples, Series } from '../samples/samples.js' */
/** @typedef {{ yes: number, total: number }} Share */

/**
 * One run, or one group of samples of a run, in its measured part.
 *
 * @typedef {object} Side
 * @property {string} name
 * @property {Record<string, Float64Array>} times latencies in the order of time, by metric
 * @property {Record<string, Share>} shares
 * @property {Record<string, number[]>} paces figures a second in windows, by metric
 */

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
export const SHARES = /** @type {const} */ ({
  llm_failed: false,
  llm_goodput: true,
  llm_available: true,
  llm_truncated: false,
  http_req_failed: false,
})

/** Counters whose pace is compared: higher is better. */
export const PACES = ['llm_requests', 'llm_completion_tokens']

/** Windows of a run: enough for an interval, few enough that neighbours share little. */
const WINDOWS = 30

/**
 * @param {Samples} samples
 * @param {{ name: string, only?: Record<string, string> }} which `only`: tags that samples must have
 * @returns {Side}
 */
export function sideOf(samples, { name, only = {} }) {
  const seriesOf = (/** @type {string} */ metric) =>
    measured(samples.metrics.get(metric)?.series(only) ?? [])
  /** @type {Side} */
  const side = { name, times: {}, shares: {}, paces: {} }
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
  const span = secondsOf(seriesOf('llm_requests'))
  for (const metric of PACES) {
    const series = seriesOf(metric)
    if (series.length > 0) side.paces[metric] = paceOf(series, span)
  }
  return side
}

/** @param {Series[]} series @param {{ first: number, last: number }} span */
function paceOf(series, { first, last }) {
  // The first and the last second are not whole.
  const { a } = perSecond(series, first + 1, last - 1)
  const size = Math.max(1, Math.floor(a.length / WINDOWS))
  /** @type {number[]} */
  const paces = []
  for (let i = 0; i + size <= a.length; i += size) {
    paces.push(a.subarray(i, i + size).reduce((sum, value) => sum + value, 0) / size)
  }
  return paces
}
