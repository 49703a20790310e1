/** @import { ChatRequest } from './request.js' */
/** @import { Pace } from './timing.js' */
/** @import { Finish } from './wire.js' */
import { generateParts } from './parts.js'

/**
 * @typedef {object} AnswerEvent One step of a streamed answer, before a wire gives it its bytes.
 * @property {EventKind} kind
 * @property {number} at ms after the start of the answer
 * @property {number} tokens generated tokens in it
 * @property {number} index of the choice
 * @property {string} [text]
 * @property {number} [call] which of the tool calls
 * @property {string} [name] of the tool, on the first event of a call
 * @property {boolean} [closes] the last event of a call
 * @property {Finish | null} [finish]
 * @property {boolean} [first] an error that comes before all else
 * @property {number} [part] of the prompt that is processed, from 0 to 1
 * @property {Pace['wait']} [until] of a wait
 *
 * @typedef {'role' | 'reasoning' | 'token' | 'tool' | 'finish' | 'usage' | 'done' | 'error'
 *   | 'malformed' | 'ping' | 'progress' | 'stall' | 'reset' | 'wait'} EventKind
 * `stall` and `reset` write nothing: the first keeps the connection and says no more, the second
 * cuts it. After a `wait` there is more when its `until` says so.
 */

/**
 * The events of an answer in order, each made when the one before it has been sent.
 *
 * The role event leaves together with the first token: vLLM makes it when the engine's first output
 * arrives. Wires that open a message before there is a token say so (`opensAtOnce`). The first token
 * has an event of its own and the others come `tokensPerEvent` at a time, as with vLLM's
 * --stream-interval, so that the pace by tokens stays exact. Choices go in step.
 * @param {object} answer
 * @param {ChatRequest} answer.request
 * @param {(purpose: string) => Iterator<string, never>} answer.texts
 * @param {Pace} answer.pace
 * @param {number} answer.tokensPerEvent
 * @param {boolean} answer.opensAtOnce
 * @param {boolean} answer.eos
 * @param {boolean} answer.rides whether the last token carries the finish
 * @param {boolean} answer.done
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* answerEvents({ request, texts, pace, tokensPerEvent, ...wire }) {
  const { finish, choices } = request
  const eos = wire.eos && finish !== 'length'
  const indices = Array.from({ length: choices }, (_, index) => index)
  const lanes = indices.map((index) =>
    generateParts(request, { texts, tokensPerEvent, eos, index }),
  )
  const begin = function* (/** @type {number} */ at) {
    for (const index of indices) yield event('role', at, index)
  }

  let at = 0
  let begun = wire.opensAtOnce
  if (begun) yield* begin(at)
  for (;;) {
    let due = false
    for (const lane of lanes) {
      const part = lane.next().value
      if (!part) continue
      if (!due) {
        let next = pace.next(part.tokens)
        for (; next === undefined; next = pace.next(part.tokens)) yield waitFor(pace, at)
        at = next
      }
      due = true
      if (!begun) yield* begin(at)
      begun = true
      part.at = at
      if (part.last && wire.rides) part.finish = finish
      yield part
    }
    if (!due) break
  }
  if (eos) {
    let next = pace.next(1)
    for (; next === undefined; next = pace.next(1)) yield waitFor(pace, at)
    at = next
  }
  if (!begun) yield* begin(at)
  if (!wire.rides || eos) {
    for (const index of indices) {
      yield { ...event('finish', at, index), tokens: eos ? 1 : 0, finish }
    }
  }
  if (request.usage) yield event('usage', at)
  if (wire.done) yield event('done', at)
}

/**
 * @param {Pace} pace
 * @param {number} at the event before
 * @returns {AnswerEvent}
 */
function waitFor(pace, at) {
  return { ...event('wait', at), until: pace.wait }
}

/**
 * @param {EventKind} kind
 * @param {number} at
 * @param {number} [index]
 * @returns {AnswerEvent}
 */
export function event(kind, at, index = 0) {
  return { kind, at, tokens: 0, index }
}
