/** @import { SimulatorOptions } from './options.js' */

/**
 * @typedef {object} ChatRequest What a body asks for.
 * @property {string | undefined} model
 * @property {boolean} stream
 * @property {string} prompt all texts of the request
 * @property {number} count tokens that the answer will have
 * @property {'stop' | 'length'} finish
 * @property {boolean} usage a usage event at the end of a stream
 * @property {boolean} continuousUsage usage on each event
 */

/** A request that vLLM answers with 400. */
export class BadRequest extends Error {
  /**
   * @param {string} message
   * @param {string | null} [param]
   */
  constructor(message, param = null) {
    super(message)
    this.param = param
  }
}

/**
 * @param {unknown} body parsed
 * @param {'chat' | 'completions'} shape
 * @param {SimulatorOptions} options
 * @returns {ChatRequest}
 * @throws {BadRequest}
 */
export function readChatRequest(body, shape, options) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BadRequest('Input should be a valid dictionary')
  }
  const fields = /** @type {Record<string, unknown>} */ (body)
  const stream = fields.stream === true
  const model = fields.model ?? undefined
  if (model !== undefined && typeof model !== 'string') {
    throw new BadRequest('model: Input should be a valid string', 'model')
  }
  if ((fields.n ?? 1) !== 1) {
    throw new BadRequest('n: the simulator answers with one choice, expected 1', 'n')
  }
  return {
    model,
    stream,
    prompt: shape === 'chat' ? readMessages(fields.messages) : readPrompt(fields.prompt),
    ...readLength(fields, options),
    ...readStreamOptions(fields.stream_options, stream),
  }
}

/**
 * @param {unknown} messages
 */
function readMessages(messages) {
  if (messages === undefined) throw new BadRequest('messages: Field required', 'messages')
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
 */
function readContent(content) {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n')
}

/**
 * @param {unknown} prompt
 */
function readPrompt(prompt) {
  if (prompt === undefined) throw new BadRequest('prompt: Field required', 'prompt')
  const one = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt
  if (typeof one !== 'string') {
    throw new BadRequest('prompt: the simulator takes one text, expected a string', 'prompt')
  }
  return one
}

/**
 * How long the answer is, and why it ends.
 * @param {Record<string, unknown>} fields
 * @param {SimulatorOptions} options
 * @returns {{ count: number, finish: 'stop' | 'length' }}
 */
function readLength(fields, { tokens }) {
  const limit = fields.max_completion_tokens ?? fields.max_tokens ?? undefined
  if (limit !== undefined && !isCount(limit)) {
    throw new BadRequest(`max_tokens must be at least 1, got ${limit}.`, 'max_tokens')
  }
  const least = fields.min_tokens ?? 0
  if (!isCount(least) && least !== 0) {
    throw new BadRequest(`min_tokens must be greater than or equal to 0, got ${least}.`)
  }
  const most = /** @type {number | undefined} */ (limit) ?? Infinity
  if (least > most) {
    throw new BadRequest(`min_tokens must be less than or equal to max_tokens=${most}.`)
  }
  const natural = Math.max(tokens, least)
  // Without a limit there is nothing to run to: the answer has its usual length.
  const runsOn = most !== Infinity && (fields.ignore_eos === true || least >= most)
  const cut = runsOn || natural > most
  return { count: runsOn ? most : Math.min(natural, most), finish: cut ? 'length' : 'stop' }
}

/**
 * vLLM's `include_usage` is true when `stream_options` is there without it.
 * @param {unknown} given
 * @param {boolean} stream
 */
function readStreamOptions(given, stream) {
  if (given === undefined || given === null) return { usage: false, continuousUsage: false }
  if (!stream) {
    throw new BadRequest('Stream options can only be defined when `stream=True`.', 'stream_options')
  }
  if (typeof given !== 'object') {
    throw new BadRequest('stream_options: Input should be a valid dictionary', 'stream_options')
  }
  const { include_usage: include = true, continuous_usage_stats: continuous = false } =
    /** @type {{ include_usage?: unknown, continuous_usage_stats?: unknown }} */ (given)
  return { usage: include === true, continuousUsage: include === true && continuous === true }
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isCount(value) {
  return Number.isInteger(value) && /** @type {number} */ (value) >= 1
}
