/** @import { AnswerEvent } from './events.js' */
/** @import { Exchange } from './exchange.js' */
/** @import { MetricRow } from './metrics.js' */
/** @import { SimulatorOptions } from './options.js' */
/** @import { Random } from './random.js' */
/** @import { BadRequest, ChatRequest } from './request.js' */

/**
 * What a server is made of, and the framings that several of them share. In the comments of the
 * flavors `streams/NAME` is a file of test/fixtures/streams.
 *
 * @typedef {object} Flavor A server, as the simulator speaks it.
 * @property {'early' | 'first-token'} headers when response headers leave
 * @property {number} pingInterval ms, 0: it sends none
 * @property {Route[]} routes
 * @property {Manners} manners on paths that are not there
 * @property {(path: string) => boolean} [guards] paths that need credentials even if nothing is there
 * @property {MetricRow[]} [metrics] names of /metrics; absent: there is none
 * @property {(readOptions: () => SimulatorOptions) => FlavorState} [createState] what it remembers
 *
 * @typedef {{ reset(): void, close(): void }} FlavorState
 *
 * @typedef {object} Route
 * @property {string} method
 * @property {string} path
 * @property {string} api as the record names it
 * @property {(exchange: Exchange) => void | Promise<void>} handle
 *
 * @typedef {object} Refusal An answer that is no completion.
 * @property {number} status
 * @property {unknown} body JSON, or a text when `type` says what it is
 * @property {string} [type] content type
 * @property {Record<string, string>} [headers]
 *
 * @typedef {object} Manners How a server says no.
 * @property {'bearer' | 'either'} credentials of either header: Authorization, x-api-key
 * @property {(status: number, message: string, param?: string | null) => unknown} error a body
 * @property {(verdict: 'missing' | 'bad') => Refusal} unauthorized
 * @property {(reason: string) => Refusal} badJson
 * @property {(error: BadRequest, stream: boolean) => Refusal} badRequest
 * @property {(model: string, stream: boolean, exchange: Exchange) => Refusal} unknownModel
 * @property {(method: string, path: string) => Refusal} notFound
 * @property {(method: string, path: string) => Refusal} notAllowed
 * @property {(exchange: Exchange) => Refusal | undefined} [checkHeaders]
 * @property {Refusal} failed generation broke before anything was sent
 * @property {Refusal} overloaded
 * @property {(seconds: number) => Record<string, string>} [limitHeaders] of 429, beside Retry-After
 *
 * @typedef {object} Wire How one endpoint of a server speaks.
 * @property {string} api as the record names it
 * @property {Manners} manners
 * @property {boolean} [anyType] the request's content type is not looked at
 * @property {(fields: Record<string, unknown>, context: ReadContext) => ChatRequest} read
 * @property {(asked: string | undefined, exchange: Exchange) => string | undefined} resolve
 *   the name of the model that answers; undefined: it does not serve that one
 * @property {(random: Random, exchange: Exchange) => string} id of an answer
 * @property {(answer: Answer) => (event: AnswerEvent) => Encoded} encoder
 * @property {(answer: Answer, whole: Whole) => unknown} whole the body without a stream
 * @property {string} streamType content type
 * @property {(answer: Answer, whole?: Whole) => Record<string, string>} [headers] of an answer
 * @property {boolean} [opensAtOnce] its first event does not wait for a token
 * @property {(finish: Finish) => boolean} [rides] whether the last token carries this finish
 * @property {boolean} [eos] the last token is the end of sequence, counted but without a text
 * @property {boolean} [single] an event has one token, always
 * @property {boolean} [tools] it can call tools
 * @property {'silence' | 'steady'} [pings] after a silence, or always at the interval
 * @property {boolean} [progress] hears llama.cpp's `sse_ping_interval` and `return_progress`
 * @property {boolean} done a stream ends with an event that says nothing else
 * @property {boolean} doneAfterError that event comes after an error too
 * @property {string} [noErrorFirst] why it never sends 200 and then an error as the first event
 * @property {string} broken an event of JSON that is cut
 * @property {(exchange: Exchange, request: ChatRequest, proceed: Proceed) => void} [before]
 *   holds a request back, or answers it otherwise
 *
 * @typedef {object} ReadContext
 * @property {SimulatorOptions} options
 * @property {'text' | 'tools' | undefined} wants what the header x-sim-answer asks for
 *
 * @typedef {(since: number, more?: { cold?: () => boolean, loadMs?: number }) => void} Proceed
 *   answers, with times that count from `since` on the monotonic clock
 *
 * @typedef {'stop' | 'length' | 'tool_calls'} Finish
 *
 * @typedef {object} Write One write of an answer, as the record lists it.
 * @property {string} kind
 * @property {number} tokens
 * @property {string} bytes empty: the tokens count, but the client does not see them
 *
 * @typedef {string | Write[]} Encoded A text is one write with its event's kind and tokens. No write
 *   at all: the event has no bytes on this wire, or is kept for a later write.
 *
 * @typedef {object} Answer What an encoder knows beforehand.
 * @property {string} id
 * @property {number} created seconds
 * @property {string} model
 * @property {number} promptTokens
 * @property {ChatRequest} request
 * @property {SimulatorOptions} options
 * @property {boolean} counts false: leave out all usage, by fault
 * @property {number} loadMs that loading the model took, in which the request was held
 * @property {(length: number) => string} nextId hex digits for further ids
 *
 * @typedef {object} WholeChoice
 * @property {string} text
 * @property {string} reasoning
 * @property {{ name: string, arguments: string }[]} calls
 * @property {Finish} finish
 *
 * @typedef {object} Whole A whole answer.
 * @property {[WholeChoice, ...WholeChoice[]]} choices
 * @property {number} tokens of all choices
 * @property {number} reasoningTokens of these
 * @property {number} firstAt ms after the start
 * @property {number} lastAt
 */

/** The sentinel of OpenAI and of all who speak like it. */
export const DONE = 'data: [DONE]\n\n'

/**
 * @param {unknown} value
 */
export function sse(value) {
  return `data: ${JSON.stringify(value)}\n\n`
}

/**
 * An event whose name repeats its JSON's `type`.
 * @param {{ type: string, [field: string]: unknown }} value
 */
export function namedSse(value) {
  return `event: ${value.type}\n${sse(value)}`
}

/**
 * JSON as Python's json.dumps writes it, with a space after each colon and comma.
 * @param {unknown} value
 * @returns {string}
 */
export function pythonJson(value) {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(
    ([name, inner]) => `${JSON.stringify(name)}: ${pythonJson(inner)}`,
  )
  return `{${pairs.join(', ')}}`
}
