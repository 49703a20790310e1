import type { ChatError, ChatResult } from '../chat/result.ts'
import type { ModelState } from './backend.ts'

/** Why a switch did not succeed. */
export type SwitchReason =
  /** The request was turned down (404, 409, 422, incompatible hardware). */
  | 'refused'
  /** Loading began and ended in an error. */
  | 'failed'
  /** Accepted, and no load was ever seen: mostly the old model stays in force. */
  | 'not_started'
  /** Not done at the deadline. */
  | 'stuck'
  /** The status names the new model and another one answers. */
  | 'lost'
  /** The server could not be reached. */
  | 'gone'

/** What became of a load, unload or download. */
export interface LoadResult {
  ok: boolean
  model: string
  backend: string
  /** ms */
  duration: number
  reason?: SwitchReason
  message?: string
}

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
  /** ms until the server had answered the request for the switch. */
  accepted?: number
  /** ms until the server said that the model is there, where it says so. */
  loaded?: number
  reason?: SwitchReason
  message?: string
  /** The first answer of the new model: its start is cold. */
  first?: ChatResult
  /** The name that it was asked under, which is the server's for it. */
  askedAs?: string
}

export interface StatusResult extends ModelState {
  ok: boolean
  /** ms */
  duration: number
  error: ChatError | null
}

/** Why something ended, in one word and in the server's. */
export interface Failure {
  reason: SwitchReason
  message: string
}

/** The reason that an answer to a call gives. */
export function failureOf(error: ChatError, failsWith: number[] = []): Failure {
  const { status, message } = error
  const code = status === 0 ? '' : `HTTP ${status}: `
  let reason: SwitchReason
  if (error.kind === 'timeout') reason = 'stuck'
  else if (status === 0 || error.kind === 'reset') reason = 'gone'
  else if (failsWith.indexOf(status) !== -1) reason = 'failed'
  // 503: a full queue (Ollama) or a switch that is under way.
  else reason = status >= 500 && status !== 503 ? 'failed' : 'refused'
  // A 200 with an error inside: the load had begun.
  if (status >= 200 && status < 300 && reason === 'refused') reason = 'failed'
  return { reason, message: code + message }
}
