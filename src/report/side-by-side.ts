import { type Figures, toldColumn } from './figures.ts'
import { formatNumber } from './format.ts'
import type { Cell, ReportTable } from './parts.ts'
import { fill, wording } from './words/language.ts'
import { metricName, WORDS } from './words/words.ts'

/** Figures that are compared, where the run has them; each in the row's own unit. */
const TRENDS = [
  'llm_response_time',
  'llm_request_duration',
  'llm_ttft',
  'llm_ttft_probe',
  'llm_tpot',
]

/**
 * The figures of a tag's values side by side, as of an A/B test: a column for each value, and how
 * the second differs from the first where there are two. `undefined` where fewer than two have
 * figures: k6 keeps them apart only where a threshold names them (`perTag`).
 */
export function sideBySideTable(
  { latency, counters, rates }: Pick<Figures, 'latency' | 'counters' | 'rates'>,
  tag: string,
): ReportTable | undefined {
  const begin = `${tag}:`
  const values: string[] = []
  for (const list of [counters, rates, latency]) {
    for (const { selector } of list as { selector: string }[]) {
      const value = selector.slice(begin.length)
      if (selector.slice(0, begin.length) !== begin || value.indexOf(',') >= 0) continue
      if (values.indexOf(value) < 0) values.push(value)
    }
  }
  if (values.length < 2) return undefined
  values.sort()

  const rows: Cell[][] = []
  const add = (metric: string, suffix: string, unit: string, figure: FigureOf) => {
    const figures = values.map(figure)
    if (figures.every((value) => value === undefined)) return
    const title = wording(WORDS, (w) => metricName(metric, w) + suffix)
    const cells: Cell[] = figures.map((value) =>
      value === undefined ? null : formatNumber(value, unit),
    )
    if (values.length === 2) cells.push(difference(figures[0], figures[1]))
    rows.push([title, ...cells])
  }
  const count = (metric: string) => (value: string) =>
    counters.find((row) => row.metric === metric && row.selector === begin + value)?.count
  add('llm_requests', '', '', count('llm_requests'))
  add('llm_failed', '', 'share', (value) => {
    return rates.find((row) => row.metric === 'llm_failed' && row.selector === begin + value)?.rate
  })
  for (const metric of TRENDS) {
    for (const column of ['p50', 'p95', 'p99'] as const) {
      add(metric, ` ${column}`, 'ms', (value) => {
        const row = latency.find((one) => one.metric === metric && one.selector === begin + value)
        return row && toldColumn(row, column)
      })
    }
  }
  add('llm_completion_tokens', '', '', count('llm_completion_tokens'))

  const columns: ReportTable['columns'] = [{ title: tag }]
  for (const value of values) columns.push({ title: value, align: 'right' })
  if (values.length === 2) {
    columns.push({ title: `${values[1]} / ${values[0]}`, align: 'right' })
  }
  return {
    id: 'side-by-side',
    title: wording(WORDS, (w) => fill(w.sideBySide, { tag })),
    columns,
    rows,
  }
}

type FigureOf = (value: string) => number | undefined

/** `+12.0 %`: by how much the second is more than the first. */
function difference(first: number | undefined, second: number | undefined): Cell {
  if (first === undefined || second === undefined || first === 0) return null
  const percent = (second / first - 1) * 100
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`
}
