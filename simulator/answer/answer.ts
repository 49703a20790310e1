import { now, toEpoch } from '../core/clock.ts'
import { createRandom, hexDigits } from '../core/random.ts'
import { answerEvents } from '../events/answer-events.ts'
import type { AnswerEvent } from '../events/event.ts'
import { withPings, withProgress } from '../events/pings.ts'
import { countPromptTokens, tokenTexts } from '../events/text.ts'
import { type Exchange, refuse } from '../exchange/exchange.ts'
import type { Answer, Held, Wire } from '../exchange/wire.ts'
import type { Fault } from '../options/faults.ts'
import type { ChatRequest } from '../request/request.ts'
import { reservedBy } from '../timing/batch.ts'
import { planPace } from '../timing/pace.ts'
import { spoil } from './fault-effects.ts'
import { playBuffered, playStream } from './stream.ts'
import { sendWhole } from './whole.ts'

interface Asked extends Held {
  request: ChatRequest
  fault: Fault | undefined
  /** on the monotonic clock: the receipt, or the end of being held */
  since: number
}

/** Answers a request that has been read: with the model that it asks for, or with a refusal. */
export function answerAs(exchange: Exchange, wire: Wire, asked: Asked) {
  const { entry, options } = exchange
  const { request, fault, since, loadMs = 0 } = asked
  const model = wire.resolve(request.model, exchange)
  if (model === undefined) {
    const refusal = wire.manners.unknownModel(request.model ?? '', request.stream, exchange)
    return refuse(exchange, refusal)
  }
  const delay = fault?.name === 'slow-headers' ? (fault.args[0] ?? 1000) : 0
  const start = since + delay
  const random = (purpose: string) => createRandom(options.seed, purpose, entry.answer ?? 0)
  const promptTokens = countPromptTokens(request.prompt)
  const id = wire.id(random('id'), exchange)
  const further = random('further-ids')
  const counts = fault?.name !== 'no-usage'
  const answer: Answer = {
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
    cold: asked.cold?.() ?? false,
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
    events: spoil(keepAlive(events, wire, answer), fault, wire),
    encode: withBroken(wire, answer),
    start,
    contentType: plain ? 'text/plain; charset=utf-8' : wire.streamType,
    headers: wire.headers?.(answer),
    early,
    stallSeconds: fault?.args[1],
    onSent: (event, time) => onTokens(event.tokens, time, event.index),
  })
}

/** What a request takes of a batch. */
function sizeOf({ count, choices }: ChatRequest, promptTokens: number) {
  return { prompt: promptTokens, count, width: choices }
}

interface Observed {
  request: ChatRequest
  /** the name under which it counts */
  model: string
  promptTokens: number
  /** on the monotonic clock */
  start: number
  /** tokens of the cache that it takes at once; absent: it has the machine to itself */
  reserved?: number
}

/** Counts an answer for /metrics: one that shares the machine waits until it is let in. */
function observe(
  { entry, options, res, services }: Exchange,
  { request, model, promptTokens, start, reserved }: Observed,
) {
  const { metrics } = services
  const cache = options.kvCacheTokens
  const leaveQueue = reserved === undefined ? undefined : metrics.waits(model)
  let figures =
    leaveQueue === undefined
      ? metrics.starts({ model, promptTokens, startedAt: start, cache })
      : undefined
  let sent = 0
  res.once('close', () => {
    if (!figures) return leaveQueue?.()
    const finish = request.finish === 'length' ? 'length' : 'stop'
    const whole = sent === request.count * request.choices ? finish : 'error'
    figures.ends(entry.closedByClient ? 'abort' : whole, now())
  })
  return {
    admit(time: number) {
      leaveQueue?.()
      const queued = Math.max(0, time - start)
      figures = metrics.starts({ model, promptTokens, startedAt: start, cache, reserved, queued })
    },
    onTokens(tokens: number, time: number, index: number) {
      sent += tokens
      figures?.tokens(tokens, time, index)
    },
  }
}

function keepAlive(events: Iterable<AnswerEvent>, wire: Wire, { request, options }: Answer) {
  const { sse_ping_interval: seconds, return_progress: report } = wire.progress
    ? request.fields
    : {}
  const interval = typeof seconds === 'number' ? seconds * 1000 : options.pingInterval
  const reported = report === true ? withProgress(events) : events
  return wire.pings && interval > 0 ? withPings(reported, interval, wire.pings) : reported
}

/** The wire's encoder, and its broken event for the fault `malformed`. */
function withBroken(wire: Wire, answer: Answer): ReturnType<Wire['encoder']> {
  const encode = wire.encoder(answer)
  return (event) => (event.kind === 'malformed' ? wire.broken : encode(event))
}
