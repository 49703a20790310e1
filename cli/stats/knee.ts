/**
 * Where a rising curve bends upwards most: the point that lies furthest below the line from the
 * first point to the last (Kneedle: Satopää et al., "Finding a Kneedle in a haystack", 2011, for a
 * convex curve, without its smoothing).
 *
 * @param x rising
 * @returns index; undefined: under 4 points, or it hardly rises
 */
export function knee(x: number[], y: number[]): number | undefined {
  const [x0, x1, high] = [x[0], x.at(-1), y.at(-1)]
  if (x.length < 4 || x0 === undefined || x1 === undefined || high === undefined) return undefined
  const low = Math.min(...y)
  // A bend in noise is none: the curve must rise by half at least.
  if (!(x1 > x0) || !(high >= 1.5 * low)) return undefined
  let best = 0.1 // of the height: less is a line
  let found: number | undefined
  for (const [i, at] of x.entries()) {
    const below = (at - x0) / (x1 - x0) - ((y[i] ?? Number.NaN) - low) / (high - low)
    if (below > best && i > 0 && i < x.length - 1) {
      best = below
      found = i
    }
  }
  return found
}
