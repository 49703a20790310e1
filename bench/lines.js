/** @import { K6 } from '../cli/find-k6.js' */

/**
 * A line of the table.
 *
 * @typedef {object} Line
 * @property {string} what
 * @property {string} figure
 * @property {string} [floor] the floor or peer that was measured beside it
 * @property {number} [ratio] figure to floor
 * @property {string} [budget] of DESIGN; absent where the line only explains another
 * @property {boolean} [met]
 * @property {Record<string, unknown>} [values] for --json
 */

/**
 * What a case is given.
 *
 * @typedef {object} Bench
 * @property {boolean} quick
 * @property {(text: string) => void} say progress, for people
 * @property {K6 | undefined} streaming a k6 with the extension: 1.8 where it is there
 * @property {K6 | undefined} newest 2.2 with the extension
 * @property {K6 | undefined} stock 2.2
 * @property {K6 | undefined} oldest 0.47
 */

/** @typedef {(bench: Bench) => Promise<Line[]>} Case */

/** @param {string} what @param {string} name of the k6 that is missing @returns {Line} */
export const notMeasured = (what, name) => ({ what, figure: `not measured: no ${name} was found` })

/** A number with so many decimals, and its unit. @param {number} value @param {string} unit */
export function show(value, unit, decimals = value < 10 ? 2 : value < 100 ? 1 : 0) {
  const text = value.toFixed(decimals)
  return `${Number(text) === 0 ? text.replace('-', '') : text} ${unit}`
}

const HEAD = ['what', 'figure', 'floor or peer', 'ratio', 'budget', 'met?']

/** @param {Line} line */
const cells = ({ what, figure, floor = '', ratio, budget = '', met }) => [
  what,
  figure,
  floor,
  ratio === undefined ? '' : ratio.toFixed(2),
  budget,
  met === undefined ? '' : met ? 'yes' : 'NO',
]

/** The table for a terminal. @param {Line[]} lines */
export function text(lines) {
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

/** The table for a document. @param {Line[]} lines */
export function markdown(lines) {
  const row = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [row(HEAD), row(HEAD.map(() => '---')), ...lines.map((line) => row(cells(line)))].join(
    '\n',
  )
}

export const BEGIN = '<!-- bench: begin; `npm run bench` writes what is between -->'
export const END = '<!-- bench: end -->'

/** A document with new text between the markers. @param {string} page @param {string} inner */
export function between(page, inner) {
  const from = page.indexOf(BEGIN)
  const to = page.indexOf(END)
  if (from === -1 || to < from) throw new Error('the page does not have the two markers')
  return `${page.slice(0, from + BEGIN.length)}\n${inner}\n${page.slice(to)}`
}
