import { at, now } from '../core/clock.ts'
import type { AnswerEvent } from '../events/event.ts'
import { toWhole } from '../events/whole.ts'
import {
  type Exchange,
  endResponse,
  openResponse,
  refuse,
  resetConnection,
  sendBody,
  write,
} from '../exchange/exchange.ts'
import type { Answer, Wire } from '../exchange/wire.ts'
import { type Fault, STALL_SECONDS } from '../options/faults.ts'
import { collectEvents } from './stream.ts'

/** How an answer is sent in one piece. */
interface WholeDelivery {
  wire: Wire
  answer: Answer
  events: Iterable<AnswerEvent>
  fault: Fault | undefined
  /** on the monotonic clock */
  start: number
  /** told of each event; `index` is that of the choice */
  onTokens: (tokens: number, time: number, index: number) => void
}

/**
 * Answers with the whole completion when its last token is due. Faults that are about events do
 * what comes nearest to them:
 *
 * - `reset`, `stall`, `truncated`: half of the body, then the reset, silence, or a clean end
 * - `malformed`: the same half, with a content length that agrees with it
 * - `error-event`, `error-event-no-done`, `error-first`: the status that the server has for it
 * - `buffer`, `plain-type`: as text/plain; `no-done`, `json-instead`: no change
 */
export function sendWhole(
  exchange: Exchange,
  { wire, answer, events, fault, start, onTokens }: WholeDelivery,
) {
  collectEvents(exchange, events, start, (all) => {
    const whole = toWhole(all, answer.request)
    const body = JSON.stringify(wire.whole(answer, whole))
    if (spoils(exchange, fault, body, wire)) return
    const plain = fault?.name === 'plain-type' || fault?.name === 'buffer'
    for (const event of all) onTokens(event.tokens, start + event.at, event.index)
    const type = plain ? 'text/plain; charset=utf-8' : 'application/json'
    const headers = wire.headers?.(answer, whole)
    sendBody(exchange, 200, type, body, { headers, tokens: whole.tokens })
  })
}

/** @returns whether the fault has answered */
function spoils(
  exchange: Exchange,
  fault: Fault | undefined,
  body: string,
  { manners }: Wire,
): boolean {
  const half = body.slice(0, Math.floor(body.length / 2))
  switch (fault?.name) {
    case 'error-event':
    case 'error-event-no-done':
      refuse(exchange, manners.failed)
      return true
    case 'error-first':
      refuse(exchange, manners.overloaded)
      return true
    case 'malformed':
      sendBody(exchange, 200, 'application/json', half)
      return true
    case 'reset':
    case 'stall':
    case 'truncated':
      sendHalf(exchange, fault, half)
      return true
    default:
      return false
  }
}

function sendHalf(exchange: Exchange, fault: Fault, half: string) {
  openResponse(exchange, 200, { 'content-type': 'application/json' }, false)
  write(exchange, half, 'body', 0)
  if (fault.name === 'truncated') return endResponse(exchange)
  const seconds = fault.name === 'stall' ? (fault.args[1] ?? STALL_SECONDS) : 0
  const cancel = at(now() + seconds * 1000, () => resetConnection(exchange))
  exchange.res.once('close', cancel)
}
