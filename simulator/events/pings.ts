import { type AnswerEvent, event } from './event.ts'

/**
 * Puts keep-alive pings between the events. After a silence: llama.cpp's --sse-ping-interval, axum's
 * KeepAlive. Steady: sse-starlette sends one at each interval, whatever else it sends.
 *
 * @param interval ms, above 0
 */
export function* withPings(
  events: Iterable<AnswerEvent>,
  interval: number,
  manner: 'silence' | 'steady',
): Generator<AnswerEvent, void, void> {
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

/** llama.cpp's `return_progress`: reports from the start to the first event. */
export function* withProgress(events: Iterable<AnswerEvent>): Generator<AnswerEvent, void, void> {
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
