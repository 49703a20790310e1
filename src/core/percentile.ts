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
