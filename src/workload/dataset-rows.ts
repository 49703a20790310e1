import { show } from '../core/errors.ts'
import type { ChatRequest } from '../stream/dialect.ts'
import {
  createFaults,
  type Faults,
  type FileRecord,
  isObject,
  kindOf,
  readCsvRows,
  readJsonLines,
} from './records.ts'

export type DatasetFormat = 'jsonl' | 'sharegpt' | 'csv'

/** One row of a dataset. */
export interface DatasetRow {
  /** For `chat.stream(request)`. */
  request: ChatRequest
  /** What the user says in turn, of rows that are a conversation (`turns`, ShareGPT). */
  turns?: string[]
  /** What else the row has: an id, a category. It is not sent. */
  fields: { [field: string]: unknown }
  /** Of the file, from 1; of a JSON list the position in it. */
  line: number
  /** How often it comes, relative to others (`order: 'weighted'`). */
  weight: number
}

/** Names of columns that a file calls otherwise: `{ prompt: 'question' }`. */
export type Columns = { [name in 'prompt' | 'messages' | 'max_tokens' | 'weight']?: string }

/** Fields of a row that are sent; the rest may be anything (an id, a category, an answer). */
const SENT = [
  'messages',
  'prompt',
  'model',
  'max_tokens',
  'min_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'ignore_eos',
  'tools',
]

/** Fields of {@link SENT} that are numbers, which CSV has as text. */
const NUMBERS = ['max_tokens', 'min_tokens', 'temperature', 'top_p', 'seed']

/** By its first character, or by its columns. */
export function sniffFormat(text: string): DatasetFormat {
  const begin = /^[\ufeff\s]*(.)/.exec(text.slice(0, 1000))
  if (begin && begin[1] === '[') return 'sharegpt'
  return begin && begin[1] === '{' ? 'jsonl' : 'csv'
}

/** Reads a file into rows. What cannot be read is noted in the faults and left out. */
export function readDataset(
  name: string,
  text: string,
  options: { format: DatasetFormat; columns: Columns; strict: boolean },
): { rows: DatasetRow[]; faults: Faults } {
  const { format, columns, strict } = options
  const faults = createFaults(name, strict, format === 'sharegpt' ? 'entry' : 'line')
  const records =
    format === 'jsonl'
      ? readJsonLines(text, faults)
      : format === 'csv'
        ? readCsvRows(text, faults)
        : readJsonList(text, faults)
  const rows: DatasetRow[] = []
  for (const record of records) {
    const row = format === 'sharegpt' ? fromShareGpt(record) : fromFields(record, columns, format)
    if (typeof row === 'string') faults.add(record.line, row)
    else rows.push(row)
  }
  return { rows, faults }
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
    faults.add(1, `expected a list of conversations, got ${kindOf(list)}`)
    return []
  }
  const records: FileRecord[] = []
  list.forEach((value: unknown, i) => {
    if (isObject(value)) records.push({ line: i + 1, value })
    else faults.add(i + 1, `expected an object, got ${kindOf(value)}`)
  })
  return records
}

/** `{"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]}` */
function fromShareGpt({ line, value }: FileRecord): DatasetRow | string {
  const { conversations, ...fields } = value
  if (!Array.isArray(conversations)) {
    return `conversations=${show(conversations)}: expected a list of { from, value }`
  }
  const turns: string[] = []
  for (const said of conversations as unknown[]) {
    if (!isObject(said) || typeof said.value !== 'string') {
      return `conversations: expected { from, value }, got ${show(said)}`
    }
    if ((said.from === 'human' || said.from === 'user') && said.value.trim() !== '') {
      turns.push(said.value)
    }
  }
  if (turns.length === 0) return 'conversations: expected one that is from "human"'
  return { request: { prompt: turns[0] as string }, turns, fields, line, weight: 1 }
}

function fromFields(
  { line, value }: FileRecord,
  columns: Columns,
  format: DatasetFormat,
): DatasetRow | string {
  // OpenAI's batch format has the request in `body`.
  const given: FileRecord['value'] = isObject(value.body)
    ? Object.assign({}, value, { body: undefined }, value.body)
    : Object.assign({}, value)
  for (const name of Object.keys(columns) as (keyof Columns)[]) {
    const column = columns[name] as string
    if (!(column in given)) return `no ${show(column)}`
    given[name] = given[column]
    if (column !== name) delete given[column]
  }
  const turns = given.turns
  if (turns !== undefined && !(Array.isArray(turns) && turns.length > 0 && turns.every(isText))) {
    return `turns=${show(turns)}: expected a list of texts`
  }
  if (turns !== undefined && given.messages === undefined) given.prompt = (turns as string[])[0]

  const request: ChatRequest = {}
  const fields: DatasetRow['fields'] = {}
  let weight = 1
  for (const name of Object.keys(given)) {
    let content = given[name]
    if (content === undefined || (format === 'csv' && content === '')) continue
    if (format === 'csv' && (name === 'weight' || NUMBERS.indexOf(name) >= 0))
      content = Number(content)
    if (format === 'csv' && name === 'messages') {
      try {
        content = JSON.parse(content as string)
      } catch (_notJson) {
        return `messages=${show(content)}: expected a list in JSON`
      }
    }
    if (name === 'weight') weight = content as number
    else if (SENT.indexOf(name) >= 0) request[name] = content
    else if (name !== 'turns') fields[name] = content
  }
  const fault = faultOf(request, weight)
  if (fault !== undefined) return fault
  const row: DatasetRow = { request, fields, line, weight }
  if (turns !== undefined) row.turns = turns as string[]
  return row
}

function faultOf(
  { messages, prompt, max_tokens }: ChatRequest,
  weight: number,
): string | undefined {
  if (messages !== undefined) {
    const right =
      Array.isArray(messages) &&
      messages.length > 0 &&
      (messages as unknown[]).every((message) => isObject(message) && isText(message.role))
    if (!right) return `messages=${show(messages)}: expected a list of { role, content }`
  } else if (!isText(prompt)) {
    return `prompt=${show(prompt)}: expected a text, or messages`
  }
  if (
    max_tokens !== undefined &&
    max_tokens !== null &&
    !(max_tokens >= 1 && max_tokens % 1 === 0)
  ) {
    return `max_tokens=${show(max_tokens)}: expected a whole number, 1 or more`
  }
  if (!(weight >= 0 && weight < Infinity))
    return `weight=${show(weight)}: expected a number, 0 or more`
  return undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}
