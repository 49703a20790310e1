import type { Report } from '#node'
import type { Share } from '../stats/proportions.ts'
import { type CompareOptions, compareSides, type Row } from './compare.ts'
import { SHARES, type Side, TIMES } from './side.ts'

/**
 * Compares two summaries. Their percentiles have no samples behind them, so nothing tells a
 * difference from chance: they are shown and not judged. Rates come with their counts, and are.
 */
export function compareSummaries(
  base: Report,
  other: Report,
  { threshold }: CompareOptions,
): Row[] {
  const rows: Row[] = []
  for (const metric of [...TIMES, 'http_req_duration']) {
    const [a, b] = [measuredRow(base.latency, metric), measuredRow(other.latency, metric)]
    if (!a || !b || (metric === 'http_req_duration' && rows.length > 0)) continue
    for (const statistic of ['p50', 'p95', 'p99'] as const) {
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

function sharesOf(report: Report): Side {
  const shares: Record<string, Share> = {}
  for (const metric of Object.keys(SHARES)) {
    const row = measuredRow(report.rates, metric)
    if (row && row.missing === undefined) shares[metric] = { yes: row.yes, total: row.total }
  }
  const gauges: Side['gauges'] = {}
  for (const { metric, selector, value, max = value } of report.gauges ?? []) {
    if (selector === '') gauges[metric] = { last: value, max, count: 0 }
  }
  return { name: report.title, times: {}, shares, paces: {}, gauges }
}

/** The row of the measured phase where it is apart, else of the whole metric. */
function measuredRow<T extends { metric: string; selector: string }>(rows: T[], metric: string) {
  const own = rows.filter((row) => row.metric === metric)
  return (
    own.find(({ selector }) => selector === 'phase:measure') ??
    own.find(({ selector }) => selector === '')
  )
}
