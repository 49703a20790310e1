import { show } from '../core/errors.ts'
import type { ChatRequest } from '../stream/dialect.ts'
import { type DatasetFormat, readRecords } from './dataset-text.ts'
import { createFaults, type Faults, type FileRecord, isObject } from './records.ts'
import { fromShareGpt, isShareGpt } from './sharegpt.ts'

/** One row of a dataset. */
export interface DatasetRow {
  /** For `chat.stream(request)`. */
  request: ChatRequest
  /** What the user says in turn, of rows that are a conversation (`turns`, ShareGPT). */
  turns?: string[]
  /** What the system says, of ShareGPT's rows that have it; it is in `request` too. */
  system?: string
  /** What else the row has: an id, a category. It is not sent. */
  fields: { [field: string]: unknown }
  /** Of the file, from 1; of a JSON list the position in it. */
  line: number
  /** How often it comes, relative to others (`order: 'weighted'`). */
  weight: number
}

/** Names of columns that a file calls otherwise: `{ prompt: 'question' }`. */
export type Columns = { [name in 'prompt' | 'messages' | 'max_tokens' | 'weight']?: string }

/** Fields of a row that are sent, as numbers where CSV has them as text. */
const NUMBERS =
  /^((max|min)_tokens|max_completion_tokens|temperature|top_[pk]|min_p|seed|(presence|frequency|repetition)_penalty|top_logprobs)$/

/** Those that are JSON where CSV has them as text. */
const VALUES =
  /^(messages|tools|tool_choice|parallel_tool_calls|response_format|structured_outputs|guided_json|chat_template_kwargs|logit_bias|logprobs|stop_token_ids|ignore_eos)$/

/** Those that are text, or may be. The rest may be anything (an id, a category, an answer). */
const TEXTS = /^(prompt|model|stop|reasoning_effort|guided_(regex|grammar))$/

/** Reads a file into rows. What cannot be read is noted in the faults and left out. */
export function readDataset(
  name: string,
  text: string,
  options: { format: DatasetFormat; columns: Columns; strict: boolean },
): { rows: DatasetRow[]; faults: Faults } {
  const { format, columns, strict } = options
  const faults = createFaults(name, strict, /json$|sharegpt/.test(format) ? 'entry' : 'line')
  const rows: DatasetRow[] = []
  for (const record of readRecords(text, format, faults)) {
    const { line, value } = record
    const row =
      format === 'sharegpt' || isShareGpt(value)
        ? fromShareGpt(value, faults)
        : fromFields(record, columns, format)
    if (typeof row === 'string') faults.add(line, row)
    else rows.push(Object.assign({ line, weight: 1 }, row))
  }
  return { rows, faults }
}

function fromFields(
  { line, value }: FileRecord,
  columns: Columns,
  format: DatasetFormat,
): DatasetRow | string {
  if (isObject(value.body)) return fromBatch(line, value, value.body)
  const given: FileRecord['value'] = Object.assign({}, value)
  for (const name of Object.keys(columns) as (keyof Columns)[]) {
    const column = columns[name] as string
    if (!(column in given)) return `no ${show(column)}, it has ${namesOf(value)}`
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
  let weight: unknown = 1
  for (const name of Object.keys(given)) {
    let content = given[name]
    if (content === undefined || (format === 'csv' && content === '')) continue
    if (format === 'csv') {
      const read = cellOf(name, content as string)
      if (read === undefined) return `${name}=${show(content)}: expected ${kindOfField(name)}`
      content = read
    }
    if (name === 'weight') weight = content
    else if (NUMBERS.test(name) || VALUES.test(name) || TEXTS.test(name)) request[name] = content
    else if (name !== 'turns') fields[name] = content
  }
  if (request.prompt === undefined && request.messages === undefined) {
    return `no prompt and no messages, it has ${namesOf(value)}: name the column, { columns: { prompt: … } }`
  }
  const fault = faultOf(request)
  if (fault !== undefined) return fault
  if (!isWeight(weight)) return faultOfWeight(weight)
  const row: DatasetRow = { request, fields, line, weight }
  if (turns !== undefined) row.turns = turns as string[]
  return row
}

/** A line of OpenAI's batch format: its `body` is the request, all of it. */
function fromBatch(
  line: number,
  value: FileRecord['value'],
  body: FileRecord['value'],
): DatasetRow | string {
  const { body: _sent, weight = 1, ...fields } = value
  if (!isWeight(weight)) return faultOfWeight(weight)
  const request: ChatRequest = Object.assign({}, body)
  if (request.prompt === undefined && request.messages === undefined) {
    return `body: no messages and no prompt, it has ${namesOf(body)}`
  }
  return faultOf(request) || { request, fields, line, weight }
}

function isWeight(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity
}

function faultOfWeight(value: unknown): string {
  return `weight=${show(value)}: expected a number, 0 or more`
}

/** A cell of CSV as the value that its column wants; `undefined` where it is none. */
function cellOf(name: string, text: string): unknown {
  if (name === 'weight' || NUMBERS.test(name)) {
    const number = Number(text)
    return Number.isNaN(number) ? undefined : number
  }
  if (!VALUES.test(name)) return text
  try {
    return JSON.parse(text) as unknown
  } catch (_notJson) {
    // A name such as `auto` is a value too.
    return name === 'tool_choice' ? text : undefined
  }
}

function kindOfField(name: string): string {
  if (!VALUES.test(name)) return 'a number'
  return name === 'messages' ? 'a list in JSON' : 'a value in JSON'
}

function namesOf(value: FileRecord['value']): string {
  const names = Object.keys(value)
  return names.length === 0 ? 'nothing' : show(names.join(', '))
}

function faultOf(request: ChatRequest): string | undefined {
  const { messages, prompt } = request
  if (messages !== undefined) {
    const right =
      Array.isArray(messages) &&
      messages.length > 0 &&
      (messages as unknown[]).every((message) => isObject(message) && isText(message.role))
    if (!right) return `messages=${show(messages)}: expected a list of { role, content }`
  } else if (!isText(prompt)) {
    return `prompt=${show(prompt)}: expected a text, or messages`
  }
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const most = request[name] as number | null | undefined
    if (most !== undefined && most !== null && !(most >= 1 && most % 1 === 0)) {
      return `${name}=${show(most)}: expected a whole number, 1 or more`
    }
  }
  return undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}
