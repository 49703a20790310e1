/** @import { Exchange } from './exchange.js' */
/** @import { Fault } from './faults.js' */
/** @import { ChatRequest } from './request.js' */
/** @import { Answer, Wire } from './wire.js' */
import { reservedBy } from './batch.js'
import { now, toEpoch } from './clock.js'
import { answerEvents } from './events.js'
import { refuse } from './exchange.js'
import { faultRow } from './faults.js'
import { countPromptTokens, tokenTexts } from './generate.js'
import { withPings, withProgress } from './pings.js'
import { createRandom, hexDigits } from './random.js'
import { playBuffered, playStream } from './stream.js'
import { planPace } from './timing.js'
import { sendWhole } from './whole.js'

/**
 * Answers a request that has been read: with the model that it asks for, or with a refusal.
 * @param {Exchange} exchange
 * @param {Wire} wire
 * @param {object} how
 * @param {ChatRequest} how.request
 * @param {Fault | undefined} how.fault
 * @param {number} how.since on the monotonic clock: the receipt, or the end of being held
 * @param {() => boolean} [how.cold] whether it is the first answer after a load
 * @param {number} [how.loadMs]
 */
export function answerAs(exchange, wire, how) {
  const { entry, options } = exchange
  const { request, fault, since, loadMs = 0 } = how
  const model = wire.resolve(request.model, exchange)
  if (model === undefined) {
    const refusal = wire.manners.unknownModel(request.model ?? '', request.stream, exchange)
    return refuse(exchange, refusal)
  }
  const delay = fault?.name === 'slow-headers' ? (fault.args[0] ?? 1000) : 0
  const start = since + delay
  /** @param {string} purpose */
  const random = (purpose) => createRandom(options.seed, purpose, entry.answer ?? 0)
  const promptTokens = countPromptTokens(request.prompt)
  const id = wire.id(random('id'), exchange)
  const further = random('further-ids')
  const counts = fault?.name !== 'no-usage'
  /** @type {Answer} */
  const answer = {
    id,
    created: Math.floor(Date.now() / 1000),
    model,
    promptTokens,
    request: counts ? request : { ...request, usage: false, continuousUsage: false },
    options,
    counts,
    loadMs,
    nextId: (length) => hexDigits(length, further),
  }
  Object.assign(entry, {
    id: id || entry.id,
    model,
    promptTokens,
    completionTokens: 0,
    startedAt: toEpoch(start),
  })

  // Who answers to any name counts under the name that it has.
  const known = options.flavor === 'gateway' || options.models.includes(model)
  const counted = known ? model : (options.models[0] ?? model)
  const { batch } = exchange.services
  const shares = options.maxNumSeqs > 0
  const reserved = shares ? reservedBy(sizeOf(request, promptTokens)) : undefined
  const figures = observe(exchange, { request, model: counted, promptTokens, start, reserved })
  const { onTokens } = figures
  const pace = planPace(options, {
    random: random('pace'),
    cold: how.cold?.() ?? false,
    ...(shares && {
      batched: {
        batch,
        start,
        sequence: {
          ...sizeOf(request, promptTokens),
          onAdmit: (time) => {
            entry.admittedAt = toEpoch(time)
            figures.admit(time)
          },
        },
        onLeave: (leave) => exchange.res.once('close', leave),
      },
    }),
  })
  const early = options.headers === 'early'
  const events = answerEvents({
    request: answer.request,
    texts: (purpose) => tokenTexts(request.prompt, random(purpose)),
    pace,
    tokensPerEvent: wire.single ? 1 : options.tokensPerEvent,
    opensAtOnce: early && wire.opensAtOnce === true,
    eos: wire.eos === true,
    rides: wire.rides?.(request.finish) ?? false,
    done: wire.done,
  })
  if (!request.stream || fault?.name === 'json-instead') {
    return sendWhole(exchange, { wire, answer, events, fault, start, onTokens })
  }
  const plain = fault?.name === 'plain-type' || fault?.name === 'buffer'
  const play = fault?.name === 'buffer' ? playBuffered : playStream
  play(exchange, {
    events: spoil(keepAlive(events, wire, answer), wire, fault),
    encode: withBroken(wire, answer),
    start,
    contentType: plain ? 'text/plain; charset=utf-8' : wire.streamType,
    headers: wire.headers?.(answer),
    early,
    stallSeconds: fault?.args[1],
    onSent: (event, time) => onTokens(event.tokens, time, event.index),
  })
}

/**
 * What a request takes of a batch.
 * @param {ChatRequest} request
 * @param {number} promptTokens
 */
function sizeOf({ count, choices }, promptTokens) {
  return { prompt: promptTokens, count, width: choices }
}

/**
 * Counts an answer for /metrics: one that shares the machine waits until it is let in.
 * @param {Exchange} exchange
 * @param {{ request: ChatRequest, model: string, promptTokens: number, start: number, reserved?: number }} answer
 */
function observe(
  { entry, options, res, services },
  { request, model, promptTokens, start, reserved },
) {
  const { metrics } = services
  const cache = options.kvCacheTokens
  const leaveQueue = reserved === undefined ? undefined : metrics.waits(model)
  let figures =
    leaveQueue === undefined ? metrics.starts(model, promptTokens, start, { cache }) : undefined
  let sent = 0
  res.once('close', () => {
    if (!figures) return leaveQueue?.()
    const finish = request.finish === 'length' ? 'length' : 'stop'
    const whole = sent === request.count * request.choices ? finish : 'error'
    figures.ends(entry.closedByClient ? 'abort' : whole, now())
  })
  return {
    /** @param {number} time */
    admit(time) {
      leaveQueue?.()
      const queued = Math.max(0, time - start)
      figures = metrics.starts(model, promptTokens, start, { cache, reserved, queued })
    },
    /** @param {number} tokens @param {number} time @param {number} index */
    onTokens(tokens, time, index) {
      sent += tokens
      figures?.tokens(tokens, time, index)
    },
  }
}

/**
 * @param {Iterable<import('./events.js').AnswerEvent>} events
 * @param {Wire} wire
 * @param {Answer} answer
 */
function keepAlive(events, wire, { request, options }) {
  const { sse_ping_interval: seconds, return_progress: report } = wire.progress
    ? request.fields
    : {}
  const interval = typeof seconds === 'number' ? seconds * 1000 : options.pingInterval
  const reported = report === true ? withProgress(events) : events
  return wire.pings && interval > 0 ? withPings(reported, interval, wire.pings) : reported
}

/**
 * @param {Iterable<import('./events.js').AnswerEvent>} events
 * @param {Wire} wire
 * @param {Fault | undefined} fault
 */
function spoil(events, wire, fault) {
  const reshape = fault && faultRow(fault.name).reshape
  return reshape ? reshape(events, fault.args, wire) : events
}

/**
 * The wire's encoder, and its broken event for the fault `malformed`.
 * @param {Wire} wire
 * @param {Answer} answer
 * @returns {ReturnType<Wire['encoder']>}
 */
function withBroken(wire, answer) {
  const encode = wire.encoder(answer)
  return (event) => (event.kind === 'malformed' ? wire.broken : encode(event))
}
