import type { Series } from './samples.ts'

/**
 * The measured part: what a script marks as another phase (`warmup`, `cooldown`, and the one-token
 * requests of `probe` but for their own metric) is left out; a script without phases is measured
 * whole.
 */
export function measured(series: Series[]): Series[] {
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
 * @returns `seconds`: since 1970, of each value
 */
export function inOrder(series: Series[]): { values: Float64Array; seconds: Int32Array } {
  const rows = series.flatMap(({ runs, values }) =>
    Array.from({ length: runs.length }, (_, i) => ({
      values,
      second: runs.second[i] ?? 0,
      from: runs.a[i] ?? 0,
      count: runs.b[i] ?? 0,
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
 * @param first second since 1970
 * @returns Counter: sum, samples; Rate: trues, samples
 */
export function perSecond(
  series: Series[],
  first: number,
  last: number,
): { a: Float64Array; b: Float64Array } {
  const length = Math.max(0, last - first + 1)
  const sums = { a: new Float64Array(length), b: new Float64Array(length) }
  for (const { runs } of series) {
    for (let i = 0; i < runs.length; i++) {
      const at = (runs.second[i] ?? 0) - first
      if (at < 0 || at >= length) continue
      sums.a[at] = (sums.a[at] ?? 0) + (runs.a[i] ?? 0)
      sums.b[at] = (sums.b[at] ?? 0) + (runs.b[i] ?? 0)
    }
  }
  return sums
}

/** First and last second in which series have samples. */
export function secondsOf(series: Series[]) {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { runs } of series) {
    for (let i = 0; i < runs.length; i++) {
      const second = runs.second[i] ?? 0
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
 * @param series one for each instance
 * @returns by second since 1970
 */
export function togetherBySecond(series: Series[]): Map<number, number> {
  const sums = new Map<number, number>()
  for (const { runs } of series) {
    const own = new Map<number, number>()
    for (let i = 0; i < runs.length; i++) {
      const second = runs.second[i] ?? 0
      own.set(second, Math.max(own.get(second) ?? 0, runs.b[i] ?? 0))
    }
    for (const [second, value] of own) sums.set(second, (sums.get(second) ?? 0) + value)
  }
  return sums
}
