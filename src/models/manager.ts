import { sleep } from 'k6'
import { type ApiReply, callApi } from '../chat/api-call.ts'
import {
  authorization,
  createExchange,
  type ServerOptions,
  serverUrl,
  setting,
} from '../chat/exchange.ts'
import type { ChatError, ChatResult } from '../chat/result.ts'
import { canStream } from '../chat/transport.ts'
import { now } from '../core/clock.ts'
import { env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import type { Backend, Call, ModelState } from './backend.ts'
import { gateway } from './gateway.ts'

const BACKENDS: { [name: string]: Backend } = { gateway }

/** Why a switch did not succeed. */
export type SwitchReason =
  /** The request was turned down (404, 409, 422, incompatible hardware). */
  | 'refused'
  /** Loading began and ended in an error. */
  | 'failed'
  /** Accepted, and the old model stayed in force. */
  | 'not_started'
  /** Not done at the deadline. */
  | 'stuck'
  /** The status names the new model and another one answers. */
  | 'lost'
  /** The server could not be reached. */
  | 'gone'

export interface SwitchResult {
  /** The new model has answered under its own name. */
  ok: boolean
  from: string | null
  to: string
  backend: string
  /** The model was in force already: nothing was switched, nothing is measured. */
  already: boolean
  /** ms from the request for the switch to the end of the first verified answer. */
  duration?: number
  /** ms until the server had accepted (or refused) the request. */
  accepted?: number
  reason?: SwitchReason
  message?: string
  /** The first answer of the new model: its start is cold. */
  first?: ChatResult
}

export interface StatusResult extends ModelState {
  ok: boolean
  /** ms */
  duration: number
  error: ChatError | null
}

export interface ModelManagerOptions extends Omit<ServerOptions, 'path' | 'model'> {
  /** The management API. @default 'gateway' */
  backend?: 'gateway'
  /** Tags of every sample, and of what k6 itself records for the API's calls. */
  tags?: { [name: string]: string }
  /**
   * How long a switch may take: ms or a string such as `'180s'`.
   * @default `MODEL_SWITCH_TIMEOUT` in seconds, else 180 s as in the guide
   */
  deadline?: number | string
  /** Pause between two looks at the status: the grain of the measured duration. @default 500 */
  pollInterval?: number | string
  /**
   * How long the old model may stay in force after a switch was accepted, before it counts as
   * never started. @default 10 s
   */
  grace?: number | string
}

export interface ModelSwitcher {
  readonly backend: string
  readonly deadline: number
  status(): Promise<StatusResult>
  list(): Promise<{ ok: boolean; models: string[]; error: ChatError | null }>
  /** One of the API's further calls. */
  call(name: string): Promise<ApiReply>
  switchTo(model: string): Promise<SwitchResult>
  waitReady(): Promise<StatusResult>
  ask(model: string, served: string | undefined): Promise<ChatResult>
}

const OPTIONS = [
  'backend',
  'baseUrl',
  'api',
  'token',
  'headers',
  'timeout',
  'stallLimit',
  'transport',
  'tags',
  'deadline',
  'pollInterval',
  'grace',
]

/** How often the new model may be absent from answers before the switch counts as lost. */
const WRONG_ANSWERS = 3

/** Talks to a management API; records nothing. `createModelManager` adds the metrics. */
export function createSwitcher(options: ModelManagerOptions): ModelSwitcher {
  checkKeys('createModelManager', options, OPTIONS)
  const name = options.backend || 'gateway'
  const backend =
    Object.keys(BACKENDS).indexOf(name) !== -1
      ? (BACKENDS[name] as Backend)
      : misuse(
          `backend: expected one of ${Object.keys(BACKENDS).join(', ')}, got ${show(options.backend)}`,
        )
  const seconds = env.number('MODEL_SWITCH_TIMEOUT', 180, { min: 1 }) as number
  const deadline = durationOption('deadline', options.deadline, seconds * 1000)
  const pollInterval = durationOption('pollInterval', options.pollInterval, 500)
  const grace = durationOption('grace', options.grace, 10000)
  const timeout = durationOption('timeout', options.timeout, 30000)
  const send = createExchange({
    baseUrl: options.baseUrl,
    api: options.api || 'gateway',
    token: options.token,
    headers: options.headers,
    stallLimit: options.stallLimit,
    transport: options.transport,
    timeout,
  })

  function request(call: Call): Promise<ApiReply> {
    return callApi({
      method: call.method,
      url: serverUrl(options.baseUrl) + call.path,
      json: call.json,
      timeout,
      headers: Object.assign(
        {},
        authorization(setting(options.token, 'API_TOKEN')),
        options.headers,
      ),
      tags: Object.assign({ name: call.path }, options.tags),
    })
  }

  async function status(): Promise<StatusResult> {
    const reply = await request(backend.status)
    const state = backend.readStatus(reply.json)
    return Object.assign(state, { ok: reply.ok, duration: reply.duration, error: reply.error })
  }

  async function switchTo(model: string): Promise<SwitchResult> {
    if (typeof model !== 'string' || model === '') {
      misuse(`switchTo: expected the name of a model, got ${show(model)}`)
    }
    const before = await status()
    const result: SwitchResult = {
      ok: false,
      from: before.current,
      to: model,
      backend: backend.name,
      already: false,
    }
    const started = now()
    const reply = await request(backend.switchTo(model))
    result.accepted = now() - started
    if (!reply.ok) {
      const error = reply.error as ChatError
      return failed(
        result,
        error.status >= 400 && error.status < 500 ? 'refused' : 'gone',
        error.message,
      )
    }
    if (backend.wasThere(reply.json)) {
      result.ok = true
      result.already = true
      return result
    }
    const loaded = await waitForModel(model, result, started, before.state === 'error')
    if (loaded === undefined) return result
    return verify(model, loaded.servedAs[model], result, started)
  }

  /** Polls until the status names the model; `undefined` where it will not. */
  async function waitForModel(
    model: string,
    result: SwitchResult,
    started: number,
    errorBefore: boolean,
  ): Promise<StatusResult | undefined> {
    let seenLoading = false
    for (;;) {
      const seen = await status()
      const elapsed = now() - started
      if (seen.ok) {
        if (seen.state === 'ready' && seen.current === model) return seen
        if (seen.state === 'loading') seenLoading = true
        // The error of an earlier switch may stand until this one begins.
        if (seen.state === 'error' && (!errorBefore || seenLoading || elapsed > grace)) {
          failed(result, 'failed', seen.message)
          return undefined
        }
        if (seen.state === 'ready' && (seenLoading || elapsed > grace)) {
          const reason = seenLoading ? 'failed' : 'not_started'
          failed(result, reason, `the server is running ${show(seen.current)} again`)
          return undefined
        }
      }
      if (elapsed + pollInterval > deadline) {
        const error = seen.error
        failed(
          result,
          error === null ? 'stuck' : 'gone',
          error === null ? `still ${seen.state} after ${Math.round(elapsed)} ms` : error.message,
        )
        return undefined
      }
      sleep(pollInterval / 1000)
    }
  }

  /** A status field alone is not believed: the new model must answer, under its own name. */
  async function verify(
    model: string,
    served: string | undefined,
    result: SwitchResult,
    started: number,
  ): Promise<SwitchResult> {
    let wrong = 0
    for (;;) {
      const answer = await ask(model, served)
      const elapsed = now() - started
      const named = answer.model === undefined || answer.model === model || answer.model === served
      if (answer.ok && named) {
        result.ok = true
        result.duration = elapsed
        result.first = answer
        return result
      }
      const said = answer.error ? answer.error.message : `${show(answer.model)} answered`
      // A 4xx is an answer of a server that does not know the model; all else may still pass.
      if (answer.ok || (answer.status >= 400 && answer.status < 500)) wrong++
      if (wrong >= WRONG_ANSWERS) return failed(result, 'lost', said)
      if (elapsed + pollInterval > deadline) {
        return failed(result, answer.status === 0 ? 'gone' : 'stuck', said)
      }
      sleep(pollInterval / 1000)
    }
  }

  async function ask(model: string, served: string | undefined): Promise<ChatResult> {
    const request = { prompt: 'Hi', max_tokens: 1, model: served || model }
    return (await send(canStream(), request, {}, { phase: 'switch' })).result
  }

  async function waitReady(): Promise<StatusResult> {
    const started = now()
    for (;;) {
      const seen = await status()
      if (seen.ok && seen.state !== 'loading') return seen
      if (now() - started + pollInterval > deadline) return seen
      sleep(pollInterval / 1000)
    }
  }

  return {
    backend: backend.name,
    deadline,
    status,
    async list() {
      const seen = await status()
      return { ok: seen.ok, models: seen.models, error: seen.error }
    },
    call(which) {
      const call = backend.calls[which]
      if (!call) misuse(`${backend.name} has no call ${show(which)}`)
      return request(call as Call)
    },
    switchTo,
    waitReady,
    ask,
  }
}

function failed(result: SwitchResult, reason: SwitchReason, message: string): SwitchResult {
  result.reason = reason
  result.message = message
  return result
}
