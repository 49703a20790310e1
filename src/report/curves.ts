import { type TrendRow, toldColumn } from './figures.ts'
import type { ReportChart, ReportTable } from './parts.ts'
import type { Report } from './record.ts'
import { metricName, type Words } from './words/words.ts'

/** What is drawn, in this order, where it was measured. */
const DRAWN = [
  'llm_ttft',
  'llm_ttft_probe',
  'llm_ttfo',
  'llm_tpot',
  'llm_gap_max',
  'llm_itl',
  'llm_request_duration',
  'llm_model_switch_duration',
]
/** More lines than this nobody tells apart; the table has all. */
const MOST = 8

/**
 * The percentiles of each time as charts, and all of them as one table: the whole run, and its
 * parts by model, step, turn, scenario or any other tag that a threshold names.
 *
 * What too few samples tell (`samplesFor`) is left out.
 */
export function percentileCurves(
  report: Report,
  w: Words,
): { charts: ReportChart[]; table: ReportTable } {
  const charts: ReportChart[] = []
  const ranks = ranksOf(report.latency.filter((row) => DRAWN.indexOf(row.metric) >= 0))
  const names = ranks.map((rank) => (rank === 0 ? 'min' : rank === 100 ? 'max' : `p${rank}`))
  const cells: ReportTable['rows'] = []
  for (const metric of ranks.length < 3 ? [] : DRAWN) {
    const rows = distinct(report.latency.filter((row) => row.metric === metric))
    if (rows.length === 0 || (metric === 'llm_ttfo' && isTtft(report, rows))) continue
    const title = metricName(metric, w)
    const curves = rows.map((row) => ({
      label: row.selector || title,
      values: ranks.map((rank) => valueAt(row, rank)),
    }))
    rows.forEach(({ selector }, i) => {
      cells.push([selector ? `{${selector}}` : title, ...(curves[i]?.values ?? [])])
    })
    const marks = report.goals
      .filter((goal) => goal.metric === metric && goal.unit === 'ms' && !goal.isGate)
      .map(({ goal, statistic }) => ({
        axis: 'y' as const,
        at: goal,
        label: `${w.goal} ${statistic.replace(/[()]/g, '')}`,
      }))
      .filter((mark, i, all) => all.findIndex((other) => other.at === mark.at) === i)
    charts.push({
      id: metric,
      title,
      kind: 'line',
      x: { label: w.page.percentile, values: names },
      y: { label: title, unit: 'ms' },
      series: curves.slice(0, MOST),
      ...(marks.length > 0 && { marks }),
    })
  }
  const columns = names.map((name) => ({ title: name, unit: 'ms' }))
  return {
    charts,
    table: {
      id: 'percentiles',
      title: w.page.curves,
      note: w.page.notToScale,
      columns: [{ title: w.page.metric }, ...columns],
      rows: cells,
    },
  }
}

/** Without reasoning the first visible output is the first token: one curve is enough. */
function isTtft({ latency }: Report, rows: TrendRow[]): boolean {
  return rows.every(({ selector, count, p50, max }) =>
    latency.some(
      (row) =>
        row.metric === 'llm_ttft' &&
        row.selector === selector &&
        row.count === count &&
        row.p50 === p50 &&
        row.max === max,
    ),
  )
}

/** Without parts that are the whole: a tag that every sample has. */
function distinct(rows: TrendRow[]): TrendRow[] {
  const whole = rows.filter((row) => row.selector === '')[0]
  return rows.filter(
    (row) =>
      row === whole ||
      !whole ||
      row.count !== whole.count ||
      row.p50 !== whole.p50 ||
      row.max !== whole.max,
  )
}

function ranksOf(rows: TrendRow[]): number[] {
  const ranks: number[] = []
  for (const row of rows) {
    for (const key of Object.keys(row)) {
      const percentile = /^p(\d+(?:\.\d+)?)$/.exec(key)
      const rank = percentile ? Number(percentile[1]) : key === 'min' ? 0 : key === 'max' ? 100 : -1
      if (rank >= 0 && ranks.indexOf(rank) < 0 && valueAt(row, rank) !== null) ranks.push(rank)
    }
  }
  return ranks.sort((a, b) => a - b)
}

function valueAt(row: TrendRow, rank: number): number | null {
  return toldColumn(row, rank === 0 ? 'min' : rank === 100 ? 'max' : `p${rank}`) ?? null
}
