import type { Row, Verdict } from './compare.ts'

/** A comparison, as `--json` prints it. */
export interface Comparison {
  schema: 'k6-llm/comparison@1'
  base: string
  new: string
  verdict: Verdict
  rows: Row[]
  notes: string[]
}

const SIGN = { worse: '✗', better: '✓', same: '=', 'not enough data': '?', 'not judged': '·' }

function figure(value: number, unit: Row['unit']) {
  if (!Number.isFinite(value)) return '–'
  if (unit === 'share') return `${trim((value * 100).toFixed(2))} %`
  if (unit !== 'ms') return `${trim(value.toFixed(2))}`
  return value >= 10_000
    ? `${(value / 1000).toFixed(2)} s`
    : `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`
}

const trim = (text: string) => text.replace(/\.?0+$/, '') || '0'

function signed(difference: number, unit: Row['unit']) {
  if (!Number.isFinite(difference)) return '–'
  const points = difference * 100
  const text = points.toFixed(Math.abs(points) < 10 ? 1 : 0)
  return `${points > 0 ? '+' : ''}${/^-?0\.0$/.test(text) ? '0.0' : text}${unit === 'share' ? ' pp' : ' %'}`
}

function chance(p: number | undefined) {
  if (p === undefined) return '–'
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}

const HEAD = ['metric', 'base', 'new', 'difference', '95 % interval', 'p', 'verdict']

/** A row in words. */
export function cells(row: Row) {
  const { metric, statistic, unit, interval, verdict } = row
  const name =
    unit === 'requests/s' || unit === 'tokens/s' ? `${metric} ${unit}` : `${metric} ${statistic}`
  const ends = interval && `${signed(interval[0], unit)} … ${signed(interval[1], unit)}`
  return [
    unit === 'share' ? metric : name,
    figure(row.base, unit),
    figure(row.new, unit),
    signed(row.difference, unit),
    ends ?? '–',
    chance(row.adjusted),
    `${SIGN[verdict]} ${verdict}`,
  ]
}

export function headline({ verdict, rows, base, new: other }: Comparison) {
  const counts = Object.keys(SIGN).map((kind) => ({
    kind,
    count: rows.filter((row) => row.verdict === kind).length,
  }))
  const list = counts.filter(({ count }) => count > 0).map(({ kind, count }) => `${count} ${kind}`)
  return `${verdict.toUpperCase()} - ${other} against ${base}: ${list.join(', ')}`
}

/** For the terminal. */
export function renderText(comparison: Comparison) {
  const rows = [HEAD, ...comparison.rows.map(cells)]
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) =>
        i === 0 || i === 6 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return `${[headline(comparison), '', ...lines, '', ...reasons(comparison), ...comparison.notes].join('\n')}\n`
}

/** For a pull request. */
export function renderMarkdown(comparison: Comparison) {
  const row = (list: string[]) =>
    `| ${list.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const [verdict, ...rest] = headline(comparison).split(' - ')
  const lines = [
    `### ${verdict}: ${rest.join(' - ')}`,
    '',
    row(HEAD),
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...comparison.rows.map((one) => row(cells(one))),
    '',
    ...[...reasons(comparison), ...comparison.notes].map((note) => `- ${note}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Why a row is neither worse nor better nor the same. */
function reasons({ rows }: Comparison) {
  const undecided = rows.filter(({ verdict }) => verdict === 'not enough data')
  const by = new Map<string, string[]>()
  for (const { why, metric, statistic, unit } of undecided) {
    const name = unit === 'ms' ? `${metric} ${statistic}` : metric
    by.set(why, [...(by.get(why) ?? []), name])
  }
  return [...by].map(([why, names]) => `not enough data: ${names.join(', ')}: ${why}`)
}
