import { createRandom } from '../core/random.ts'
import { refuseUnauthorized } from '../exchange/access.ts'
import { detail } from '../exchange/errors.ts'
import { type Exchange, refuse, resetConnection, sendBody, sendJson } from '../exchange/exchange.ts'
import type { Proceed, Route, Wire } from '../exchange/wire.ts'
import { chooseFault, type Fault, faultRow, STALL_SECONDS } from '../options/faults.ts'
import { asFields, BadRequest, type ChatRequest, inner } from '../request/request.ts'
import { answerAs } from './answer.ts'
import { whyUnfit } from './fault-effects.ts'
import { sendFaultStatus } from './fault-status.ts'

export function inferenceRoute(path: string, wire: Wire): Route {
  const handle = (exchange: Exchange) => handleChat(exchange, wire)
  return { method: 'POST', path, api: wire.api, handle }
}

/** Answers a request for generated text: fault, access, request, model, then the answer. */
function handleChat(exchange: Exchange, wire: Wire) {
  const { entry, options, req, services } = exchange
  entry.answer = services.countAnswer()
  const header = req.headers['x-sim-fault']
  const random = createRandom(options.seed, 'fault', entry.answer)
  const fault = chooseFault(header?.toString(), options.fault, random)
  if (fault && 'wrong' in fault) return sendJson(exchange, 400, detail(fault.wrong))
  entry.fault = fault?.text ?? null
  if (fault && answersBeforeReading(exchange, fault, wire)) return

  if (refuseUnauthorized(exchange, wire.manners)) return
  const request = readRequest(exchange, wire)
  if (!request) return
  entry.stream = request.stream

  const unfit = fault && request.stream && whyUnfit(fault, wire)
  if (unfit) return sendJson(exchange, 400, detail(`fault ${fault.text}: ${unfit}`))
  const proceed: Proceed = (since, held) =>
    answerAs(exchange, wire, { request, fault, since, ...held })
  if (wire.before) wire.before(exchange, request, proceed)
  else proceed(exchange.receivedAt)
}

/**
 * The faults that need no request: what a proxy, a full server or a dying one does.
 *
 * @returns whether the exchange is over
 */
function answersBeforeReading(
  exchange: Exchange,
  fault: Fault,
  { manners, streamType }: Wire,
): boolean {
  if (faultRow(fault.name).status !== undefined) {
    sendFaultStatus(exchange, fault, manners)
  } else if (fault.name === 'reset-before-headers') {
    resetConnection(exchange)
  } else if (fault.name === 'stall-before-headers') {
    const [seconds = STALL_SECONDS] = fault.args
    const timer = setTimeout(() => resetConnection(exchange), seconds * 1000)
    exchange.res.once('close', () => clearTimeout(timer))
  } else if (fault.name === 'empty') {
    sendBody(exchange, 200, streamType, '')
  } else {
    return false
  }
  return true
}

/** @returns undefined when an error has been sent */
function readRequest(exchange: Exchange, wire: Wire): ChatRequest | undefined {
  const { manners } = wire
  const refusal = manners.checkHeaders?.(exchange)
  if (refusal) {
    refuse(exchange, refusal)
    return undefined
  }
  const wants = exchange.req.headers['x-sim-answer']
  const known = wants === undefined || wants === 'text' || (wants === 'tools' && wire.tools)
  if (!known) {
    const expected = wire.tools ? 'expected text or tools' : 'this endpoint knows text only'
    sendJson(exchange, 400, detail(`x-sim-answer ${wants}: ${expected}`))
    return undefined
  }
  let body: unknown
  try {
    body = JSON.parse(exchange.text)
  } catch (error) {
    refuse(exchange, manners.badJson(String(error)))
    return undefined
  }
  try {
    return wire.read(asFields(body), { options: exchange.options, wants })
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    refuse(exchange, manners.badRequest(error, inner(body).stream === true))
    return undefined
  }
}
