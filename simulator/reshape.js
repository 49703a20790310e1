/** @import { AnswerEvent } from './events.js' */
import { event } from './events.js'

/** Tokens that are sent before a fault, unless its argument says otherwise. */
const SENT_BEFORE = 5

const ENDS = new Set(['finish', 'usage', 'done'])

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
  for (const one of events) {
    if (ENDS.has(one.kind) || (sent >= limit && one.kind !== 'ping' && one.kind !== 'wait')) {
      yield* after(one.at)
      return
    }
    sent += one.tokens
    last = one.at
    yield one.finish ? { ...one, finish: null } : one
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
  for (const one of events) {
    if (!inserted && one.kind !== 'wait' && (sent >= limit || ENDS.has(one.kind))) {
      inserted = true
      yield event('malformed', one.at)
    }
    sent += one.tokens
    yield one
  }
}

/**
 * @param {AnswerEvent['kind']} kind
 * @param {Iterable<AnswerEvent>} events
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* without(kind, events) {
  for (const one of events) if (one.kind !== kind) yield one
}
