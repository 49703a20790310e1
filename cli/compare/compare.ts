import { percentile, samplesFor } from '#node'
import { crossing, interval, meanDraws, percentileDraws } from '../stats/bootstrap.ts'
import { effectiveCount } from '../stats/dependence.ts'
import { compareShares, type Share } from '../stats/proportions.ts'
import { type Random, seededRandom } from '../stats/random.ts'
import { holm, mannWhitney } from '../stats/tests.ts'
import { SHARES, type Side } from './side.ts'
import type { Threshold } from './threshold.ts'

export type Verdict = 'worse' | 'better' | 'same' | 'not enough data'

/** `not judged`: of a Gauge, which has one value a time and nothing that tells it from chance. */
export type RowVerdict = Verdict | 'not judged'

/** One figure of both sides. */
export interface Row {
  metric: string
  /** `p50`, `p95`, `p99`, `rate`, `per second`; of a Gauge `last`, `max` */
  statistic: string
  unit: 'ms' | 'share' | 'requests/s' | 'tokens/s' | ''
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
  verdict: RowVerdict
  /** in words */
  why: string
}

export const ALPHA = 0.05
const ROUNDS = 4000
const RANKS = [50, 95, 99]
/** Of a share: as many as a median needs. */
const LEAST = samplesFor(50, 'compared')

export interface CompareOptions {
  /** from which a difference matters */
  threshold: Threshold
  /** of the bootstrap */
  seed?: number
}

/** A figure of both sides before it is judged. */
interface Figure extends Omit<Row, 'adjusted' | 'verdict' | 'why'> {
  /** samples for a verdict */
  enough: boolean
  higherIsBetter: boolean
}

/** Compares two sides, figure by figure. The same seed gives the same result. */
export function compareSides(
  base: Side,
  other: Side,
  { threshold, seed = 1 }: CompareOptions,
): Row[] {
  const random = seededRandom(seed)
  const rows: Figure[] = []
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
  const adjusted = holm(rows.flatMap(({ p }) => p ?? []))
  const gauges = gaugeRows(base, other)
  const judged = rows.map((figure): Row => {
    const { enough: _, higherIsBetter: __, ...row } = figure
    const corrected = figure.p === undefined ? undefined : adjusted.shift()
    return {
      ...row,
      ...(corrected !== undefined && { adjusted: corrected }),
      ...judge(figure, corrected),
    }
  })
  return judged.concat(gauges)
}

/** Gauges of both sides, as they are. */
function gaugeRows(base: Side, other: Side): Row[] {
  return Object.entries(base.gauges).flatMap(([metric, a]) => {
    const b = other.gauges[metric]
    if (!b) return []
    return (['last', 'max'] as const).map(
      (statistic): Row => ({
        metric,
        statistic,
        unit: '',
        base: a[statistic],
        new: b[statistic],
        difference: b[statistic] / a[statistic] - 1,
        count: { base: a.count, new: b.count },
        threshold: 0,
        verdict: 'not judged',
        why: 'a Gauge: nothing tells this from chance',
      }),
    )
  })
}

/** @param a in order of time */
function compareTimes(
  metric: string,
  a: Float64Array,
  b: Float64Array,
  threshold: number,
  random: Random,
): Figure[] {
  const [sortedA, sortedB] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
  return RANKS.map((rank) => {
    const share = rank / 100
    const [before, after] = [percentile(sortedA, share), percentile(sortedB, share)]
    const sizeA = effectiveCount(a, sortedA, share)
    const sizeB = effectiveCount(b, sortedB, share)
    const drawsA = percentileDraws(sortedA, share, sizeA, random, ROUNDS)
    const ratios = relative(percentileDraws(sortedB, share, sizeB, random, ROUNDS), drawsA)
    // Mann and Whitney's test, widened by how dependent the values are.
    const inflation = (1 / sizeA + 1 / sizeB) / (1 / a.length + 1 / b.length)
    const test = () => (rank === 50 ? mannWhitney(sortedA, sortedB, inflation).p : crossing(ratios))
    const enough = Math.min(a.length, b.length) >= samplesFor(rank, 'compared') && before > 0
    return {
      metric,
      statistic: `p${rank}`,
      unit: 'ms',
      base: before,
      new: after,
      difference: after / before - 1,
      ...(before > 0 && { interval: interval(ratios) }),
      ...(enough && { p: test() }),
      count: { base: a.length, new: b.length },
      threshold,
      enough,
      higherIsBetter: false,
    }
  })
}

/** By how much each replicate is larger than the one it is compared with. */
function relative(draws: Float64Array, base: Float64Array): Float64Array {
  return draws.map((value, i) => value / (base[i] ?? Number.NaN) - 1)
}

function shareRow(metric: string, a: Share, b: Share, threshold: number): Figure {
  const { difference, interval, p } = compareShares(a, b)
  const enough = Math.min(a.total, b.total) >= LEAST
  return {
    metric,
    statistic: 'rate',
    unit: 'share',
    base: a.yes / a.total,
    new: b.yes / b.total,
    difference,
    interval,
    ...(enough && { p }),
    count: { base: a.total, new: b.total },
    threshold,
    enough,
    higherIsBetter: SHARES[metric] === true,
  }
}

function paceRow(
  metric: string,
  a: number[],
  b: number[],
  threshold: number,
  random: Random,
): Figure {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const [before, after] = [mean(a), mean(b)]
  const drawsA = meanDraws(a, random, ROUNDS)
  const ratios = relative(meanDraws(b, random, ROUNDS), drawsA)
  const enough = Math.min(a.length, b.length) >= 10
  return {
    metric,
    statistic: 'per second',
    unit: metric === 'llm_requests' ? 'requests/s' : 'tokens/s',
    base: before,
    new: after,
    difference: after / before - 1,
    ...(enough && { interval: interval(ratios), p: crossing(ratios) }),
    count: { base: a.length, new: b.length },
    threshold,
    enough,
    higherIsBetter: true,
  }
}

/**
 * Worse and better need both: more than chance, and as large as matters.
 *
 * @param adjusted p after Holm's correction
 */
function judge(
  { difference, interval, threshold, enough, higherIsBetter }: Figure,
  adjusted = 1,
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
 * Of all rows: worse where one is worse; else better where one is better; same where at least half
 * of the metrics could be told, each by one of its statistics (a p99 takes five times the samples
 * of a p95); else there is not enough data. Latencies of summaries, which have no samples, are
 * never told: without them nothing is the same.
 */
export function overall(rows: Pick<Row, 'verdict' | 'metric' | 'unit'>[]): Verdict {
  if (rows.some(({ verdict }) => verdict === 'worse')) return 'worse'
  if (rows.some(({ verdict }) => verdict === 'better')) return 'better'
  const told = new Map<string, boolean>()
  let latencies = 0
  let latenciesTold = 0
  for (const { metric, verdict, unit } of rows) {
    if (verdict === 'not judged') continue
    const same = verdict === 'same'
    told.set(metric, same || told.get(metric) === true)
    if (unit !== 'ms') continue
    latencies++
    if (same) latenciesTold++
  }
  if (latencies > 0 && latenciesTold === 0) return 'not enough data'
  const same = [...told.values()].filter((one) => one).length
  return same > 0 && 2 * same >= told.size ? 'same' : 'not enough data'
}
