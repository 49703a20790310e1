/**
 * A percentile as k6 and numpy take it: linear between the two nearest ranks of `(n - 1) * p`.
 *
 * @param sorted rising
 * @param p 0 to 1
 * @returns 0 where there is nothing, as k6 has it
 */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  return percentileOfRanks(sorted.length, (rank) => sorted[rank] as number, p)
}

/**
 * The same of values that are in no list, such as one that counts a thousand times.
 *
 * @param valueAt by whole ranks from 0 to `count - 1`, rising
 */
export function percentileOfRanks(
  count: number,
  valueAt: (rank: number) => number,
  p: number,
): number {
  if (count === 0) return 0
  const rank = p * (count - 1)
  const below = valueAt(Math.floor(rank))
  return below + (valueAt(Math.ceil(rank)) - below) * (rank - Math.floor(rank))
}

/**
 * How many samples must lie on the far side of a percentile. `shown`: with none there it says no
 * more than the extreme does. `compared`: with five, what a draw of other requests would give is
 * near enough to tell two runs apart.
 */
const BEYOND = { shown: 1, compared: 5 }

/**
 * The one rule on how few samples a percentile may come from, for every report, table, chart and
 * comparison: 20 samples for p95, 100 for p99, 1000 for p99.9; compared five times as many. The
 * median is shown from the first sample on, and compared from 20.
 *
 * @param rank 0 to 100
 */
export function samplesFor(rank: number, use: keyof typeof BEYOND = 'shown'): number {
  const far = Math.min(rank, 100 - rank)
  if (far <= 0) return 1
  const least = use === 'compared' ? 20 : 1
  if (rank === 50) return least
  // 100 - 99.9 is a little less than 0.1.
  return Math.max(least, Math.ceil((BEYOND[use] * 100) / far - 1e-6))
}
