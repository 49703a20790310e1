/** @import { ChatRequest } from './chat-request.js' */
/** @import { Exchange } from './exchange.js' */
/** @import { Fault } from './faults.js' */
import { refuseUnauthorized } from './access.js'
import { BadRequest, readChatRequest } from './chat-request.js'
import { now, toEpoch } from './clock.js'
import { brokenJson, detail, flatVllmError, vllmError } from './errors.js'
import { answerEvents } from './events.js'
import { resetConnection, sendBody, sendJson } from './exchange.js'
import { sendFaultStatus } from './fault-status.js'
import { chooseFault, faultRow, STALL_SECONDS } from './faults.js'
import { countPromptTokens, tokenTexts } from './generate.js'
import { createRandom, hexDigits } from './random.js'
import { playBuffered, playStream } from './stream.js'
import { planPace } from './timing.js'
import { createEncoder } from './vllm.js'
import { sendWhole } from './whole.js'

/**
 * @typedef {object} Endpoint
 * @property {'chat' | 'completions'} shape of the answers
 * @property {'gateway' | 'vllm'} front whose manners the errors have
 */

/**
 * Answers a chat or completion request: fault, access, request, model, then the answer.
 * @param {Exchange} exchange
 * @param {Endpoint} endpoint
 */
export function handleChat(exchange, endpoint) {
  const { entry, options, req, services } = exchange
  entry.answer = services.countAnswer()
  const header = req.headers['x-sim-fault']
  const random = createRandom(options.seed, 'fault', entry.answer)
  const fault = chooseFault(
    header === undefined ? undefined : String(header),
    options.fault,
    random,
  )
  if (fault && 'wrong' in fault) return sendJson(exchange, 400, detail(fault.wrong))
  entry.fault = fault?.text ?? null
  if (fault && answersBeforeReading(exchange, fault, endpoint)) return

  if (refuseUnauthorized(exchange, endpoint.front)) return
  const request = readRequest(exchange, endpoint)
  if (!request) return
  entry.stream = request.stream

  const { receivedAt } = exchange
  if (options.flavor === 'vllm') return answerAs(exchange, endpoint, request, fault, receivedAt)
  const { models } = services
  if (models.state.status === 'switching' && options.duringSwitch === '503') {
    const message = `'${models.state.target}' 모델로 전환 중입니다.`
    const body = endpoint.front === 'gateway' ? detail(message) : vllmError(503, message)
    return sendJson(exchange, 503, body)
  }
  if (models.state.status !== 'switching' || options.duringSwitch === 'old') {
    return answerAs(exchange, endpoint, request, fault, receivedAt)
  }
  const leaveQueue = services.metrics.waits(models.state.current)
  const cancel = models.whenSettled(() => {
    exchange.res.off('close', leave)
    leaveQueue()
    answerAs(exchange, endpoint, request, fault, now())
  })
  const leave = () => {
    cancel()
    leaveQueue()
  }
  exchange.res.once('close', leave)
}

/**
 * The faults that need no request: what a proxy, a full server or a dying one does.
 * @param {Exchange} exchange
 * @param {Fault} fault
 * @param {Endpoint} endpoint
 * @returns {boolean} whether the exchange is over
 */
function answersBeforeReading(exchange, fault, { front }) {
  if (faultRow(fault.name).status !== undefined) {
    sendFaultStatus(exchange, fault, front)
  } else if (fault.name === 'reset-before-headers') {
    resetConnection(exchange)
  } else if (fault.name === 'stall-before-headers') {
    const [seconds = STALL_SECONDS] = fault.args
    const timer = setTimeout(() => resetConnection(exchange), seconds * 1000)
    exchange.res.once('close', () => clearTimeout(timer))
  } else if (fault.name === 'empty') {
    sendBody(exchange, 200, 'text/event-stream; charset=utf-8', '')
  } else {
    return false
  }
  return true
}

/**
 * @param {Exchange} exchange
 * @param {Endpoint} endpoint
 * @returns {ChatRequest | undefined} undefined when an error has been sent
 */
function readRequest(exchange, { shape, front }) {
  const type = exchange.req.headers['content-type'] ?? ''
  const upstreamError = front === 'gateway' ? flatVllmError : vllmError
  if (front === 'vllm' && type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    const message = "Unsupported Media Type: Only 'application/json' is allowed"
    sendJson(exchange, 400, vllmError(400, message))
    return undefined
  }
  let body
  try {
    body = JSON.parse(exchange.text)
  } catch (error) {
    // The gateway reads the body itself before it asks vLLM.
    if (front === 'gateway') sendJson(exchange, 422, brokenJson(String(error)))
    else sendJson(exchange, 400, vllmError(400, `JSON decode error: ${error}`))
    return undefined
  }
  try {
    return readChatRequest(body, shape, exchange.options)
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    sendJson(exchange, 400, upstreamError(400, error.message, error.param))
    return undefined
  }
}

/**
 * @param {Exchange} exchange
 * @param {Endpoint} endpoint
 * @param {ChatRequest} request
 * @param {Fault | undefined} fault
 * @param {number} since on the monotonic clock: the receipt, or the end of being held
 */
function answerAs(exchange, { shape, front }, request, fault, since) {
  const { entry, options, services, res } = exchange
  const model = services.resolveModel(request.model, front)
  if (model === undefined) return refuseModel(exchange, front, request)

  const delay = fault?.name === 'slow-headers' ? (fault.args[0] ?? 1000) : 0
  const start = since + delay
  /** @param {string} purpose */
  const random = (purpose) => createRandom(options.seed, purpose, entry.answer ?? 0)
  const promptTokens = countPromptTokens(request.prompt)
  const asked = exchange.req.headers['x-request-id']
  const id = `${shape === 'chat' ? 'chatcmpl' : 'cmpl'}-${asked ?? hexDigits(32, random('id'))}`
  const head = { shape, id, created: Math.floor(Date.now() / 1000), model, promptTokens }
  Object.assign(entry, { id, model, promptTokens, completionTokens: 0, startedAt: toEpoch(start) })

  const figures = services.metrics.starts(model, promptTokens, start)
  let sent = 0
  res.once('close', () => {
    const whole = sent === request.count ? request.finish : 'error'
    figures.ends(entry.closedByClient ? 'abort' : whole, now())
  })
  /** @param {number} tokens @param {number} time */
  const onTokens = (tokens, time) => {
    sent += tokens
    figures.tokens(tokens, time)
  }

  const cold = options.flavor === 'gateway' && services.models.takeCold()
  const pace = planPace(options, { random: random('pace'), cold })
  const texts = tokenTexts(request.prompt, random('text'))
  if (!request.stream || fault?.name === 'json-instead') {
    return sendWhole(exchange, { head, request, fault, pace, texts, start, onTokens })
  }
  const events = answerEvents({
    count: request.count,
    tokensPerEvent: options.tokensPerEvent,
    finish: request.finish,
    texts,
    pace,
    role: shape === 'chat',
    usage: request.usage,
  })
  const reshape = fault && faultRow(fault.name).reshape
  const plain = fault?.name === 'plain-type' || fault?.name === 'buffer'
  const play = fault?.name === 'buffer' ? playBuffered : playStream
  play(exchange, {
    events: reshape ? reshape(events, fault.args) : events,
    encode: createEncoder(head, request.continuousUsage),
    start,
    contentType: plain ? 'text/plain; charset=utf-8' : 'text/event-stream; charset=utf-8',
    early: options.headers === 'early',
    stallSeconds: fault?.args[1],
    onSent: (event, time) => onTokens(event.tokens, time),
  })
}

/**
 * @param {Exchange} exchange
 * @param {Endpoint['front']} front
 * @param {ChatRequest} request
 */
function refuseModel(exchange, front, { model, stream }) {
  const message = `The model \`${model}\` does not exist.`
  if (front === 'vllm') return sendJson(exchange, 404, vllmError(404, message, 'model'))
  const body = flatVllmError(404, message)
  if (!exchange.options.upstream404As200) return sendJson(exchange, 404, body)
  // The guide's gateway passes the error on with its own status and type (facts/wire.md 5.1).
  const type = stream ? 'text/plain; charset=utf-8' : 'application/json'
  sendBody(exchange, 200, type, JSON.stringify(body))
}
