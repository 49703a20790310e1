import { at, now } from '../core/clock.ts'
import type { AnswerEvent } from '../events/answer-events.ts'
import {
  type Exchange,
  endResponse,
  openResponse,
  refuse,
  resetConnection,
  sendBody,
  write,
} from '../exchange/exchange.ts'
import type { Answer, Whole, WholeChoice, Wire } from '../exchange/wire.ts'
import { type Fault, STALL_SECONDS } from '../options/faults.ts'
import { collectEvents } from './stream.ts'

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
  {
    wire,
    answer,
    events,
    fault,
    start,
    onTokens,
  }: {
    wire: Wire
    answer: Answer
    events: Iterable<AnswerEvent>
    fault: Fault | undefined /** on the monotonic clock */
    start: number
    onTokens: (tokens: number, time: number, index: number) => void
  },
) {
  collectEvents(exchange, events, start, (all) => {
    const whole = collect(all, answer)
    const body = JSON.stringify(wire.whole(answer, whole))
    if (spoils(exchange, fault, body, wire)) return
    const plain = fault?.name === 'plain-type' || fault?.name === 'buffer'
    for (const event of all) onTokens(event.tokens, start + event.at, event.index)
    const type = plain ? 'text/plain; charset=utf-8' : 'application/json'
    const headers = wire.headers?.(answer, whole)
    sendBody(exchange, 200, type, body, { headers, tokens: whole.tokens })
  })
}

function collect(events: AnswerEvent[], { request }: Answer): Whole {
  const [first, ...others] = Array.from({ length: request.choices }, () => emptyChoice(request))
  const choices: Whole['choices'] = [first ?? emptyChoice(request), ...others]
  let tokens = 0
  let reasoningTokens = 0
  for (const { kind, index, text = '', call = 0, name, ...event } of events) {
    const choice = choices[index]
    tokens += event.tokens
    if (kind === 'reasoning') reasoningTokens += event.tokens
    if (!choice) continue
    if (kind === 'reasoning') choice.reasoning += text
    if (kind === 'token') choice.text += text
    if (kind !== 'tool') continue
    const called = choice.calls[call]
    if (called) called.arguments += text
    else choice.calls[call] = { name: name ?? '', arguments: text }
  }
  const firstAt = events.find((event) => event.tokens > 0)?.at ?? 0
  return { choices, tokens, reasoningTokens, firstAt, lastAt: events.at(-1)?.at ?? 0 }
}

function emptyChoice({ echo, prompt, finish }: Answer['request']): WholeChoice {
  return { text: echo ? prompt : '', reasoning: '', calls: [], finish }
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
