const TYPES = ['trend', 'rate', 'counter', 'gauge'] as const
export type MetricType = (typeof TYPES)[number]

export function isMetricType(name: unknown): name is MetricType {
  return TYPES.some((type) => type === name)
}

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
