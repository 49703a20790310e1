/** @import { AnswerEvent } from './events.js' */
import { vllmErrorFields } from './errors.js'

/** Tokens that are sent before a fault, unless its argument says otherwise. */
const SENT_BEFORE = 5

/**
 * The events up to `limit` tokens, then others. An answer that is shorter is cut after its last
 * token, so that the fault always happens; no event that is left says that the answer is finished.
 * @param {Iterable<AnswerEvent>} events
 * @param {number} [limit]
 * @param {(at: number) => AnswerEvent[]} [after] given the time of the first event that is left out
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* cut(events, limit = SENT_BEFORE, after = () => []) {
  let sent = 0
  let last = 0
  for (const event of events) {
    if (sent >= limit || (event.kind !== 'role' && event.kind !== 'token')) {
      yield* after(event.at)
      return
    }
    sent += event.tokens
    last = event.at
    yield event.finish ? { ...event, finish: null } : event
  }
  yield* after(last)
}

/**
 * @param {Iterable<AnswerEvent>} events
 * @param {number[]} args
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* insertMalformed(events, [limit = SENT_BEFORE]) {
  let sent = 0
  let inserted = false
  for (const event of events) {
    if (!inserted && (sent >= limit || (event.kind !== 'role' && event.kind !== 'token'))) {
      inserted = true
      const bytes =
        'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"ind\n\n'
      yield { kind: 'malformed', at: event.at, tokens: 0, bytes }
    }
    sent += event.tokens
    yield event
  }
}

/**
 * @param {AnswerEvent['kind']} kind
 * @param {Iterable<AnswerEvent>} events
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* without(kind, events) {
  for (const event of events) if (event.kind !== kind) yield event
}

/**
 * @param {number} at
 * @returns {AnswerEvent}
 */
export function doneEvent(at) {
  return { kind: 'done', at, tokens: 0 }
}

/**
 * @param {number} at
 * @returns {AnswerEvent}
 */
export function engineError(at) {
  const message = 'EngineCore encountered an issue. See stack trace (above) for the root cause.'
  return errorEvent(at, vllmErrorFields(500, message))
}

/**
 * @param {number} at
 * @returns {AnswerEvent}
 */
export function queueFull(at) {
  const message = 'The request queue is full.'
  const fields = { object: 'error', message, type: 'SERVICE_UNAVAILABLE', param: null, code: 503 }
  return errorEvent(at, fields)
}

/**
 * Error events come from Python's json.dumps, with a space after each colon and comma
 * (streams/vllm-midstream-error.sse), unlike the chunks before them.
 * @param {number} at
 * @param {Record<string, string | number | null>} fields flat
 * @returns {AnswerEvent}
 */
function errorEvent(at, fields) {
  const inner = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  )
  return { kind: 'error', at, tokens: 0, bytes: `data: {"error": {${inner.join(', ')}}}\n\n` }
}
