import { percentile } from '../samples/sink.js'
import { crossing, interval, meanDraws, percentileDraws } from '../stats/bootstrap.js'
import { effectiveCount } from '../stats/dependence.js'
import { compareShares } from '../stats/proportions.js'
import { seededRandom } from '../stats/random.js'
import { holm, mannWhitney } from '../stats/tests.js'
import { SHARES } from './side.js'

/** @import { Random } from '../stats/random.js' */
/** @import { Share, Side } from './side.js' */

/** @typedef {'worse' | 'better' | 'same' | 'not enough data'} Verdict */

/**
 * One figure of both sides.
 *
 * @typedef {object} Row
 * @property {string} metric
 * @property {string} statistic `p50`, `p95`, `p99`, `rate`, `per second`
 * @property {'ms' | 'share' | 'requests/s' | 'tokens/s'} unit
 * @property {number} base
 * @property {number} new
 * @property {number} difference relative, of shares absolute: 0.05 is 5 %, or 5 percentage points
 * @property {[low: number, high: number]} [interval] of the difference, 95 %; absent: from summaries
 * @property {number} [p] of no difference
 * @property {number} [adjusted] the same after Holm's correction for all rows
 * @property {{ base: number, new: number }} count
 * @property {number} threshold from which a difference matters
 * @property {Verdict} verdict
 * @property {string} why in words
 */

export const ALPHA = 0.05
const ROUNDS = 4000
const RANKS = [50, 95, 99]

/**
 * Compares two sides, figure by figure. The same seed gives the same result.
 *
 * @param {Side} base
 * @param {Side} other
 * @param {{ threshold(metric: string, kind: 'relative' | 'share'): number, seed?: number }} options
 * @returns {Row[]}
 */
export function compareSides(base, other, { threshold, seed = 1 }) {
  const random = seededRandom(seed)
  /** @type {(Row & { enough: boolean, higherIsBetter: boolean })[]} */
  const rows = []
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
  const adjusted = holm(tested.map(({ p }) => /** @type {number} */ (p)))
  return rows.map((all) => {
    const { enough, higherIsBetter, ...row } = all
    const at = tested.indexOf(all)
    const made = at < 0 ? row : { ...row, adjusted: adjusted[at] }
    return { ...made, ...judge(made, enough, higherIsBetter) }
  })
}

/**
 * @param {string} metric
 * @param {Float64Array} a in order of time
 * @param {Float64Array} b
 * @param {number} threshold
 * @param {Random} random
 */
function compareTimes(metric, a, b, threshold, random) {
  const [sortedA, sortedB] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
  return RANKS.map((rank) => {
    const share = rank / 100
    const [before, after] = [percentile(sortedA, share), percentile(sortedB, share)]
    const sizes = [effectiveCount(a, sortedA, share), effectiveCount(b, sortedB, share)]
    const drawsA = percentileDraws(sortedA, share, /** @type {number} */ (sizes[0]), random, ROUNDS)
    const drawsB = percentileDraws(sortedB, share, /** @type {number} */ (sizes[1]), random, ROUNDS)
    const ratios = drawsB.map((value, i) => value / /** @type {number} */ (drawsA[i]) - 1)
    // So many values should lie above a percentile before it is worth comparing.
    const least = Math.max(20, Math.round(5 / (1 - share)))
    const enough = Math.min(a.length, b.length) >= least && before > 0
    return {
      ...common(metric, `p${rank}`, /** @type {const} */ ('ms'), before, after),
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
function medianTest(
  /** @type {Float64Array} */ a,
  /** @type {Float64Array} */ b,
  /** @type {number[]} */ [sizeA = 1, sizeB = 1],
) {
  return mannWhitney(a, b, (1 / sizeA + 1 / sizeB) / (1 / a.length + 1 / b.length)).p
}

/** @param {string} metric @param {Share} a @param {Share} b @param {number} threshold */
function shareRow(metric, a, b, threshold) {
  const { difference, interval, p } = compareShares(a, b)
  const enough = Math.min(a.total, b.total) >= 20
  return {
    ...common(metric, 'rate', /** @type {const} */ ('share'), a.yes / a.total, b.yes / b.total),
    difference,
    interval,
    ...(enough && { p }),
    count: { base: a.total, new: b.total },
    threshold,
    enough,
    higherIsBetter: SHARES[/** @type {keyof typeof SHARES} */ (metric)] === true,
  }
}

/**
 * @param {string} metric
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} threshold
 * @param {Random} random
 */
function paceRow(metric, a, b, threshold, random) {
  const mean = (/** @type {number[]} */ list) =>
    list.reduce((sum, value) => sum + value, 0) / list.length
  const [before, after] = [mean(a), mean(b)]
  const drawsA = meanDraws(a, random, ROUNDS)
  const ratios = meanDraws(b, random, ROUNDS).map(
    (value, i) => value / /** @type {number} */ (drawsA[i]) - 1,
  )
  const enough = Math.min(a.length, b.length) >= 10
  const unit = metric === 'llm_requests' ? 'requests/s' : 'tokens/s'
  return {
    ...common(metric, 'per second', /** @type {Row['unit']} */ (unit), before, after),
    difference: after / before - 1,
    ...(enough && { interval: interval(ratios), p: crossing(ratios) }),
    count: { base: a.length, new: b.length },
    threshold,
    enough,
    higherIsBetter: true,
  }
}

/**
 * @template {Row['unit']} U
 * @param {string} metric
 * @param {string} statistic
 * @param {U} unit
 * @param {number} before
 * @param {number} after
 */
function common(metric, statistic, unit, before, after) {
  return {
    metric,
    statistic,
    unit,
    base: before,
    new: after,
    verdict: /** @type {Verdict} */ ('not enough data'),
    why: '',
  }
}

/**
 * Worse and better need both: more than chance, and as large as matters.
 *
 * @param {Omit<Row, 'verdict' | 'why'>} row
 * @param {boolean} enough
 * @param {boolean} higherIsBetter
 * @returns {{ verdict: Verdict, why: string }}
 */
function judge({ difference, interval, adjusted = 1, threshold }, enough, higherIsBetter) {
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
 *
 * @param {Pick<Row, 'verdict'>[]} rows
 * @returns {Verdict}
 */
export function overall(rows) {
  for (const verdict of /** @type {const} */ (['worse', 'better', 'same'])) {
    if (rows.some((row) => row.verdict === verdict)) return verdict
  }
  return 'not enough data'
}
