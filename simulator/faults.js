/** @import { AnswerEvent } from './events.js' */
/** @import { Random } from './random.js' */
/** @import { Wire } from './wire.js' */
import { event } from './events.js'
import { cut, insertMalformed, without } from './reshape.js'

/**
 * @typedef {object} FaultRow
 * @property {string} effect for the tables of --help and the README
 * @property {string} [args] for the same
 * @property {number} [status] answered instead of a completion
 * @property {Reshape} [reshape] what it does to a stream
 * @property {(wire: Wire) => string | undefined} [unfit] why this wire cannot have it
 *
 * @typedef {(events: Events, args: number[], wire: Wire) => Events} Reshape
 * @typedef {Iterable<AnswerEvent>} Events
 *
 * @typedef {object} Fault
 * @property {string} text as it was asked for
 * @property {FaultName} name
 * @property {number[]} args
 * @property {string | undefined} word an argument that is no number
 *
 * @typedef {`${keyof typeof faultTable}`} FaultName
 */

/** Seconds that a stall lasts when the client waits for so long. */
export const STALL_SECONDS = 120

export const faultTable = {
  401: status(401, 'not authorized'),
  403: status(403, 'forbidden'),
  404: status(404, 'the model does not exist'),
  422: status(422, 'the body does not fit'),
  429: { args: 'SECONDS or date', ...status(429, 'too many requests, with Retry-After (1 s)') },
  500: status(500, 'internal error'),
  502: status(502, "nginx's HTML page"),
  503: status(503, 'not available'),
  529: status(529, "overloaded, in Anthropic's shape"),
  reset: row('TOKENS', 'TCP reset after so many tokens', (events, [tokens]) =>
    cut(events, tokens, (at) => [event('reset', at)]),
  ),
  'reset-before-headers': row('', 'TCP reset instead of an answer'),
  stall: row(
    'TOKENS:SECONDS',
    'sends no more after so many tokens, keeps the connection',
    (events, [tokens]) => cut(events, tokens, (at) => [event('stall', at)]),
  ),
  'stall-before-headers': row('SECONDS', 'keeps the connection and never answers'),
  'error-event': row(
    'TOKENS',
    "the server's own error event after so many tokens, and its end mark if it sends one then",
    (events, [tokens], wire) => cut(events, tokens, (at) => errorEvents(at, wire)),
  ),
  'error-event-no-done': row('TOKENS', 'the same without an end mark', (events, [tokens]) =>
    cut(events, tokens, (at) => [event('error', at)]),
  ),
  'error-first': {
    ...row('', 'HTTP 200 and an error as the first event: the server is full', (events, _, wire) =>
      cut(events, 0, (at) => errorEvents(at, wire, true)),
    ),
    unfit: (/** @type {Wire} */ wire) => wire.noErrorFirst,
  },
  truncated: row(
    'TOKENS',
    'ends cleanly after so many tokens, without finish, usage, end mark',
    (events, [tokens]) => cut(events, tokens, () => []),
  ),
  malformed: row('TOKENS', 'one event of broken JSON after so many tokens', insertMalformed),
  buffer: row('', "everything in one write at the end, as text/plain: the guide's real gateway"),
  'plain-type': row('', 'streams, but as text/plain'),
  'json-instead': row('', 'a whole JSON completion although a stream was asked for'),
  empty: row('', 'HTTP 200 without a body'),
  'no-usage': row('', 'leaves out the usage'),
  'no-done': {
    ...row('', 'leaves out the end mark: [DONE], message_stop', (events) =>
      without('done', events),
    ),
    unfit: (/** @type {Wire} */ { done }) =>
      done ? undefined : 'this wire has no end mark of its own; expected truncated instead',
  },
  'slow-headers': row('MS', 'everything so much later (1000 ms), headers included'),
}

export const faultNames = /** @type {FaultName[]} */ (Object.keys(faultTable))

/**
 * Reads `NAME`, `NAME:ARG` or `NAME:ARG:ARG2`.
 * @param {string} text
 * @returns {Fault | undefined} undefined when there is no such fault or an argument is wrong
 */
export function parseFault(text) {
  const [name = '', ...words] = text.split(':')
  if (!Object.hasOwn(faultTable, name)) return undefined
  const fault = { text, name: /** @type {FaultName} */ (name), args: /** @type {number[]} */ ([]) }
  if (name === '429' && words.length === 1 && words[0] === 'date') return { ...fault, word: 'date' }
  const args = words.map(Number)
  const takes = (faultRow(fault.name).args ?? '').split(':').filter(Boolean).length
  const good = args.every((arg, i) => words[i] !== '' && Number.isFinite(arg) && arg >= 0)
  return good && args.length <= takes ? { ...fault, args, word: undefined } : undefined
}

/**
 * The fault of a request: the one its header asks for, else one by the rates.
 * @param {string | undefined} header `none` keeps a request free of the rates
 * @param {Record<string, number>} rates
 * @param {Random} random
 * @returns {Fault | undefined | { wrong: string }}
 */
export function chooseFault(header, rates, random) {
  if (header !== undefined) {
    if (header === 'none') return undefined
    const expected = `expected none or one of ${faultNames.join(', ')}`
    return parseFault(header) ?? { wrong: `x-sim-fault ${header}: ${expected}, like reset:5` }
  }
  let drawn = random()
  for (const [text, rate] of Object.entries(rates)) {
    if (drawn < rate) return parseFault(text)
    drawn -= rate
  }
  return undefined
}

/**
 * @param {FaultName} name
 * @returns {FaultRow}
 */
export function faultRow(name) {
  return faultTable[name]
}

/**
 * @param {number} at
 * @param {Wire} wire
 * @param {boolean} [first]
 * @returns {AnswerEvent[]}
 */
function errorEvents(at, wire, first = false) {
  const error = { ...event('error', at), first }
  return wire.doneAfterError ? [error, event('done', at)] : [error]
}

/**
 * @param {number} code
 * @param {string} effect
 * @returns {FaultRow}
 */
function status(code, effect) {
  return { status: code, effect: `HTTP ${code}: ${effect}` }
}

/**
 * @param {string} args
 * @param {string} effect
 * @param {FaultRow['reshape']} [reshape]
 * @returns {FaultRow}
 */
function row(args, effect, reshape) {
  return { args, effect, reshape }
}
