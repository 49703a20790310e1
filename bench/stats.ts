import { percentile as ofSorted } from '../src/core/percentile.ts'

/** The middle value; the mean of the two in the middle of an even count. */
export function median(values: number[]) {
  return percentile(values, 50)
}

/**
 * A percentile as k6 takes it: linear between the two nearest ranks.
 *
 * @param values in any order
 * @param p 0 to 100
 */
export function percentile(values: number[], p: number) {
  if (values.length === 0) return Number.NaN
  return ofSorted(Float64Array.from(values).sort(), p / 100)
}

/**
 * The median of the ratios of pairs that were measured one right after the other. What disturbs
 * the machine disturbs both of a pair; the ratio of two medians would not have that.
 *
 * @param floors of the same rounds
 */
export function medianRatio(figures: number[], floors: number[]) {
  if (figures.length !== floors.length) {
    throw new Error(`medianRatio: ${figures.length} figures, ${floors.length} floors`)
  }
  return median(figures.map((figure, i) => figure / (floors[i] ?? Number.NaN)))
}

/** Slope of the least-squares line. */
export function slope(points: [x: number, y: number][]) {
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  let above = 0
  let below = 0
  for (const [x, y] of points) {
    above += (x - meanX) * (y - meanY)
    below += (x - meanX) ** 2
  }
  return above / below
}
