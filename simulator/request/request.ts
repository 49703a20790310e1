import type { SimulatorOptions } from '../options/options.ts'

// What the bodies of all wires have in common: texts, a length, tools.

/** A JSON object of which nothing is certain. */
export type Fields = Record<string, unknown>

/** Why an answer ends, in OpenAI's words. */
export type Finish = 'stop' | 'length' | 'tool_calls'

/** What decides how a body is read, beside the body. */
export interface ReadContext {
  options: SimulatorOptions
  /** what the header x-sim-answer asks for */
  wants: 'text' | 'tools' | undefined
}

/** A tool that an answer calls. */
export interface Tool {
  name: string
  /** of its one argument */
  key: string
}

/** What a body asks for. */
export interface ChatRequest {
  model: string | undefined
  stream: boolean
  /** all texts of the request */
  prompt: string
  /** tokens that the answer will have */
  count: number
  /** so many of them at its beginning */
  reasoning: number
  /** tokens that it would have without a limit */
  natural: number
  finish: Finish
  /** a usage event at the end of a stream */
  usage: boolean
  /** usage on each event */
  continuousUsage: boolean
  /** that it calls instead of having a text */
  tools: Tool[]
  choices: number
  /** the prompt comes first */
  echo: boolean
  /** the body itself, for what one wire alone knows */
  fields: Fields
}

/** The fewest tokens of a tool call: its name, the begin and the end of its arguments. */
export const SHORTEST_CALL = 3

/** A request that the server refuses. */
export class BadRequest extends Error {
  param: string | null
  fault: 'missing' | 'wrong'

  constructor(message: string, param: string | null = null, fault: 'missing' | 'wrong' = 'wrong') {
    super(message)
    this.param = param
    this.fault = fault
  }
}

export function missing(name: string) {
  return new BadRequest(`${name}: Field required`, name, 'missing')
}

/** @param body parsed */
export function asFields(body: unknown): Fields {
  if (!isObject(body) || Array.isArray(body)) {
    throw new BadRequest('Input should be a valid dictionary')
  }
  return body
}

/** An object in a body; anything else is none. */
export function inner(value: unknown): Fields {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** What a request is when its body says no more. */
export function plainRequest(
  fields: Fields,
): Omit<ChatRequest, 'prompt' | 'count' | 'reasoning' | 'natural' | 'finish'> {
  return {
    model: readModel(fields),
    stream: fields.stream === true,
    usage: false,
    continuousUsage: false,
    tools: [],
    choices: 1,
    echo: false,
    fields,
  }
}

function readModel(fields: Fields): string | undefined {
  const model = fields.model ?? undefined
  if (model !== undefined && typeof model !== 'string') {
    throw new BadRequest('model: Input should be a valid string', 'model')
  }
  return model
}

export function readMessages(messages: unknown) {
  if (messages === undefined) throw missing('messages')
  if (!Array.isArray(messages)) {
    throw new BadRequest('messages: Input should be a valid list', 'messages')
  }
  if (messages.length === 0) {
    throw new BadRequest('messages: at least one message is required', 'messages')
  }
  return messages.map((message) => readContent(inner(message).content)).join('\n')
}

/** A message's content: a text, a list of parts of which the texts count, or nothing. */
export function readContent(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  const texts = content.map((part) => inner(part).text)
  return texts.map((text) => (typeof text === 'string' ? text : '')).join('\n')
}

/** @param name of the field */
export function readText(prompt: unknown, name: string) {
  if (prompt === undefined) throw missing(name)
  const one: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt
  if (typeof one !== 'string') {
    throw new BadRequest(`${name}: the simulator takes one text, expected a string`, name)
  }
  return one
}

/** What a body says of the length of its answer; what it does not say is absent. */
interface LengthAsked {
  /** tokens at most */
  limit?: unknown
  /** of the field with the limit, default `max_tokens` */
  name?: string
  /** tokens at least */
  least?: unknown
  ignoreEos?: boolean
  /** false: no reasoning */
  thinks?: boolean
  tools?: Tool[]
  /** the end of sequence is one of the tokens */
  eos?: boolean
}

/** How long the answer is, and why it ends. */
export function planLength(
  asked: LengthAsked,
  { tokens, reasoning: thinking }: SimulatorOptions,
): Pick<ChatRequest, 'count' | 'reasoning' | 'natural' | 'finish'> {
  const { name = 'max_tokens', ignoreEos = false, thinks = true, tools = [], eos = false } = asked
  const limit = asked.limit ?? undefined
  if (limit !== undefined && !isCount(limit)) {
    throw new BadRequest(`${name} must be at least 1, got ${limit}.`, name)
  }
  const least = asked.least ?? 0
  if (!isCount(least) && least !== 0) {
    throw new BadRequest(`min_tokens must be greater than or equal to 0, got ${least}.`)
  }
  const most = limit ?? Infinity
  if (least > most) {
    throw new BadRequest(`min_tokens must be less than or equal to ${name}=${most}.`)
  }
  const reasoning = thinks ? thinking : 0
  const calls = tools.length * SHORTEST_CALL + (eos && tools.length > 0 ? 1 : 0)
  const spoken = Math.max(tokens, calls)
  const natural = Math.max(reasoning + spoken, least)
  // Without a limit there is nothing to run to: the answer has its usual length.
  const runsOn = most !== Infinity && (ignoreEos || least >= most)
  const cut = runsOn || natural > most
  const count = runsOn ? most : Math.min(natural, most)
  const whole = tools.length > 0 ? 'tool_calls' : 'stop'
  return {
    count,
    natural: Math.max(natural, count),
    reasoning: Math.min(reasoning, count),
    finish: cut ? 'length' : whole,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1
}
