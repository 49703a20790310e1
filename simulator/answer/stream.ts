import { at, now } from '../core/clock.ts'
import type { AnswerEvent } from '../events/event.ts'
import {
  type Exchange,
  endResponse,
  openResponse,
  resetConnection,
  write,
} from '../exchange/exchange.ts'
import type { Encoded, Write } from '../exchange/wire.ts'
import { STALL_SECONDS } from '../options/faults.ts'

/** So many events that are due at once are written in one go; then other requests have a turn. */
const BURST = 64

/** How the events of an answer are sent. */
interface Delivery {
  events: Iterable<AnswerEvent>
  encode: (event: AnswerEvent) => Encoded
  /** on the monotonic clock: the events' times count from here */
  start: number
  contentType: string
  headers?: Record<string, string>
  /** headers leave at `start`, not with the first event */
  early: boolean
  stallSeconds?: number
  onSent: (event: AnswerEvent, time: number) => void
}

/** Sends each event at its own time, each of its writes by itself. Ends when the client leaves. */
export function playStream(exchange: Exchange, delivery: Delivery) {
  const { events, encode, start, contentType, early, onSent } = delivery
  const iterator = events[Symbol.iterator]()
  const open = (atOnce: boolean) =>
    openResponse(exchange, 200, { 'content-type': contentType, ...delivery.headers }, atOnce)
  let cancel = () => {}
  exchange.res.once('close', () => cancel())

  const sendOne = (kind: string, tokens: number, bytes: string) => {
    if (bytes !== '') {
      if (!exchange.res.headersSent) open(false)
      return write(exchange, bytes, kind, tokens)
    }
    if (tokens > 0) exchange.services.record.hid(exchange.entry, tokens)
    return undefined
  }

  /** @returns whether more may follow */
  const send = (event: AnswerEvent): boolean => {
    if (event.kind === 'reset') {
      resetConnection(exchange)
      return false
    }
    if (event.kind === 'stall') {
      const seconds = delivery.stallSeconds ?? STALL_SECONDS
      cancel = at(now() + seconds * 1000, () => resetConnection(exchange))
      return false
    }
    let time = now()
    const encoded = encode(event)
    if (typeof encoded === 'string') {
      time = sendOne(event.kind, event.tokens, encoded) ?? time
    } else {
      for (const { kind, tokens, bytes } of encoded) time = sendOne(kind, tokens, bytes) ?? time
    }
    onSent(event, time)
    return true
  }

  const sendDue = () => {
    for (let sent = 0; ; sent++) {
      const next = iterator.next()
      if (next.done) {
        if (!exchange.res.headersSent) open(false)
        endResponse(exchange)
        return
      }
      const event = next.value
      if (event.until) {
        cancel = event.until(sendDue)
        return
      }
      const due = start + event.at
      if (due > now() || sent === BURST) {
        cancel = at(due, () => send(event) && sendDue())
        return
      }
      if (!send(event)) return
    }
  }

  const begin = () => {
    if (early) open(true)
    sendDue()
  }
  if (early && start > now()) cancel = at(start, begin)
  else begin()
}

/**
 * Sends everything in one write when the last event is due, as a proxy does that waits for the
 * whole answer of the server behind it.
 */
export function playBuffered(
  exchange: Exchange,
  { events, encode, start, contentType, headers, onSent }: Delivery,
) {
  collectEvents(exchange, events, start, (all) => {
    const writes = all.flatMap((event) => asWrites(event, encode(event)))
    openResponse(exchange, 200, { 'content-type': contentType, ...headers }, false)
    const { record } = exchange.services
    const time = now()
    exchange.res.write(writes.map(({ bytes }) => bytes).join(''))
    for (const { kind, tokens, bytes } of writes) {
      if (bytes === '') record.hid(exchange.entry, tokens)
      else record.wrote(exchange.entry, time, kind, tokens)
    }
    for (const event of all) onSent(event, time)
    endResponse(exchange)
  })
}

/**
 * All events of an answer, when the last of them is due.
 *
 * @param start on the monotonic clock
 */
export function collectEvents(
  { res }: Exchange,
  events: Iterable<AnswerEvent>,
  start: number,
  run: (all: AnswerEvent[]) => void,
) {
  const iterator = events[Symbol.iterator]()
  const all: AnswerEvent[] = []
  let cancel = () => {}
  res.once('close', () => cancel())
  const collect = () => {
    for (;;) {
      const next = iterator.next()
      if (next.done) break
      if (next.value.until) {
        cancel = next.value.until(collect)
        return
      }
      all.push(next.value)
    }
    cancel = at(start + (all.at(-1)?.at ?? 0), () => run(all))
  }
  collect()
}

function asWrites({ kind, tokens }: AnswerEvent, encoded: Encoded): Write[] {
  return typeof encoded === 'string' ? [{ kind, tokens, bytes: encoded }] : encoded
}
