import { compareSides } from './compare.js'
import { SHARES, TIMES } from './side.js'

/** @import { Report } from '../../src/report.ts' */
/** @import { Row } from './compare.js' */
/** @import { Share, Side } from './side.js' */

/**
 * Compares two summaries. Their percentiles have no samples behind them, so nothing tells a
 * difference from chance: they are shown and not judged. Rates come with their counts, and are.
 *
 * @param {Report} base
 * @param {Report} other
 * @param {{ threshold(metric: string, kind: 'relative' | 'share'): number }} options
 * @returns {Row[]}
 */
export function compareSummaries(base, other, { threshold }) {
  /** @type {Row[]} */
  const rows = []
  for (const metric of [...TIMES, 'http_req_duration']) {
    const [a, b] = [measuredRow(base.latency, metric), measuredRow(other.latency, metric)]
    if (!a || !b || (metric === 'http_req_duration' && rows.length > 0)) continue
    for (const statistic of /** @type {const} */ (['p50', 'p95', 'p99'])) {
      const [before, after] = [a[statistic], b[statistic]]
      if (before === undefined || after === undefined) continue
      rows.push({
        metric,
        statistic,
        unit: 'ms',
        base: before,
        new: after,
        difference: after / before - 1,
        count: { base: a.count ?? 0, new: b.count ?? 0 },
        threshold: threshold(metric, 'relative'),
        verdict: 'not enough data',
        why: 'summaries have no samples: nothing tells this from chance',
      })
    }
  }
  const [a, b] = [sharesOf(base), sharesOf(other)]
  return rows.concat(compareSides(a, b, { threshold }))
}

/** @param {Report} report @returns {Side} */
function sharesOf(report) {
  /** @type {Record<string, Share>} */
  const shares = {}
  for (const metric of Object.keys(SHARES)) {
    const row = measuredRow(report.rates, metric)
    if (row) shares[metric] = { yes: row.yes, total: row.total }
  }
  return { name: report.title, times: {}, shares, paces: {} }
}

/**
 * The row of the measured phase where it is apart, else of the whole metric.
 *
 * @template {{ metric: string, selector: string }} T
 * @param {T[]} rows
 * @param {string} metric
 */
function measuredRow(rows, metric) {
  const own = rows.filter((row) => row.metric === metric)
  return (
    own.find(({ selector }) => selector === 'phase:measure') ??
    own.find(({ selector }) => selector === '')
  )
}
