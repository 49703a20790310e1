/**
 * A percentile as k6 and numpy take it: linear between the two nearest ranks of `(n - 1) * p`.
 *
 * @param sorted rising
 * @param p 0 to 1
 * @returns 0 where there is nothing, as k6 has it
 */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return 0
  const rank = p * (sorted.length - 1)
  const below = sorted[Math.floor(rank)] as number
  const above = sorted[Math.ceil(rank)] as number
  return below + (above - below) * (rank - Math.floor(rank))
}
