/** @import { AnswerEvent } from './events.js' */
/** @import { Exchange } from './exchange.js' */
/** @import { Fault } from './faults.js' */
/** @import { Answer, Whole, WholeChoice, Wire } from './wire.js' */
import { at, now } from './clock.js'
import { endResponse, openResponse, refuse, resetConnection, sendBody, write } from './exchange.js'
import { STALL_SECONDS } from './faults.js'
import { collectEvents } from './stream.js'

/**
 * Answers with the whole completion when its last token is due. Faults that are about events do
 * what comes nearest to them:
 *
 * - `reset`, `stall`, `truncated`: half of the body, then the reset, silence, or a clean end
 * - `malformed`: the same half, with a content length that agrees with it
 * - `error-event`, `error-event-no-done`, `error-first`: the status that the server has for it
 * - `buffer`, `plain-type`: as text/plain; `no-done`, `json-instead`: no change
 * @param {Exchange} exchange
 * @param {object} how
 * @param {Wire} how.wire
 * @param {Answer} how.answer
 * @param {Iterable<AnswerEvent>} how.events
 * @param {Fault | undefined} how.fault
 * @param {number} how.start on the monotonic clock
 * @param {(tokens: number, time: number, index: number) => void} how.onTokens
 */
export function sendWhole(exchange, { wire, answer, events, fault, start, onTokens }) {
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

/**
 * @param {AnswerEvent[]} events
 * @param {Answer} answer
 * @returns {Whole}
 */
function collect(events, { request }) {
  const [first, ...others] = Array.from({ length: request.choices }, () => emptyChoice(request))
  /** @type {Whole['choices']} */
  const choices = [first ?? emptyChoice(request), ...others]
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

/**
 * @param {Answer['request']} request
 * @returns {WholeChoice}
 */
function emptyChoice({ echo, prompt, finish }) {
  return { text: echo ? prompt : '', reasoning: '', calls: [], finish }
}

/**
 * @param {Exchange} exchange
 * @param {Fault | undefined} fault
 * @param {string} body
 * @param {Wire} wire
 * @returns {boolean} whether the fault has answered
 */
function spoils(exchange, fault, body, { manners }) {
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

/**
 * @param {Exchange} exchange
 * @param {Fault} fault
 * @param {string} half
 */
function sendHalf(exchange, fault, half) {
  openResponse(exchange, 200, { 'content-type': 'application/json' }, false)
  write(exchange, half, 'body', 0)
  if (fault.name === 'truncated') return endResponse(exchange)
  const seconds = fault.name === 'stall' ? (fault.args[1] ?? STALL_SECONDS) : 0
  const cancel = at(now() + seconds * 1000, () => resetConnection(exchange))
  exchange.res.once('close', cancel)
}
