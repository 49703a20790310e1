import { misuse, show } from '../../core/errors.ts'
import { checkKeys } from '../../core/options.ts'
import { objectOf, textOf } from '../../stream/json.ts'
import {
  type Backend,
  type BackendOptions,
  type Call,
  type Completion,
  type ModelState,
  modelState,
  namesOf,
  union,
  unknownState,
} from '../backend.ts'
import { readPath, type ValuePath } from '../value-path.ts'

/** One call of a user's API. `{model}` in path and body becomes the model's name. */
export interface Endpoint {
  /** @default 'POST' */
  method?: Call['method']
  /** Below `baseUrl`. `{model}` is percent-encoded here, `{+model}` is not. */
  path: string
  /** Sent as JSON. */
  body?: unknown
}

/** How a status answer reads: each a path into its JSON, see {@link ValuePath}. */
export interface StatusEndpoint extends Endpoint {
  /** Every model there is. @default the option `models` */
  models?: ValuePath
  /** The models in memory, one or several. */
  loaded: ValuePath
  /** Something here that is not empty: a load is under way. */
  loading?: ValuePath
  /** A word for the state, and what each word means. */
  state?: ValuePath
  states?: { [word: string]: ModelState['state'] }
  /** The server's own words. */
  message?: ValuePath
}

/** A user's own management API, as a table. */
export interface Endpoints {
  /** How a load comes to its end. @default `poll` with a status, else `call`; without `load` `first-use` */
  completion?: Completion
  status?: StatusEndpoint
  load?: Endpoint
  unload?: Endpoint
  /** `completion: 'stream'`: what a row has at its end, such as `{ status: 'success' }`. */
  done?: { [key: string]: unknown }
  /** Nothing makes room for a model: what is in memory is unloaded first. @default false */
  makesNoRoom?: boolean
  /** Answers do not name the model that answers: the status must have it in memory. @default false */
  provenByStatus?: boolean
  /** Further calls, by name. */
  calls?: { [name: string]: Endpoint }
}

const KEYS = [
  'completion',
  'status',
  'load',
  'unload',
  'done',
  'makesNoRoom',
  'provenByStatus',
  'calls',
]
const STATUS_KEYS = ['models', 'loaded', 'loading', 'state', 'states', 'message']

/** Any other API, from a table of its calls. Triton, LocalAI and LM Studio are in docs/models.md. */
export function custom(options: BackendOptions): Backend {
  const table = options.endpoints as Endpoints
  checkKeys("backend 'custom': endpoints", table as object, KEYS)
  const { status, load, unload, done } = table
  const calls: { [name: string]: Call } = {}
  for (const name of Object.keys(table.calls || {})) {
    calls[name] = callOf(name, (table.calls as { [name: string]: Endpoint })[name] as Endpoint)
  }
  const completion = table.completion || (!load ? 'first-use' : status ? 'poll' : 'call')
  const needs = (key: keyof Endpoints, met: unknown) => {
    if (!met) misuse(`endpoints.${key}: needed for completion ${show(completion)}, got nothing`)
  }
  if (completion === 'poll') needs('status', status)
  if (completion === 'stream') needs('done', done)
  if (completion !== 'first-use') needs('load', load)
  if (table.provenByStatus) needs('status', status)
  // Mistakes in these are found now, not at a switch.
  if (load) callOf('load', load)
  if (unload) callOf('unload', unload)
  if (status && !status.loaded) misuse('endpoints.status.loaded: expected a path, got nothing')

  return {
    name: 'custom',
    api: 'openai-chat',
    completion,
    makesNoRoom: table.makesNoRoom,
    provenByStatus: table.provenByStatus,
    status: status ? [callOf('status', status, STATUS_KEYS)] : [],
    readStatus([json]) {
      if (!status) return unknownState(namesOf(options.models))
      const read = (path: ValuePath | undefined) => (path ? readPath(json, path) : [])
      const loaded = read(status.loaded).filter((name) => name !== '')
      const word = read(status.state)[0]
      const meant = word === undefined ? undefined : objectOf(status.states)[word]
      const state = modelState(
        {
          loaded,
          models: union(union(read(status.models), namesOf(options.models)), loaded),
          message: read(status.message)[0] || word || '',
          unknown: status.models || options.models ? [] : ['models'],
        },
        read(status.loading).length > 0,
      )
      if (meant !== undefined) state.state = meant as ModelState['state']
      return state
    },
    load: load && ((model) => callOf('load', load, [], model)),
    unload: unload && ((model) => callOf('unload', unload, [], model)),
    isDone: (rows) =>
      rows.some((row) => done !== undefined && Object.keys(done).every((k) => row[k] === done[k])),
    calls,
  }
}

function callOf(what: string, endpoint: Endpoint, more: string[] = [], model?: string): Call {
  checkKeys(`endpoints.${what}`, endpoint, ['method', 'path', 'body'].concat(more))
  if (!/^\//.test(textOf(endpoint.path))) {
    misuse(`endpoints.${what}.path: expected a path such as '/load', got ${show(endpoint.path)}`)
  }
  const call: Call = {
    method: endpoint.method || (what === 'status' ? 'GET' : 'POST'),
    path: model === undefined ? endpoint.path : fillPath(endpoint.path, model),
    name: endpoint.path,
  }
  if (endpoint.body !== undefined) {
    call.json = model === undefined ? endpoint.body : fillBody(endpoint.body, model)
  }
  return call
}

function fillPath(path: string, model: string): string {
  return path.replace(/\{(\+?)model\}/g, (_all, raw: string) =>
    raw ? model : encodeURIComponent(model),
  )
}

/** Every string of a body, however deep. */
function fillBody(value: unknown, model: string): unknown {
  if (typeof value === 'string') return value.split('{model}').join(model)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => fillBody(item, model))
  const filled: { [key: string]: unknown } = {}
  for (const key of Object.keys(value)) filled[key] = fillBody(objectOf(value)[key], model)
  return filled
}
