import { percentile } from '#node'

/**
 * How many independent values a sequence is worth. Requests that follow each other share the
 * server's queue: a thousand of them tell less than a thousand drawn at random, and intervals that
 * leave this out are too narrow.
 *
 * By batch means: where values are independent, the share of those above a limit varies from batch
 * to batch as a binomial share does; where it varies more, so many times fewer values count. The
 * limit is the percentile in question, and the quartiles too, of which the worst is taken: few
 * values lie above a p99, and what they tell of dependence is itself uncertain.
 *
 * @param values in the order in which they came
 * @param sorted the same, rising
 * @param share the percentile in question, 0 to 1
 * @returns 1 to `values.length`
 */
export function effectiveCount(values: Float64Array, sorted: Float64Array, share: number): number {
  const limits = [0.25, 0.5, 0.75, share].map((at) => percentile(sorted, at))
  return values.length / Math.max(...limits.map((limit) => inefficiency(values, limit)))
}

/** @returns 1 or more */
function inefficiency(values: Float64Array, limit: number): number {
  const n = values.length
  const size = Math.floor(Math.sqrt(n))
  const batches = size === 0 ? 0 : Math.floor(n / size)
  if (batches < 8) return 1
  let all = 0
  const shares: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    let above = 0
    for (let i = batch * size; i < (batch + 1) * size; i++) {
      if ((values[i] ?? 0) > limit) above++
    }
    all += above
    shares.push(above / size)
  }
  const share = all / (batches * size)
  const expected = (share * (1 - share)) / size
  if (expected === 0) return 1
  const variance = shares.reduce((sum, value) => sum + (value - share) ** 2, 0) / (batches - 1)
  return Math.max(1, Math.min(n, variance / expected))
}
