/**
 * Where a rising curve bends upwards most: the point that lies furthest below the line from the
 * first point to the last (Kneedle: Satopää et al., "Finding a Kneedle in a haystack", 2011, for a
 * convex curve, without its smoothing).
 *
 * @param x rising
 * @returns index; undefined: under 4 points, or it hardly rises
 */
export function knee(x: number[], y: number[]): number | undefined {
  const n = x.length
  if (n < 4) return undefined
  const [x0, x1] = [x[0] as number, x[n - 1] as number]
  const low = Math.min(...y)
  const high = y[n - 1] as number
  // A bend in noise is none: the curve must rise by half at least.
  if (!(x1 > x0) || !(high >= 1.5 * low)) return undefined
  let best = 0.1 // of the height: less is a line
  let found
  for (let i = 1; i < n - 1; i++) {
    const [at, up] = [x[i] as number, y[i] as number]
    const below = (at - x0) / (x1 - x0) - (up - low) / (high - low)
    if (below > best) {
      best = below
      found = i
    }
  }
  return found
}
