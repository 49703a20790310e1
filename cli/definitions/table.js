import { rows } from './summary.js'

/** @import { Column, Row } from './summary.js' */

/** @typedef {{ subject: string, tools: string[], why: string }} Note */
/** @typedef {{ text: string, notes: number[] }} Cell */

const WIDTH = 96
const INDENT = 5
const OTHER_REQUESTS = 'counts other requests than k6-llm (row requests)'

/**
 * The table for a terminal: figures by rows, tools by columns, notes below.
 * @param {Column[]} columns
 */
export function toText(columns) {
  const { cells, notes } = annotate(columns)
  const labels = ['', ...rows.map((row) => row.label)]
  const labelWidth = Math.max(...labels.map((label) => label.length))
  const drawn = [
    labels.map((label) => label.padEnd(labelWidth)),
    ...columns.map(({ tool }, i) => drawColumn(tool.column, cells[i] ?? [])),
  ]
  const lines = labels.map((_, line) =>
    drawn
      .map((column) => column[line])
      .join('  ')
      .trimEnd(),
  )
  const said = notes.map((note, i) => wrap(`[${i + 1}]`, `${noteText(note)}.`))
  return `${[...lines, '', ...said].join('\n').trimEnd()}\n`
}

/**
 * The same as data; a figure that a tool does not have is null.
 * @param {Column[]} columns
 */
export function toData(columns) {
  const { cells, notes } = annotate(columns)
  const tools = columns.map(({ tool, values }, i) => {
    const figures = rows.map((row, r) => [row.label, toMicroseconds(values[r])])
    const said = rows.map((row, r) => [row.label, cells[i]?.[r]?.notes ?? []])
    return [
      tool.name,
      {
        version: tool.version,
        figures: Object.fromEntries(figures),
        notes: Object.fromEntries(said.filter(([, numbers]) => numbers?.length)),
      },
    ]
  })
  const texts = notes.map((note, i) => [i + 1, noteText(note)])
  return { tools: Object.fromEntries(tools), notes: Object.fromEntries(texts) }
}

/**
 * The figures as texts, by column, with notes that say why they differ from the first column's.
 * @param {Column[]} columns
 */
function annotate(columns) {
  /** @type {Note[]} */
  const notes = []
  /** @type {Cell[][]} */
  const cells = columns.map(() => [])
  for (const [r, row] of rows.entries()) {
    const own = format(row, columns[0]?.values[r])
    for (const [c, { tool, values, tokenizer }] of columns.entries()) {
      const text = format(row, values[r])
      const said = text === own ? [] : [tool.why[row.subject] ?? OTHER_REQUESTS]
      if (row.subject === 'tokens' && tokenizer && tool.tokenizer) said.push(tool.tokenizer)
      const subject = row.label.replace(/ p\d+$/, '')
      const numbers = said.map((why) => addNote(notes, subject, tool.column, why))
      cells[c]?.push({ text, notes: numbers })
    }
  }
  return { cells, notes }
}

/**
 * @param {Note[]} notes
 * @param {string} subject
 * @param {string} tool
 * @param {string} why
 * @returns {number} which note it is; tools that differ in the same way share one
 */
function addNote(notes, subject, tool, why) {
  const known = notes.find((note) => note.subject === subject && note.why === why)
  if (!known) return notes.push({ subject, tools: [tool], why })
  if (!known.tools.includes(tool)) known.tools.push(tool)
  return notes.indexOf(known) + 1
}

/** @param {Note} note */
function noteText({ subject, tools, why }) {
  return `${subject} of ${tools.join(', ')}: ${why}`
}

/**
 * Texts to the right, marks of notes after them.
 * @param {string} head
 * @param {Cell[]} cells
 */
function drawColumn(head, cells) {
  const marks = cells.map(({ notes }) => (notes.length > 0 ? ` [${notes.join(',')}]` : ''))
  const markWidth = Math.max(...marks.map((mark) => mark.length))
  const longest = Math.max(...cells.map(({ text }) => text.length))
  const textWidth = Math.max(longest, head.length - markWidth)
  const body = cells.map(({ text }, i) => text.padStart(textWidth) + marks[i]?.padEnd(markWidth))
  return [head.padStart(textWidth).padEnd(textWidth + markWidth), ...body]
}

/**
 * @param {Row} row
 * @param {number | undefined} value
 */
function format(row, value) {
  if (value === undefined) return '-'
  return row.subject === 'requests' || row.subject === 'tokens' ? String(value) : value.toFixed(1)
}

/** @param {number | undefined} value */
function toMicroseconds(value) {
  return value === undefined ? null : Math.round(value * 1000) / 1000
}

/**
 * @param {string} head
 * @param {string} text
 */
function wrap(head, text) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = /** @type {string} */ (lines.at(-1))
    if (last === '') lines[lines.length - 1] = word
    else if (INDENT + last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return head.padEnd(INDENT) + lines.join(`\n${' '.repeat(INDENT)}`)
}
