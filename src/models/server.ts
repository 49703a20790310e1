import { sleep } from 'k6'
import { canStream } from '../chat/default-transport.ts'
import { createExchange, type ServerOptions, serverUrl } from '../chat/exchange.ts'
import type { ChatResult } from '../chat/result.ts'
import { now } from '../core/clock.ts'
import { type ApiReply, sendCall } from './api-reply.ts'
import { type Backend, type Call, unknownState } from './backend.ts'
import type { StatusResult } from './switch-result.ts'

/** Least time that a request gets, ms: one near its deadline must still be able to succeed. */
const LEAST_TIMEOUT = 250

/** How long things may take, ms. */
export interface Patience {
  deadline: number
  /** Of a call that is answered at once. */
  timeout: number
  pollInterval: number
  grace: number
}

/** The time that a piece of work has. */
export interface Timer {
  /** ms since it began. */
  elapsed(): number
  /** ms left. */
  left(): number
}

/** A server with its management API: what the steps of a switch are made from. */
export interface ModelServer {
  readonly backend: Backend
  readonly patience: Patience
  timer(): Timer
  /** Sends one call; it ends with `timer` at the latest. */
  send(call: Call, timer: Timer, bound?: number): Promise<ApiReply>
  status(timer?: Timer): Promise<StatusResult>
  /** Asks a model for one token, under the name that it is served as. */
  ask(model: string, served: string | undefined, timeout: number): Promise<ChatResult>
  /** Waits between two looks; `false` where the time is up. */
  pause(timer: Timer): boolean
}

/** Binds a backend to an address. */
export function createModelServer(
  backend: Backend,
  options: ServerOptions & { tags?: { [name: string]: string } },
  patience: Patience,
): ModelServer {
  let asked = ''
  // Where each model has a server of its own, that one must answer.
  function addressOf(model: string): string {
    const own = backend.serverOf?.(model) || backend.status[0]?.server
    return own === undefined ? serverUrl(options.baseUrl) : own
  }
  const exchange = createExchange({
    baseUrl: backend.serverOf ? () => addressOf(asked) : options.baseUrl,
    api: options.api || backend.api,
    token: options.token,
    headers: options.headers,
    stallLimit: options.stallLimit,
    transport: options.transport,
    timeout: patience.timeout,
  })

  function timer(): Timer {
    const started = now()
    return {
      elapsed: () => now() - started,
      left: () => patience.deadline - (now() - started),
    }
  }

  function send(call: Call, time: Timer, bound?: number): Promise<ApiReply> {
    const limit = Math.min(time.left(), bound === undefined ? Infinity : bound)
    const api = options.api || backend.api
    return sendCall(Object.assign({}, options, { api }), call, Math.max(limit, LEAST_TIMEOUT))
  }

  async function status(time: Timer = timer()): Promise<StatusResult> {
    const replies: ApiReply[] = []
    for (const call of backend.status) replies.push(await send(call, time, patience.timeout))
    const wrong = replies.filter((reply, i) => !reply.ok && !(backend.status[i] as Call).optional)
    const error = wrong.length > 0 ? (wrong[0] as ApiReply).error : null
    const known = backend.readStatus(replies.map((reply) => (reply.ok ? reply.json : undefined)))
    // What is missing from half an answer is not absent: it is not known.
    const state = error === null ? known : Object.assign(known, unknownState(known.models))
    const duration = replies.reduce((sum, reply) => sum + reply.duration, 0)
    return Object.assign(state, { ok: error === null, duration, error })
  }

  async function ask(model: string, served: string | undefined, timeout: number) {
    asked = model
    const request = { prompt: 'Hi', max_tokens: 1, model: served || model }
    const params = { timeout: Math.max(timeout, LEAST_TIMEOUT) }
    const tags = Object.assign({}, options.tags, { phase: 'switch' })
    return (await exchange(canStream(), request, params, tags)).result
  }

  return {
    backend,
    patience,
    timer,
    send,
    status,
    ask,
    pause(time) {
      if (time.left() <= patience.pollInterval) return false
      sleep(patience.pollInterval / 1000)
      return true
    },
  }
}
