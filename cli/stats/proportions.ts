import { twoSided, Z95 } from './normal.ts'

/** `yes` of `total` samples were true. */
export interface Share {
  yes: number
  total: number
}

/** Wilson's interval of a share, 95 %: right for shares near 0 and 1 too. */
export function wilson({ yes, total }: Share): [low: number, high: number] {
  if (total === 0) return [0, 1]
  const p = yes / total
  const z2 = (Z95 * Z95) / total
  const middle = (p + z2 / 2) / (1 + z2)
  const half = (Z95 / (1 + z2)) * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

/** The difference of two shares. */
export interface ShareDifference {
  difference: number
  interval: [low: number, high: number]
  /** of no difference */
  p: number
}

/**
 * The difference of two shares (b - a) with Newcombe's interval (1998, method 10, from Wilson's
 * intervals) and Fisher's exact test where a count is small, else the z test with pooled variance.
 */
export function compareShares(a: Share, b: Share): ShareDifference {
  const [p, q] = [a.yes / a.total, b.yes / b.total]
  const [la, ua] = wilson(a)
  const [lb, ub] = wilson(b)
  const difference = q - p
  return {
    difference,
    interval: [difference - Math.hypot(q - lb, ua - p), difference + Math.hypot(ub - q, p - la)],
    p: pValue(a, b),
  }
}

function pValue(a: Share, b: Share) {
  const all = a.total + b.total
  const yes = a.yes + b.yes
  const expected = (Math.min(yes, all - yes) * Math.min(a.total, b.total)) / all
  if (expected < 10) return fisher(a, b)
  const pooled = yes / all
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / a.total + 1 / b.total))
  return twoSided((b.yes / b.total - a.yes / a.total) / deviation)
}

/** Fisher's exact test, two-sided: all tables that are no likelier than this one. */
export function fisher(a: Share, b: Share): number {
  const [n, m, k] = [Math.round(a.total), Math.round(b.total), Math.round(a.yes + b.yes)]
  const low = Math.max(0, k - m)
  const high = Math.min(n, k)
  const chance = (x: number) => choose(n, x) + choose(m, k - x) - choose(n + m, k)
  const own = chance(Math.min(high, Math.max(low, Math.round(a.yes))))
  let p = 0
  for (let x = low; x <= high; x++) {
    const other = chance(x)
    if (other <= own + 1e-7) p += Math.exp(other)
  }
  return Math.min(1, p)
}

/** Logarithm of the binomial coefficient. */
const choose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k)

/** Of 0 to 255. */
const LOG_FACTORIALS = new Float64Array(256)
LOG_FACTORIALS.forEach((_, n) => {
  if (n > 1) LOG_FACTORIALS[n] = (LOG_FACTORIALS[n - 1] ?? 0) + Math.log(n)
})

function logFactorial(n: number): number {
  const known = LOG_FACTORIALS[n]
  if (known !== undefined) return known
  // Stirling; the next term is below 1e-13 here.
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3)
}
