import type { K6 } from '../cli/find-k6.ts'

/** A line of the table. */
export interface Line {
  what: string
  figure: string
  /** the floor or peer that was measured beside it */
  floor?: string
  /** figure to floor */
  ratio?: number
  /** of DESIGN; absent where the line only explains another */
  budget?: string
  met?: boolean
  /** for --json */
  values?: Record<string, unknown>
}

/** What a case is given. */
export interface Bench {
  quick: boolean
  /** progress, for people */
  say: (text: string) => void
  /** a k6 with the extension: 1.8 where it is there */
  streaming: K6 | undefined
  /** 2.2 with the extension */
  newest: K6 | undefined
  /** 2.2 */
  stock: K6 | undefined
  /** 0.47 */
  oldest: K6 | undefined
}

export type Case = (bench: Bench) => Promise<Line[]>

/** @param name of the k6 that is missing */
export const notMeasured = (what: string, name: string): Line => ({
  what,
  figure: `not measured: no ${name} was found`,
})

/** A number with so many decimals, and its unit. */
export function show(value: number, unit: string, decimals = value < 10 ? 2 : value < 100 ? 1 : 0) {
  const text = value.toFixed(decimals)
  return `${Number(text) === 0 ? text.replace('-', '') : text} ${unit}`
}

const HEAD = ['what', 'figure', 'floor or peer', 'ratio', 'budget', 'met?']

const cells = ({ what, figure, floor = '', ratio, budget = '', met }: Line) => [
  what,
  figure,
  floor,
  ratio === undefined ? '' : ratio.toFixed(2),
  budget,
  met === undefined ? '' : met ? 'yes' : 'NO',
]

/** The table for a terminal. */
export function text(lines: Line[]) {
  const rows = [HEAD, ...lines.map(cells)]
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The table for a document. */
export function markdown(lines: Line[]) {
  const row = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [row(HEAD), row(HEAD.map(() => '---')), ...lines.map((line) => row(cells(line)))].join(
    '\n',
  )
}

export const BEGIN = '<!-- bench: begin; `npm run bench` writes what is between -->'
export const END = '<!-- bench: end -->'

/** A document with new text between the markers. */
export function between(page: string, inner: string) {
  const from = page.indexOf(BEGIN)
  const to = page.indexOf(END)
  if (from === -1 || to < from) throw new Error('the page does not have the two markers')
  return `${page.slice(0, from + BEGIN.length)}\n${inner}\n${page.slice(to)}`
}
