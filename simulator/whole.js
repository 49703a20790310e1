/** @import { ChatRequest } from './chat-request.js' */
/** @import { Exchange } from './exchange.js' */
/** @import { Fault } from './faults.js' */
/** @import { Pace } from './timing.js' */
/** @import { AnswerHead } from './vllm.js' */
import { at, now } from './clock.js'
import { vllmError } from './errors.js'
import { take } from './events.js'
import {
  endResponse,
  openResponse,
  resetConnection,
  sendBody,
  sendJson,
  write,
} from './exchange.js'
import { STALL_SECONDS } from './faults.js'
import { wholeAnswer } from './vllm.js'

/**
 * Answers with the whole completion when its last token is due. Faults that are about events do
 * what comes nearest to them:
 *
 * - `reset`, `stall`, `truncated`: half of the body, then the reset, silence, or a clean end
 * - `malformed`: the same half, with a content length that agrees with it
 * - `error-event`, `error-event-no-done`: 500; `error-first`: 503
 * - `buffer`, `plain-type`: as text/plain; `no-done`, `json-instead`: no change
 * @param {Exchange} exchange
 * @param {object} answer
 * @param {AnswerHead} answer.head
 * @param {ChatRequest} answer.request
 * @param {Fault | undefined} answer.fault
 * @param {Pace} answer.pace
 * @param {Iterator<string, unknown>} answer.texts
 * @param {number} answer.start on the monotonic clock
 * @param {(tokens: number, time: number) => void} answer.onTokens
 */
export function sendWhole(exchange, { head, request, fault, pace, texts, start, onTokens }) {
  const { count, finish } = request
  const first = start + pace.next(1)
  const last = start + pace.next(count - 1)
  const usage = fault?.name !== 'no-usage'
  const cancel = at(last, () => {
    const text = take(count, texts)
    const body = JSON.stringify(wholeAnswer(head, { text, count, finish, usage }))
    if (spoils(exchange, fault, body)) return
    const plain = fault?.name === 'plain-type' || fault?.name === 'buffer'
    onTokens(1, first)
    onTokens(count - 1, last)
    const type = plain ? 'text/plain; charset=utf-8' : 'application/json'
    sendBody(exchange, 200, type, body, { tokens: count })
  })
  exchange.res.once('close', cancel)
}

/**
 * @param {Exchange} exchange
 * @param {Fault | undefined} fault
 * @param {string} body
 * @returns {boolean} whether the fault has answered
 */
function spoils(exchange, fault, body) {
  const half = body.slice(0, Math.floor(body.length / 2))
  switch (fault?.name) {
    case 'error-event':
    case 'error-event-no-done':
      sendJson(exchange, 500, vllmError(500, 'EngineCore encountered an issue.'))
      return true
    case 'error-first':
      sendJson(exchange, 503, vllmError(503, 'The request queue is full.'))
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
