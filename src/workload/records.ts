import { misuse } from '../core/errors.ts'
import { parseCsv } from './csv.ts'

/** A value of a file and where it was. */
export interface FileRecord {
  /** From 1; of a JSON list the position in it. */
  line: number
  value: { [field: string]: unknown }
}

/** How the bad rows of a file are told: each by line and fault, the first ten of them in full. */
export interface Faults {
  readonly count: number
  /** The first of them, `undefined` where there is none. */
  readonly first: string | undefined
  /** Notes one; with `strict` it ends the test. */
  add(line: number, fault: string): void
  /** Notes what a row that is read has and that is not sent. */
  note(what: string): void
  /** Writes what was noted as warnings. */
  tell(): void
}

const TOLD = 10

/** @param unit what a line is called: `line`, or `entry` of a JSON list */
export function createFaults(file: string, strict: boolean, unit = 'line'): Faults {
  const told: string[] = []
  const notes: { [what: string]: number } = {}
  let count = 0
  return {
    get count() {
      return count
    },
    get first() {
      return told[0]
    },
    add(line, fault) {
      const text = `${file}, ${unit} ${line}: ${fault}`
      if (strict) misuse(`${text} (strict)`)
      if (told.length < TOLD) told.push(text)
      count++
    },
    note(what) {
      notes[what] = (notes[what] || 0) + 1
    },
    tell() {
      for (const what of Object.keys(notes)) {
        console.warn(`k6-llm: ${file}: a row ${what}; ${notes[what]} in all`)
      }
      for (const text of told) console.warn(`k6-llm: ${text}; left out`)
      if (count > told.length) {
        console.warn(`k6-llm: ${file}: ${count - told.length} more rows were left out`)
      }
    },
  }
}

/** JSON objects, one a line. */
export function readJsonLines(text: string, faults: Faults): FileRecord[] {
  const records: FileRecord[] = []
  let from = 0
  for (let line = 1; from < text.length; line++) {
    let to = text.indexOf('\n', from)
    if (to < 0) to = text.length
    const row = text
      .slice(from, to)
      .replace(/^\ufeff/, '')
      .trim()
    from = to + 1
    if (row === '') continue
    let value: unknown
    try {
      value = JSON.parse(row)
    } catch (error) {
      faults.add(line, `not JSON: ${(error as Error).message}`)
      continue
    }
    if (isObject(value)) records.push({ line, value })
    else faults.add(line, `expected a JSON object, got ${kindOf(value)}`)
  }
  return records
}

/** Rows by the names in the first line, between commas, semicolons or tabs. */
export function readCsvRows(text: string, faults: Faults): FileRecord[] {
  const { records, unclosed } = parseCsv(text, delimiterOf(text))
  const names = records.length > 0 ? (records[0] as { fields: string[] }).fields : []
  const rows: FileRecord[] = []
  for (const { line, fields } of records.slice(1)) {
    if (fields.length !== names.length) {
      faults.add(line, `${fields.length} fields, the first line has ${names.length}`)
      continue
    }
    const value: FileRecord['value'] = {}
    names.forEach((name, i) => {
      value[name.trim()] = fields[i]
    })
    rows.push({ line, value })
  }
  if (unclosed !== undefined) faults.add(unclosed, 'a quote that is never closed')
  return rows
}

/** The one of them that parts the names of the first line most often; a comma where none does. */
function delimiterOf(text: string): string {
  const names = (/^[^\r\n]*/.exec(text) as RegExpExecArray)[0].replace(/"[^"]*"/g, '')
  let found = ','
  for (const one of [';', '\t']) {
    if (names.split(one).length > names.split(found).length) found = one
  }
  return found
}

export function isObject(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}
