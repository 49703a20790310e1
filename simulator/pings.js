/** @import { AnswerEvent } from './events.js' */
import { event } from './events.js'

/**
 * Puts keep-alive pings between the events. After a silence: llama.cpp's --sse-ping-interval, axum's
 * KeepAlive. Steady: sse-starlette sends one at each interval, whatever else it sends.
 * @param {Iterable<AnswerEvent>} events
 * @param {number} interval ms, above 0
 * @param {'silence' | 'steady'} manner
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* withPings(events, interval, manner) {
  let next = interval
  for (const one of events) {
    for (; next < one.at; next += interval) yield event('ping', next)
    yield one
    if (one.kind === 'wait') continue
    if (manner === 'silence') next = one.at + interval
  }
}

/** So many reports while the prompt is processed; the last says that all of it is. */
const REPORTS = 4

/**
 * llama.cpp's `return_progress`: reports from the start to the first event.
 * @param {Iterable<AnswerEvent>} events
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* withProgress(events) {
  let first = true
  for (const one of events) {
    if (one.kind === 'wait') {
      yield one
      continue
    }
    for (let i = 1; first && i <= REPORTS; i++) {
      yield { ...event('progress', (one.at * i) / REPORTS), part: i / REPORTS }
    }
    first = false
    yield one
  }
}
