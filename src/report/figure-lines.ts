import { type TrendRow, toldColumn } from './figures.ts'
import { formatNumber } from './format.ts'
import { clip, displayWidth, table, wrap } from './layout.ts'
import type { Report } from './record.ts'
import { fill } from './words/language.ts'
import { metricName, type Words } from './words/words.ts'

/**
 * Trends as cells: name, p50, p95, p99, max, count. What k6 did not record, or too few samples
 * tell, is a dash. A sub-metric stands under its metric, by its tags.
 */
export function trendCells(rows: TrendRow[], w: Words): string[][] {
  const cell = (value: number | undefined, unit: string) =>
    value === undefined ? '–' : formatNumber(value, unit)
  // k6 itself splits its HTTP metrics by this tag; the same figures again, for most runs.
  const shown = rows.filter((row) => row.selector !== 'expected_response:true')
  return shown.map((row) => [
    row.selector ? `{${row.selector}}` : metricName(row.metric, w),
    cell(toldColumn(row, 'p50'), row.unit),
    cell(toldColumn(row, 'p95'), row.unit),
    cell(toldColumn(row, 'p99'), row.unit),
    cell(toldColumn(row, 'max'), row.unit),
    cell(row.count, ''),
  ])
}

/** The same in lines. */
export function trendLines(title: string, rows: TrendRow[], w: Words, width: number): string[] {
  if (rows.length === 0) return []
  const body = trendCells(rows, w).map(([name, ...rest]) => [
    (name as string).charAt(0) === '{' ? `    ${name}` : `  ${name}`,
    ...rest,
  ])
  const cells = [[title, 'p50', 'p95', 'p99', 'max', w.count], ...body]
  const figures = [1, 2, 3, 4, 5].reduce(
    (sum, i) => sum + 2 + Math.max(...cells.map((row) => displayWidth(row[i] as string))),
    0,
  )
  return table(
    cells.map(([name, ...rest]) => [clip(name as string, width - figures), ...rest]),
    '',
  )
}

/**
 * What was counted: requests, failures by kind, tokens, and every other Counter, Rate and Gauge.
 * Cells: name, figure, and beside it the rate, what it is a share of, or between what it was.
 */
export function countCells(report: Report, w: Words): [string, string, string][] {
  const rows: [string, string, string][] = []
  // Failures stand beside their share, by kind; llm_errors has them again.
  const whole = report.counters.filter(
    (counter) => counter.selector === '' && counter.metric !== 'llm_errors',
  )
  for (const counter of whole) {
    const perSecond =
      counter.perSecond === undefined
        ? ''
        : `${formatNumber(counter.perSecond, 'requests/s')}/${w.span.s} ${w.wholeRun}`
    const name = metricName(counter.metric, w)
    rows.push([name, formatNumber(counter.count, ''), perSecond])
    for (const part of report.counters) {
      if (!part.apart || part.metric !== counter.metric || part.selector === '') continue
      rows.push([`{${part.selector}}`, formatNumber(part.count, ''), ''])
    }
  }
  // A sub-metric stands under its metric; k6's names are in that order already.
  for (const rate of report.rates) {
    if (rate.selector !== '' && !rate.apart) continue
    const kinds =
      rate.metric === 'llm_failed' && rate.selector === ''
        ? report.errors.map(({ kind, count }) => `${kind} ${formatNumber(count, '')}`)
        : []
    const of = `${formatNumber(rate.yes, '')} / ${formatNumber(rate.total, '')}`
    const whole = metricName(rate.metric, w)
    const name = rate.selector === '' ? whole : `{${rate.selector}}`
    const missing =
      rate.missing === undefined ? [] : [fill(w.notInIt, { n: formatNumber(rate.missing, '') })]
    rows.push([name, formatNumber(rate.rate, 'share'), [of, ...kinds, ...missing].join(', ')])
  }
  for (const gauge of report.gauges ?? []) {
    const { metric, selector, unit, value, min, max } = gauge
    const shown = (figure: number | undefined) =>
      figure === undefined ? '–' : formatNumber(figure, unit)
    const name = selector === '' ? metricName(metric, w) : `{${selector}}`
    rows.push([name, shown(value), fill(w.gauge, { min: shown(min), max: shown(max) })])
  }
  return rows
}

/** The same in lines. */
export function countLines(report: Report, w: Words, width: number): string[] {
  const rows = countCells(report, w).map(([name, ...rest]) => [
    name.charAt(0) === '{' ? `  ${name}` : name,
    ...rest,
  ])
  // 36: a longer name (of a script's own metric) would leave no room beside the figures.
  const known = table(
    rows.map(([name, figure]) => [clip(name as string, 36), figure as string]),
    '  ',
  )
  const lines: string[] = []
  known.forEach((line, i) => {
    const start = displayWidth(line) + 2
    const [beside, ...below] = wrap((rows[i] as string[])[2] as string, width - start)
    lines.push(beside === undefined ? line : `${line}  ${beside}`)
    for (const part of below) lines.push(' '.repeat(start) + part)
  })
  return lines
}

/** How many checks passed in words, and each that did not always: name, how often it failed. */
export function checkCells(report: Report, w: Words): { head: string; failed: [string, string][] } {
  let passed = 0
  let total = 0
  const failed: [string, string][] = []
  for (const { name, passes, fails } of report.checks) {
    passed += passes
    total += passes + fails
    if (fails === 0) continue
    const result = fill(w.checksFailed, {
      fails: formatNumber(fails, ''),
      total: formatNumber(passes + fails, ''),
    })
    failed.push([name.replace(/\s+/g, ' '), result])
  }
  const head = fill(w.checks, { passed: formatNumber(passed, ''), total: formatNumber(total, '') })
  return { head, failed }
}

/** The same in lines. */
export function checkLines(report: Report, w: Words, width: number): string[] {
  if (report.checks.length === 0) return []
  const { head, failed } = checkCells(report, w)
  return [head].concat(
    failed.map(
      ([name, result]) => `  ✗ ${clip(name, width - 6 - displayWidth(result))}  ${result}`,
    ),
  )
}
