import { type AnswerEvent, event } from '../events/event.ts'
import { cut, insertMalformed, without } from '../events/reshape.ts'
import type { Wire } from '../exchange/wire.ts'
import type { Fault, FaultName } from '../options/faults.ts'

type Events = Iterable<AnswerEvent>

type Reshape = (events: Events, args: number[], wire: Wire) => Events

/** What a fault does to the events of a stream. */
const reshapes: Partial<Record<FaultName, Reshape>> = {
  reset: (events, [tokens]) => cut(events, tokens, (at) => [event('reset', at)]),
  stall: (events, [tokens]) => cut(events, tokens, (at) => [event('stall', at)]),
  'error-event': (events, [tokens], wire) => cut(events, tokens, (at) => errorEvents(at, wire)),
  'error-event-no-done': (events, [tokens]) => cut(events, tokens, (at) => [event('error', at)]),
  'error-first': (events, _, wire) => cut(events, 0, (at) => errorEvents(at, wire, true)),
  truncated: (events, [tokens]) => cut(events, tokens, () => []),
  malformed: insertMalformed,
  'no-done': (events) => without('done', events),
}

export function spoil(events: Events, fault: Fault | undefined, wire: Wire): Events {
  const reshape = fault && reshapes[fault.name]
  return reshape ? reshape(events, fault.args, wire) : events
}

/** @returns why this wire cannot have the fault in a stream; undefined: it can */
export function whyUnfit({ name }: Fault, wire: Wire): string | undefined {
  if (name === 'error-first') return wire.noErrorFirst
  if (name !== 'no-done' || wire.done) return undefined
  return 'this wire has no end mark of its own; expected truncated instead'
}

function errorEvents(at: number, wire: Wire, first = false): AnswerEvent[] {
  const error = { ...event('error', at), first }
  return wire.doneAfterError ? [error, event('done', at)] : [error]
}
