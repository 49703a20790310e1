export type MetricType = 'trend' | 'rate' | 'counter' | 'gauge'

/**
 * What k6 itself keeps of a metric or sub-metric beside the values, added up in the order of the
 * samples: so that sums, and what is made of them, are k6's to the last bit.
 */
export class Sink {
  count = 0
  sum = 0
  min = 0
  max = 0
  /** Samples of a rate that were not 0. */
  trues = 0
  /** Of a gauge: the latest. */
  last = 0
  #lastAt = Number.NEGATIVE_INFINITY

  /** @param time ms */
  add(value: number, time: number) {
    if (this.count === 0) {
      this.min = value
      this.max = value
    } else if (value < this.min) this.min = value
    else if (value > this.max) this.max = value
    this.count++
    this.sum += value
    if (value !== 0) this.trues++
    if (time >= this.#lastAt) {
      this.last = value
      this.#lastAt = time
    }
  }
}

/**
 * A percentile as k6 takes it: linear between the two nearest ranks of `(n - 1) * share`.
 *
 * @param sorted rising
 * @param share 0 to 1
 * @returns 0 where there is nothing, as k6 has it
 */
export function percentile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0
  if (sorted.length === 1) return sorted[0] as number
  const rank = share * (sorted.length - 1)
  const below = sorted[Math.floor(rank)] as number
  const above = sorted[Math.ceil(rank)] as number
  return below + (above - below) * (rank - Math.floor(rank))
}
