import type { HttpRequest } from '../chat/transports/transport.ts'
import type { Api } from '../stream/dialects/index.ts'
import type { Json } from '../stream/json.ts'

/** Where a server is with its models, whatever its words for it. */
export interface ModelState {
  /**
   * `ready`: a model answers; `loading`: a load is under way; `stopped`: no model is in memory;
   * `unknown`: the server did not say.
   */
  state: 'ready' | 'loading' | 'error' | 'stopped' | 'unknown'
  /** The model in force, `null` where there is none. Of several, the one first in the list. */
  current: string | null
  /** Every model that can be switched to. */
  models: string[]
  /** Every model in memory. */
  loaded: string[]
  /** The server's own words. */
  message: string
  /** Names under which a model answers, by model, where they differ from its own. */
  servedAs: { [model: string]: string }
  /** Models whose last load failed, with the server's words, where it says so by model. */
  failed: { [model: string]: string }
  /** Names that mean the same model as another one: that one, which stands before it in `models`. */
  aliases: { [name: string]: string }
  /** What the server does not tell, or did not this time: an empty list there means nothing. */
  unknown: ('current' | 'models' | 'loaded')[]
  /** Share of GPU memory in use, 0 to 1, where the server says. */
  gpuMemory?: number
}

/** A call of a management API. */
export interface Call {
  method: HttpRequest['method']
  path: string
  json?: unknown
  /** Its name in k6's own metrics. @default the path */
  name?: string
  /** The address of a server of its own. @default `baseUrl` */
  server?: string
  /** Its failure is an answer too: TabbyAPI says by an error that no model is loaded. */
  optional?: boolean
}

/**
 * How a load comes to its end: the call returns when the model is there (`call`), or at once and
 * the status must be polled (`poll`), or its body is a stream of progress (`stream`), or there is
 * no such call and the first request for a model loads it (`first-use`), or nothing does (`none`).
 */
export type Completion = 'call' | 'poll' | 'stream' | 'first-use' | 'none'

/**
 * A management API as data: which calls it has and how their answers read. Adding one is one
 * file in `backends/` and its line in `backends/index.ts`.
 */
export interface Backend {
  name: string
  /** The wire of the one-token request that verifies a switch. */
  api: Api
  completion: Completion
  /** Loading a model does not make room for it: what is in memory is unloaded first. */
  makesNoRoom?: boolean
  /**
   * Its answers repeat the name that was asked for, or have a name of the model's file: the
   * status must have the model in memory too before an answer counts as that model's.
   */
  provenByStatus?: boolean
  /** Statuses below 500 by which a load that began says that it failed. */
  failsWith?: number[]
  /** The server's own way to write a name. */
  nameOf?(model: string): string
  /** The address of the server that has this model, where each has its own. */
  serverOf?(model: string): string | undefined
  /** The calls whose answers tell the state; none where the API cannot tell. */
  status: Call[]
  /** Reads their bodies, in order; `undefined` for one that is not JSON. */
  readStatus(bodies: unknown[]): ModelState
  load?(model: string): Call
  /** `undefined` for a model that cannot be unloaded. */
  unload?(model: string): Call | undefined
  /** Whether the answer to `load` says that the model was in force already. */
  wasThere?(json: unknown): boolean
  /** Downloads a model; the body is a stream of progress. */
  pull?(model: string): Call
  /** Whether the rows of a stream of progress say that it came to its end. */
  isDone?(rows: Json[]): boolean
  /** Further calls that the API offers, by name. */
  calls: { [name: string]: Call }
}

/** What a backend needs to know of the user's servers. */
export interface BackendOptions {
  /** Models, as a list, or each with where it is: an address or a path, see each backend. */
  models?: readonly string[] | { readonly [model: string]: string }
  /** `custom`: the calls of the user's own API. */
  endpoints?: unknown
}

/** A state from what is known of it. */
export function modelState(
  known: Partial<ModelState> & { loaded: string[] },
  loading?: boolean,
): ModelState {
  const state = loading ? 'loading' : known.loaded.length > 0 ? 'ready' : 'stopped'
  const current = known.loaded.length > 0 ? (known.loaded[0] as string) : null
  return Object.assign(
    { state, current, models: known.loaded, message: '', servedAs: {}, failed: {} },
    { aliases: {}, unknown: [] },
    known,
  ) as ModelState
}

/** The state of a server that did not say. */
export function unknownState(models: string[] = []): ModelState {
  const unknown: ModelState['unknown'] = ['current', 'loaded']
  if (models.length === 0) unknown.push('models')
  return modelState({ state: 'unknown', loaded: [], models, unknown })
}

/** Whether two names mean one model. */
export function isSame({ aliases }: Pick<ModelState, 'aliases'>, a: string, b: string): boolean {
  return (aliases[a] || a) === (aliases[b] || b)
}

/** Each model once, by the first of its names. */
export function distinct(state: Pick<ModelState, 'aliases'>, names: string[]): string[] {
  return names.filter((name, i) => !names.slice(0, i).some((other) => isSame(state, other, name)))
}

/** The names of {@link BackendOptions.models}. */
export function namesOf(models: BackendOptions['models']): string[] {
  if (models === undefined) return []
  return Array.isArray(models) ? (models as string[]).slice() : Object.keys(models)
}

/** The names of both lists, each once. */
export function union(some: string[], more: string[]): string[] {
  return some.concat(more.filter((name) => some.indexOf(name) === -1))
}
