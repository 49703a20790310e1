import type { ServerOptions } from '../chat/exchange.ts'
import type { ChatError, ChatResult } from '../chat/result.ts'
import { env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import type { ApiReply } from './api-reply.ts'
import { type BackendOptions, type Call, distinct, isSame } from './backend.ts'
import type { Endpoints } from './backends/custom.ts'
import { type BackendName, backendOf } from './backends/index.ts'
import { onlyOneVu } from './one-vu.ts'
import { createModelServer } from './server.ts'
import { performPull, performSwitch, performUnload } from './switch.ts'
import type { LoadResult, StatusResult, SwitchResult } from './switch-result.ts'

export interface ModelManagerOptions extends Omit<ServerOptions, 'path' | 'model'> {
  /** The management API. @default 'gateway' */
  backend?: BackendName
  /**
   * The models of servers that have no list of them: for `vllm-lora` each adapter's path, for
   * `vllm-sleep` each model's address, for `sglang` the paths of the weights.
   */
  models?: BackendOptions['models']
  /** `backend: 'custom'`: the calls of your own API. */
  endpoints?: Endpoints
  /** Unload what is in memory before a switch, on servers that hold several. @default false */
  exclusive?: boolean
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
  load(model: string): Promise<SwitchResult>
  unload(model: string): Promise<LoadResult>
  pull(model: string): Promise<LoadResult>
  waitReady(): Promise<StatusResult>
  restore(before: string | StatusResult | null | undefined): Promise<SwitchResult | undefined>
  ask(model: string, served: string | undefined): Promise<ChatResult>
}

const OPTIONS = [
  'backend',
  'models',
  'endpoints',
  'exclusive',
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

/** Talks to a management API; records nothing. `createModelManager` adds the metrics. */
export function createSwitcher(options: ModelManagerOptions): ModelSwitcher {
  checkKeys('createModelManager', options, OPTIONS)
  const backend = backendOf(options.backend || 'gateway', options)
  if (options.endpoints && backend.name !== 'custom') {
    misuse(`endpoints: only for backend 'custom', got backend ${show(backend.name)}`)
  }
  const seconds = env.number('MODEL_SWITCH_TIMEOUT', 180, { min: 1 }) as number
  const patience = {
    deadline: durationOption('deadline', options.deadline, seconds * 1000),
    pollInterval: durationOption('pollInterval', options.pollInterval, 500),
    grace: durationOption('grace', options.grace, 10000),
    timeout: durationOption('timeout', options.timeout, 30000),
  }
  const server = createModelServer(backend, options, patience)
  const makesRoom = options.exclusive || backend.makesNoRoom || false
  let latest: string | null = null

  async function change(what: string, model: string, makeRoom: boolean): Promise<SwitchResult> {
    if (typeof model !== 'string' || model === '') {
      misuse(`${what}: expected the name of a model, got ${show(model)}`)
    }
    if (backend.completion === 'none') {
      misuse(`${what}: backend ${show(backend.name)} has no call that loads a model`)
    }
    onlyOneVu(what)
    const result = await performSwitch(server, model, latest, makeRoom)
    if (result.ok) latest = model
    return result
  }

  const unload = (model: string): Promise<LoadResult> => {
    onlyOneVu('unload')
    return performUnload(server, model)
  }

  async function waitReady(): Promise<StatusResult> {
    const timer = server.timer()
    for (;;) {
      const seen = await server.status(timer)
      if ((seen.ok && seen.state !== 'loading') || !server.pause(timer)) return seen
    }
  }

  /** What is in memory becomes what was. The rest goes first, since both may not fit. */
  async function restore(
    before: string | StatusResult | null | undefined,
  ): Promise<SwitchResult | undefined> {
    if (!before) return undefined
    const seen = await waitReady()
    const wanted = typeof before === 'string' ? [before] : before.loaded.slice()
    if (typeof before !== 'string') {
      // A gateway that was asked in the middle of a load has a model in force and none in memory.
      if (wanted.length === 0 && before.current !== null) wanted.push(before.current)
      for (const extra of distinct(seen, seen.loaded)) {
        if (wanted.some((name) => isSame(seen, name, extra)) || !backend.unload?.(extra)) continue
        const gone = await performUnload(server, extra)
        if (!gone.ok) return Object.assign({ from: extra, to: 'none', already: false }, gone)
      }
    }
    let last: SwitchResult | undefined
    for (const model of distinct(seen, wanted)) {
      if (seen.state === 'ready' && seen.loaded.indexOf(model) !== -1) continue
      last = await performSwitch(server, model, latest, makesRoom && wanted.length === 1)
      if (!last.ok) return last
    }
    return last
  }

  return {
    backend: backend.name,
    deadline: patience.deadline,
    status: () => server.status(),
    async list() {
      const seen = await server.status()
      return { ok: seen.ok, models: seen.models, error: seen.error }
    },
    call(which) {
      const call = Object.keys(backend.calls).indexOf(which) !== -1 && backend.calls[which]
      if (!call) misuse(`backend ${show(backend.name)} has no call ${show(which)}`)
      return server.send(call as Call, server.timer(), patience.timeout)
    },
    switchTo: (model) => change('switchTo', model, makesRoom),
    load: (model) => change('load', model, backend.makesNoRoom || false),
    unload,
    pull(model) {
      if (!backend.pull) misuse(`backend ${show(backend.name)} cannot pull a model`)
      return performPull(server, model)
    },
    waitReady,
    restore,
    ask: (model, served) => server.ask(model, served, patience.timeout),
  }
}
