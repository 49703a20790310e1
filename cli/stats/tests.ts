import { percentile } from '#node'
import { twoSided } from './normal.ts'

/**
 * Mann and Whitney's test: are the values of one sample mostly larger than those of the other? It
 * asks nothing of their distribution, which latencies, skewed and with outliers, need. Normal
 * approximation with the corrections for ties and continuity, as scipy.stats.mannwhitneyu with
 * method='asymptotic'.
 *
 * @param a rising
 * @param b rising
 * @param inflation by how much dependence widens the variance of the statistic
 * @returns u of `a`
 */
export function mannWhitney(
  a: Float64Array,
  b: Float64Array,
  inflation = 1,
): { u: number; p: number } {
  const [n, m] = [a.length, b.length]
  let [i, j] = [0, 0]
  let place = 0
  let ranks = 0
  let ties = 0
  while (i < n || j < m) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    const [fromA, fromB] = [i, j]
    while (i < n && a[i] === value) i++
    while (j < m && b[j] === value) j++
    const same = i - fromA + (j - fromB)
    if (same === 0) break // no number
    ranks += (i - fromA) * (place + (same + 1) / 2)
    ties += same ** 3 - same
    place += same
  }
  const all = n + m
  const u = ranks - (n * (n + 1)) / 2
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1))) * inflation
  if (!(variance > 0)) return { u, p: 1 }
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5)
  return { u, p: twoSided(distance / Math.sqrt(variance)) }
}

/**
 * Mann and Kendall's test for a trend: does a series of windows rise or fall? With the correction
 * for ties.
 *
 * @param values in order, 4 or more
 * @returns s > 0: rising
 */
export function mannKendall(values: number[]): { s: number; p: number } {
  const n = values.length
  let s = 0
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      s += Math.sign((values[j] ?? 0) - (values[i] ?? 0))
    }
  }
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let variance = n * (n - 1) * (2 * n + 5)
  for (const t of counts.values()) variance -= t * (t - 1) * (2 * t + 5)
  variance /= 18
  if (!(variance > 0) || s === 0) return { s, p: 1 }
  return { s, p: twoSided((s - Math.sign(s)) / Math.sqrt(variance)) }
}

/**
 * The slope of Theil and Sen: the median of the slopes between all pairs. One window that is off
 * does not bend it.
 *
 * @returns per window
 */
export function theilSen(values: number[]): number {
  const slopes = values.flatMap((value, i) =>
    values.slice(i + 1).map((later, j) => (later - value) / (j + 1)),
  )
  return percentile(Float64Array.from(slopes).sort(), 0.5)
}

/**
 * Holm's correction: p values of several questions that were asked at once, so that one false alarm
 * among all of them stays as rare as one of a single question.
 *
 * @returns in the same order
 */
export function holm(ps: number[]): number[] {
  const rising = [...ps.entries()].sort(([, p], [, q]) => p - q)
  const adjusted = ps.map(() => 1)
  let largest = 0
  rising.forEach(([index, p], rank) => {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)))
    adjusted[index] = largest
  })
  return adjusted
}
