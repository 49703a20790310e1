import type { HttpRequest } from '../chat/transport.ts'

/** Where a server is with its models, whatever its words for it. */
export interface ModelState {
  /** `ready`: the current model answers; `loading`: a switch is under way. */
  state: 'ready' | 'loading' | 'error' | 'stopped'
  /** The model in force, `null` where there is none. */
  current: string | null
  /** Every model that can be switched to. */
  models: string[]
  /** The server's own words. */
  message: string
  /** Names under which a model answers, by model, where they differ from its own. */
  servedAs: { [model: string]: string }
  /** Share of GPU memory in use, 0 to 1, where the server says. */
  gpuMemory?: number
}

/** A call of a management API. */
export interface Call {
  method: HttpRequest['method']
  path: string
  json?: unknown
}

/**
 * A model-management API as data: which calls it has and how their answers read. Adding one is
 * one file such as `gateway.ts`.
 */
export interface Backend {
  name: string
  status: Call
  readStatus(json: unknown): ModelState
  /** Asks for a model; the server goes on loading after its answer. */
  switchTo(model: string): Call
  /** Whether the answer says that the model was in force already. */
  wasThere(json: unknown): boolean
  /** Further calls that the API offers, by name. */
  calls: { [name: string]: Call }
}
