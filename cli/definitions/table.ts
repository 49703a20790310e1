import type { Column, Row } from './summary.ts'
import { rows } from './summary.ts'

type Note = { subject: string; tools: string[]; why: string }
type Cell = { text: string; notes: number[] }

const WIDTH = 96
const INDENT = 5
const OTHER_REQUESTS = 'counts other requests than k6-llm (row requests)'

/** The table for a terminal: figures by rows, tools by columns, notes below. */
export function toText(columns: Column[]) {
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

/** The same as data; a figure that a tool does not have is null. */
export function toData(columns: Column[]) {
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

/** The figures as texts, by column, with notes that say why they differ from the first column's. */
function annotate(columns: Column[]) {
  const notes: Note[] = []
  const cells: Cell[][] = columns.map(() => [])
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

/** @returns which note it is; tools that differ in the same way share one */
function addNote(notes: Note[], subject: string, tool: string, why: string): number {
  const known = notes.find((note) => note.subject === subject && note.why === why)
  if (!known) return notes.push({ subject, tools: [tool], why })
  if (!known.tools.includes(tool)) known.tools.push(tool)
  return notes.indexOf(known) + 1
}

function noteText({ subject, tools, why }: Note) {
  return `${subject} of ${tools.join(', ')}: ${why}`
}

/** Texts to the right, marks of notes after them. */
function drawColumn(head: string, cells: Cell[]) {
  const marks = cells.map(({ notes }) => (notes.length > 0 ? ` [${notes.join(',')}]` : ''))
  const markWidth = Math.max(...marks.map((mark) => mark.length))
  const longest = Math.max(...cells.map(({ text }) => text.length))
  const textWidth = Math.max(longest, head.length - markWidth)
  const body = cells.map(({ text }, i) => text.padStart(textWidth) + marks[i]?.padEnd(markWidth))
  return [head.padStart(textWidth).padEnd(textWidth + markWidth), ...body]
}

function format(row: Row, value: number | undefined) {
  if (value === undefined) return '-'
  return row.subject === 'requests' || row.subject === 'tokens' ? String(value) : value.toFixed(1)
}

function toMicroseconds(value: number | undefined) {
  return value === undefined ? null : Math.round(value * 1000) / 1000
}

function wrap(head: string, text: string) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string
    if (last === '') lines[lines.length - 1] = word
    else if (INDENT + last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return head.padEnd(INDENT) + lines.join(`\n${' '.repeat(INDENT)}`)
}
