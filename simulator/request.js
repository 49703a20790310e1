/** @import { SimulatorOptions } from './options.js' */
/** @import { Finish } from './wire.js' */

/**
 * What the bodies of all wires have in common: texts, a length, tools.
 *
 * @typedef {Record<string, unknown>} Fields
 *
 * @typedef {object} Tool that an answer calls
 * @property {string} name
 * @property {string} key of its one argument
 *
 * @typedef {object} ChatRequest What a body asks for.
 * @property {string | undefined} model
 * @property {boolean} stream
 * @property {string} prompt all texts of the request
 * @property {number} count tokens that the answer will have
 * @property {number} reasoning so many of them at its beginning
 * @property {number} natural tokens that it would have without a limit
 * @property {Finish} finish
 * @property {boolean} usage a usage event at the end of a stream
 * @property {boolean} continuousUsage usage on each event
 * @property {Tool[]} tools that it calls instead of having a text
 * @property {number} choices
 * @property {boolean} echo the prompt comes first
 * @property {Fields} fields the body itself, for what one wire alone knows
 */

/** The fewest tokens of a tool call: its name, the begin and the end of its arguments. */
export const SHORTEST_CALL = 3

/** A request that the server refuses. */
export class BadRequest extends Error {
  /**
   * @param {string} message
   * @param {string | null} [param]
   * @param {'missing' | 'wrong'} [fault]
   */
  constructor(message, param = null, fault = 'wrong') {
    super(message)
    this.param = param
    this.fault = fault
  }
}

/** @param {string} name */
export function missing(name) {
  return new BadRequest(`${name}: Field required`, name, 'missing')
}

/**
 * @param {unknown} body parsed
 * @returns {Fields}
 */
export function asFields(body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BadRequest('Input should be a valid dictionary')
  }
  return /** @type {Fields} */ (body)
}

/**
 * An object in a body; anything else is none.
 * @param {unknown} value
 * @returns {Fields}
 */
export function inner(value) {
  return typeof value === 'object' && value !== null ? /** @type {Fields} */ (value) : {}
}

/**
 * What a request is when its body says no more.
 * @param {Fields} fields
 */
export function plainRequest(fields) {
  return {
    model: readModel(fields),
    stream: fields.stream === true,
    usage: false,
    continuousUsage: false,
    tools: /** @type {Tool[]} */ ([]),
    choices: 1,
    echo: false,
    fields,
  }
}

/**
 * @param {Fields} fields
 * @returns {string | undefined}
 */
function readModel(fields) {
  const model = fields.model ?? undefined
  if (model !== undefined && typeof model !== 'string') {
    throw new BadRequest('model: Input should be a valid string', 'model')
  }
  return model
}

/**
 * @param {unknown} messages
 */
export function readMessages(messages) {
  if (messages === undefined) throw missing('messages')
  if (!Array.isArray(messages)) {
    throw new BadRequest('messages: Input should be a valid list', 'messages')
  }
  if (messages.length === 0) {
    throw new BadRequest('messages: at least one message is required', 'messages')
  }
  return messages.map((message) => readContent(message?.content)).join('\n')
}

/**
 * A message's content: a text, a list of parts of which the texts count, or nothing.
 * @param {unknown} content
 * @returns {string}
 */
export function readContent(content) {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n')
}

/**
 * @param {unknown} prompt
 * @param {string} name of the field
 */
export function readText(prompt, name) {
  if (prompt === undefined) throw missing(name)
  const one = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt
  if (typeof one !== 'string') {
    throw new BadRequest(`${name}: the simulator takes one text, expected a string`, name)
  }
  return one
}

/**
 * How long the answer is, and why it ends.
 * @param {object} asked
 * @param {unknown} [asked.limit]
 * @param {string} [asked.name] of the field with the limit
 * @param {unknown} [asked.least]
 * @param {boolean} [asked.ignoreEos]
 * @param {boolean} [asked.thinks] false: no reasoning
 * @param {Tool[]} [asked.tools]
 * @param {boolean} [asked.eos] the end of sequence is one of the tokens
 * @param {SimulatorOptions} options
 * @returns {Pick<ChatRequest, 'count' | 'reasoning' | 'natural' | 'finish'>}
 */
export function planLength(asked, { tokens, reasoning: thinking }) {
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

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isCount(value) {
  return Number.isInteger(value) && /** @type {number} */ (value) >= 1
}
