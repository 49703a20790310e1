import { type Column, type Row, rows } from './summary.ts'

interface Note {
  subject: string
  /** heads of their columns */
  tools: string[]
  why: string
}

interface Cell {
  text: string
  /** which notes, from 1 on */
  notes: number[]
}

/** What one tool makes of all requests. */
interface ToolFigures {
  version: string
  /** by the labels of rows; null where the tool has none */
  figures: Record<string, number | null>
  /** by the labels of rows: numbers of notes */
  notes: Record<string, number[]>
}

const WIDTH = 96
const INDENT = 5
const OTHER_REQUESTS = 'counts other requests than k6-llm (row requests)'

/** The table for a terminal: figures by rows, tools by columns, notes below. */
export function toText(columns: Column[]): string {
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
  const read = columns.slice(1).map(({ tool }) => tool.version)
  const versions = wrap('', `Rules as of ${read.join(', ')}.`).trimStart()
  return `${[...lines, '', ...said, ...(read.length > 0 ? ['', versions] : [])].join('\n').trimEnd()}\n`
}

/** The same as data; a figure that a tool does not have is null. */
export function toData(columns: Column[]): {
  tools: Record<string, ToolFigures>
  notes: Record<string, string>
} {
  const { cells, notes } = annotate(columns)
  const tools: Record<string, ToolFigures> = {}
  for (const [c, { tool, values }] of columns.entries()) {
    const entry: ToolFigures = { version: tool.version, figures: {}, notes: {} }
    for (const [r, { label }] of rows.entries()) {
      entry.figures[label] = toMicroseconds(values[r])
      const numbers = cells[c]?.[r]?.notes ?? []
      if (numbers.length > 0) entry.notes[label] = numbers
    }
    tools[tool.name] = entry
  }
  const texts = notes.map((note, i) => [i + 1, noteText(note)])
  return { tools, notes: Object.fromEntries(texts) }
}

/** The figures as texts, by column, with notes that say why they differ from the first column's. */
function annotate(columns: Column[]): { cells: Cell[][]; notes: Note[] } {
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

function noteText({ subject, tools, why }: Note): string {
  return `${subject} of ${tools.join(', ')}: ${why}`
}

/** Texts to the right, marks of notes after them. */
function drawColumn(head: string, cells: Cell[]): string[] {
  const marks = cells.map(({ notes }) => (notes.length > 0 ? ` [${notes.join(',')}]` : ''))
  const markWidth = Math.max(...marks.map((mark) => mark.length))
  const longest = Math.max(...cells.map(({ text }) => text.length))
  const textWidth = Math.max(longest, head.length - markWidth)
  const body = cells.map(({ text }, i) => text.padStart(textWidth) + marks[i]?.padEnd(markWidth))
  return [head.padStart(textWidth).padEnd(textWidth + markWidth), ...body]
}

function format(row: Row, value: number | undefined): string {
  if (value === undefined) return '-'
  return row.subject === 'requests' || row.subject === 'tokens' ? String(value) : value.toFixed(1)
}

function toMicroseconds(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000
}

function wrap(head: string, text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (INDENT + last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return head.padEnd(INDENT) + lines.join(`\n${' '.repeat(INDENT)}`)
}
