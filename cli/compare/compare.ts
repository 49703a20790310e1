import { percentile } from '../samples/sink.ts'
import { crossing, interval, meanDraws, percentileDraws } from '../stats/bootstrap.ts'
import { effectiveCount } from '../stats/dependence.ts'
import { compareShares } from '../stats/proportions.ts'
import type { Random } from '../stats/random.ts'
import { seededRandom } from '../stats/random.ts'
import { holm, mannWhitney } from '../stats/tests.ts'
import type { Share, Side } from './side.ts'
import { SHARES } from './side.ts'

export type Verdict = 'worse' | 'better' | 'same' | 'not enough data'

/** One figure of both sides. */
export interface Row {
  metric: string
  /** `p50`, `p95`, `p99`, `rate`, `per second` */
  statistic: string
  unit: 'ms' | 'share' | 'requests/s' | 'tokens/s'
  base: number
  new: number
  /** relative, of shares absolute: 0.05 is 5 %, or 5 percentage points */
  difference: number
  /** of the difference, 95 %; absent: from summaries */
  interval?: [low: number, high: number]
  /** of no difference */
  p?: number
  /** the same after Holm's correction for all rows */
  adjusted?: number
  count: { base: number; new: number }
  /** from which a difference matters */
  threshold: number
  verdict: Verdict
  /** in words */
  why: string
}

export const ALPHA = 0.05
const ROUNDS = 4000
const RANKS = [50, 95, 99]

/** Compares two sides, figure by figure. The same seed gives the same result. */
export function compareSides(
  base: Side,
  other: Side,
  {
    threshold,
    seed = 1,
  }: { threshold(metric: string, kind: 'relative' | 'share'): number; seed?: number },
): Row[] {
  const random = seededRandom(seed)
  const rows: (Row & { enough: boolean; higherIsBetter: boolean })[] = []
  for (const [metric, a] of Object.entries(base.times)) {
    const b = other.times[metric]
    if (b) rows.push(...compareTimes(metric, a, b, threshold(metric, 'relative'), random))
  }
  for (const [metric, a] of Object.entries(base.shares)) {
    const b = other.shares[metric]
    if (b) rows.push(shareRow(metric, a, b, threshold(metric, 'share')))
  }
  for (const [metric, a] of Object.entries(base.paces)) {
    const b = other.paces[metric]
    if (b) rows.push(paceRow(metric, a, b, threshold(metric, 'relative'), random))
  }
  // What was not tested was not asked either.
  const tested = rows.filter(({ p }) => p !== undefined)
  const adjusted = holm(tested.map(({ p }) => p as number))
  return rows.map((all) => {
    const { enough, higherIsBetter, ...row } = all
    const at = tested.indexOf(all)
    const made = at < 0 ? row : { ...row, adjusted: adjusted[at] }
    return { ...made, ...judge(made, enough, higherIsBetter) }
  })
}

/** @param a in order of time */
function compareTimes(
  metric: string,
  a: Float64Array,
  b: Float64Array,
  threshold: number,
  random: Random,
) {
  const [sortedA, sortedB] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
  return RANKS.map((rank) => {
    const share = rank / 100
    const [before, after] = [percentile(sortedA, share), percentile(sortedB, share)]
    const sizes = [effectiveCount(a, sortedA, share), effectiveCount(b, sortedB, share)]
    const drawsA = percentileDraws(sortedA, share, sizes[0] as number, random, ROUNDS)
    const drawsB = percentileDraws(sortedB, share, sizes[1] as number, random, ROUNDS)
    const ratios = drawsB.map((value, i) => value / (drawsA[i] as number) - 1)
    // So many values should lie above a percentile before it is worth comparing.
    const least = Math.max(20, Math.round(5 / (1 - share)))
    const enough = Math.min(a.length, b.length) >= least && before > 0
    return {
      ...common(metric, `p${rank}`, 'ms' as const, before, after),
      difference: after / before - 1,
      ...(before > 0 && { interval: interval(ratios) }),
      ...(enough && { p: rank === 50 ? medianTest(sortedA, sortedB, sizes) : crossing(ratios) }),
      count: { base: a.length, new: b.length },
      threshold,
      enough,
      higherIsBetter: false,
    }
  })
}

/** Mann and Whitney's, widened by how dependent the values are. */
function medianTest(a: Float64Array, b: Float64Array, [sizeA = 1, sizeB = 1]: number[]) {
  return mannWhitney(a, b, (1 / sizeA + 1 / sizeB) / (1 / a.length + 1 / b.length)).p
}

function shareRow(metric: string, a: Share, b: Share, threshold: number) {
  const { difference, interval, p } = compareShares(a, b)
  const enough = Math.min(a.total, b.total) >= 20
  return {
    ...common(metric, 'rate', 'share' as const, a.yes / a.total, b.yes / b.total),
    difference,
    interval,
    ...(enough && { p }),
    count: { base: a.total, new: b.total },
    threshold,
    enough,
    higherIsBetter: SHARES[metric as keyof typeof SHARES] === true,
  }
}

function paceRow(metric: string, a: number[], b: number[], threshold: number, random: Random) {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const [before, after] = [mean(a), mean(b)]
  const drawsA = meanDraws(a, random, ROUNDS)
  const ratios = meanDraws(b, random, ROUNDS).map((value, i) => value / (drawsA[i] as number) - 1)
  const enough = Math.min(a.length, b.length) >= 10
  const unit = metric === 'llm_requests' ? 'requests/s' : 'tokens/s'
  return {
    ...common(metric, 'per second', unit as Row['unit'], before, after),
    difference: after / before - 1,
    ...(enough && { interval: interval(ratios), p: crossing(ratios) }),
    count: { base: a.length, new: b.length },
    threshold,
    enough,
    higherIsBetter: true,
  }
}

function common<U extends Row['unit']>(
  metric: string,
  statistic: string,
  unit: U,
  before: number,
  after: number,
) {
  return {
    metric,
    statistic,
    unit,
    base: before,
    new: after,
    verdict: 'not enough data' as Verdict,
    why: '',
  }
}

/** Worse and better need both: more than chance, and as large as matters. */
function judge(
  { difference, interval, adjusted = 1, threshold }: Omit<Row, 'verdict' | 'why'>,
  enough: boolean,
  higherIsBetter: boolean,
): { verdict: Verdict; why: string } {
  if (!Number.isFinite(difference)) return { verdict: 'not enough data', why: 'no figure' }
  if (!enough) return { verdict: 'not enough data', why: 'too few samples' }
  const [low, high] = interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const significant = adjusted < ALPHA
  if (significant && Math.abs(difference) >= threshold) {
    const verdict = difference > 0 === higherIsBetter ? 'better' : 'worse'
    return { verdict, why: 'more than chance, and over the threshold' }
  }
  if (low > -threshold && high < threshold) {
    return { verdict: 'same', why: 'the interval is within the threshold' }
  }
  if (significant) return { verdict: 'same', why: 'more than chance, but under the threshold' }
  return {
    verdict: 'not enough data',
    why: 'the interval reaches over the threshold: it could be chance, or not',
  }
}

/**
 * Of all rows: worse where one is worse; else better where one is better; same where at least one
 * could be told; else there is not enough data.
 */
export function overall(rows: Pick<Row, 'verdict'>[]): Verdict {
  for (const verdict of ['worse', 'better', 'same'] as const) {
    if (rows.some((row) => row.verdict === verdict)) return verdict
  }
  return 'not enough data'
}
