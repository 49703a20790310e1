/** @import { Series } from './samples.js' */

/**
 * The measured part: what a script marks as another phase (`warmup`, `cooldown`, and the one-token
 * requests of `probe` but for their own metric) is left out; a script without phases is measured
 * whole.
 *
 * @param {Series[]} series
 */
export function measured(series) {
  return series.filter(
    ({ tags: { phase }, metric }) =>
      phase === undefined ||
      phase === 'measure' ||
      (phase === 'probe' && metric.name === 'llm_ttft_probe'),
  )
}

/**
 * Values of Trends in the order of time, second by second. Within a second of several series those
 * of one come before those of the next.
 *
 * @param {Series[]} series
 * @returns {{ values: Float64Array, seconds: Int32Array }} `seconds`: since 1970, of each value
 */
export function inOrder(series) {
  const rows = series.flatMap(({ runs, values }) =>
    Array.from({ length: runs.length }, (_, i) => ({
      values,
      second: /** @type {number} */ (runs.second[i]),
      from: /** @type {number} */ (runs.a[i]),
      count: /** @type {number} */ (runs.b[i]),
    })),
  )
  rows.sort((a, b) => a.second - b.second)
  const count = rows.reduce((sum, row) => sum + row.count, 0)
  const all = { values: new Float64Array(count), seconds: new Int32Array(count) }
  let at = 0
  for (const { values, second, from, count } of rows) {
    values?.copy(all.values, at, from, from + count)
    all.seconds.fill(second, at, at + count)
    at += count
  }
  return all
}

/**
 * Sums of Counters, or trues and samples of Rates, for each second between two, both included.
 *
 * @param {Series[]} series
 * @param {number} first second since 1970
 * @param {number} last
 * @returns {{ a: Float64Array, b: Float64Array }} Counter: sum, samples; Rate: trues, samples
 */
export function perSecond(series, first, last) {
  const length = Math.max(0, last - first + 1)
  const sums = { a: new Float64Array(length), b: new Float64Array(length) }
  for (const { runs } of series) {
    for (let i = 0; i < runs.length; i++) {
      const at = /** @type {number} */ (runs.second[i]) - first
      if (at < 0 || at >= length) continue
      sums.a[at] = /** @type {number} */ (sums.a[at]) + /** @type {number} */ (runs.a[i])
      sums.b[at] = /** @type {number} */ (sums.b[at]) + /** @type {number} */ (runs.b[i])
    }
  }
  return sums
}

/** First and last second in which series have samples. @param {Series[]} series */
export function secondsOf(series) {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { runs } of series) {
    for (let i = 0; i < runs.length; i++) {
      const second = /** @type {number} */ (runs.second[i])
      if (second < first) first = second
      if (second > last) last = second
    }
  }
  return { first, last }
}

/**
 * The most that a gauge of each instance came to, together, in each second that has a sample: the
 * users of all instances.
 *
 * @param {Series[]} series one for each instance
 * @returns {Map<number, number>} by second since 1970
 */
export function togetherBySecond(series) {
  /** @type {Map<number, number>} */
  const sums = new Map()
  for (const { runs } of series) {
    /** @type {Map<number, number>} */
    const own = new Map()
    for (let i = 0; i < runs.length; i++) {
      const second = /** @type {number} */ (runs.second[i])
      own.set(second, Math.max(own.get(second) ?? 0, /** @type {number} */ (runs.b[i])))
    }
    for (const [second, value] of own) sums.set(second, (sums.get(second) ?? 0) + value)
  }
  return sums
}
