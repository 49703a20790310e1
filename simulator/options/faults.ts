import type { Random } from '../core/random.ts'

/** A fault of a chat as users ask for it; what it does is in `answer/`. */
interface FaultRow {
  /** for the tables of --help and the README */
  effect: string
  /** for the same */
  args?: string
  /** answered instead of a completion */
  status?: number
}

export interface Fault {
  /** as it was asked for */
  text: string
  name: FaultName
  args: number[]
  /** an argument that is no number */
  word: string | undefined
}

/** Seconds that a stall lasts when the client waits for so long. */
export const STALL_SECONDS = 120

const faultTable = {
  401: status(401, 'not authorized'),
  403: status(403, 'forbidden'),
  404: status(404, 'the model does not exist'),
  422: status(422, 'the body does not fit'),
  429: { args: 'SECONDS or date', ...status(429, 'too many requests, with Retry-After (1 s)') },
  500: status(500, 'internal error'),
  502: status(502, "nginx's HTML page"),
  503: status(503, 'not available'),
  529: status(529, "overloaded, in Anthropic's shape"),
  reset: row('TOKENS', 'TCP reset after so many tokens'),
  'reset-before-headers': row('', 'TCP reset instead of an answer'),
  stall: row('TOKENS:SECONDS', 'sends no more after so many tokens, keeps the connection'),
  'stall-before-headers': row('SECONDS', 'keeps the connection and never answers'),
  'error-event': row(
    'TOKENS',
    "the server's own error event after so many tokens, and its end mark if it sends one then",
  ),
  'error-event-no-done': row('TOKENS', 'the same without an end mark'),
  'error-first': row('', 'HTTP 200 and an error as the first event: the server is full'),
  truncated: row('TOKENS', 'ends cleanly after so many tokens, without finish, usage, end mark'),
  malformed: row('TOKENS', 'one event of broken JSON after so many tokens'),
  buffer: row('', "everything in one write at the end, as text/plain: the guide's real gateway"),
  'plain-type': row('', 'streams, but as text/plain'),
  'json-instead': row('', 'a whole JSON completion although a stream was asked for'),
  empty: row('', 'HTTP 200 without a body'),
  'no-usage': row('', 'leaves out the usage'),
  'no-done': row('', 'leaves out the end mark: [DONE], message_stop'),
  'slow-headers': row('MS', 'everything so much later (1000 ms), headers included'),
}

export type FaultName = `${keyof typeof faultTable}`

export const faultNames = Object.keys(faultTable).filter(isFaultName)

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultTable, name)
}

export function faultRow(name: FaultName): FaultRow {
  return faultTable[name]
}

/**
 * Reads `NAME`, `NAME:ARG` or `NAME:ARG:ARG2`.
 *
 * @returns undefined when there is no such fault or an argument is wrong
 */
export function parseFault(text: string): Fault | undefined {
  const [name = '', ...words] = text.split(':')
  if (!isFaultName(name)) return undefined
  if (name === '429' && words.length === 1 && words[0] === 'date') {
    return { text, name, args: [], word: 'date' }
  }
  const args = words.map(Number)
  const takes = (faultRow(name).args ?? '').split(':').filter(Boolean).length
  const good = args.every((arg, i) => words[i] !== '' && Number.isFinite(arg) && arg >= 0)
  return good && args.length <= takes ? { text, name, args, word: undefined } : undefined
}

/**
 * The fault of a request: the one its header asks for, else one by the rates.
 *
 * @param header `none` keeps a request free of the rates
 */
export function chooseFault(
  header: string | undefined,
  rates: Record<string, number>,
  random: Random,
): Fault | undefined | { wrong: string } {
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

function status(code: number, effect: string): FaultRow {
  return { status: code, effect: `HTTP ${code}: ${effect}` }
}

function row(args: string, effect: string): FaultRow {
  return { args, effect }
}
