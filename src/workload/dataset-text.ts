import { misuse, show } from '../core/errors.ts'
import {
  type Faults,
  type FileRecord,
  isObject,
  kindOf,
  readCsvRows,
  readJsonLines,
} from './records.ts'

export type DatasetFormat = 'jsonl' | 'json' | 'sharegpt' | 'csv'

export const DATASET_FORMATS: readonly DatasetFormat[] = ['jsonl', 'json', 'sharegpt', 'csv']

/** What a file is that is no text of rows, by its first characters (what is no UTF-8 is U+FFFD). */
const OTHERS: [begin: string, what: string, fix: string][] = [
  ['\u001f', 'gzip', 'unpack it: gunzip'],
  ['PK\u0003', 'a zip archive (an .xlsx is one too)', 'unpack it'],
  ['(\ufffd/', 'zstd', 'unpack it: unzstd'],
  ['BZh', 'bzip2', 'unpack it: bunzip2'],
  ['\ufffd7zXZ', 'xz', 'unpack it: unxz'],
  ['PAR1', 'Parquet', 'save it as JSON lines'],
  ['ARROW1', 'Arrow', 'save it as JSON lines'],
  ['SQLite format', 'an SQLite database', 'save it as JSON lines'],
  ['%PDF', 'a PDF', 'save it as JSON lines'],
  ['version https://git-lfs', 'a pointer of Git LFS, not the file', 'get it: git lfs pull'],
  ['<', 'a page of HTML or XML', 'see what was downloaded'],
  ['\ufffd\ufffd', 'UTF-16 or no text', 'save it as UTF-8'],
]

/** Ends the test where the text is none of rows, and says what it is. */
export function checkIsText(name: string, text: unknown): string {
  if (typeof text !== 'string') {
    misuse(`${name}: open() gave ${show(text)}: expected its text, without the mode 'b'`)
  }
  const expected = 'expected JSON lines, a list in JSON or CSV, as text'
  const head = text.slice(0, 200).trim()
  const other = OTHERS.filter(([begin]) => head.slice(0, begin.length) === begin)[0]
  if (other) misuse(`${name}: this is ${other[1]}: ${expected}; ${other[2]}`)
  if (head.indexOf('\u0000') !== -1) misuse(`${name}: this is no text: ${expected}`)
  if (text.trim() === '') misuse(`${name}: this is empty: ${expected}`)
  return text
}

/** By its first character; an object over several lines is no list of rows, and told as JSON. */
export function sniffFormat(text: string): DatasetFormat {
  const begin = /^[\ufeff\s]*(.)/.exec(text.slice(0, 1000))
  if (begin && begin[1] === '[') return 'json'
  if (begin?.[1] !== '{') return 'csv'
  if (isJson(firstLine(text))) return 'jsonl'
  return isJson(text.replace(/^\ufeff/, '').trim()) ? 'json' : 'jsonl'
}

/** The rows of a file as they are. What cannot be read is noted in the faults. */
export function readRecords(text: string, format: DatasetFormat, faults: Faults): FileRecord[] {
  if (format === 'csv') return readCsvRows(text, faults)
  // ShareGPT comes in both forms.
  const asList = format === 'json' || (format === 'sharegpt' && sniffFormat(text) === 'json')
  return asList ? readJsonList(text, faults) : readJsonLines(text, faults)
}

function readJsonList(text: string, faults: Faults): FileRecord[] {
  let list: unknown
  try {
    list = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    faults.add(1, `not JSON: ${(error as Error).message}`)
    return []
  }
  if (!Array.isArray(list)) {
    const has = isObject(list) ? ` with ${Object.keys(list).join(', ')}` : ''
    faults.add(1, `expected a list of rows, got ${kindOf(list)}${has}`)
    return []
  }
  const records: FileRecord[] = []
  list.forEach((value: unknown, i) => {
    if (isObject(value)) records.push({ line: i + 1, value })
    else if (typeof value === 'string') records.push({ line: i + 1, value: { prompt: value } })
    else faults.add(i + 1, `expected an object, got ${kindOf(value)}`)
  })
  return records
}

function firstLine(text: string): string {
  const start = text.replace(/^[\ufeff\s]+/, '')
  const end = start.search(/[\r\n]/)
  return end === -1 ? start : start.slice(0, end)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (_notJson) {
    return false
  }
}
