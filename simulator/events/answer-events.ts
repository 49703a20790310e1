import type { ChatRequest } from '../request/request.ts'
import type { Pace } from '../timing/pace.ts'
import { type AnswerEvent, event } from './event.ts'
import { generateParts } from './parts.ts'

/** What the events of an answer follow from. */
interface Plan {
  request: ChatRequest
  /** the texts of one token after another, another sequence for each purpose */
  texts: (purpose: string) => Iterator<string, never>
  pace: Pace
  tokensPerEvent: number
  /** the first event does not wait for a token */
  opensAtOnce: boolean
  /** the end of sequence is one of the tokens, and has an event of its own */
  eos: boolean
  /** the last token carries the finish */
  rides: boolean
  /** the stream ends with a mark */
  done: boolean
}

/**
 * The events of an answer in order, each made when the one before it has been sent.
 *
 * The role event leaves together with the first token: vLLM makes it when the engine's first output
 * arrives. Wires that open a message before there is a token say so (`opensAtOnce`). The first token
 * has an event of its own and the others come `tokensPerEvent` at a time, as with vLLM's
 * --stream-interval, so that the pace by tokens stays exact. Choices go in step.
 */
export function* answerEvents({
  request,
  texts,
  pace,
  tokensPerEvent,
  ...wire
}: Plan): Generator<AnswerEvent, void, void> {
  const { finish, choices } = request
  const eos = wire.eos && finish !== 'length'
  const indices = Array.from({ length: choices }, (_, index) => index)
  const lanes = indices.map((index) =>
    generateParts(request, { texts, tokensPerEvent, eos, index }),
  )
  const begin = function* (at: number) {
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

/** @param at the event before */
function waitFor(pace: Pace, at: number): AnswerEvent {
  return { ...event('wait', at), until: pace.wait }
}
