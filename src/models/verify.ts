import type { ChatError, ChatResult } from '../chat/result.ts'
import { show } from '../core/errors.ts'
import type { ModelServer, Timer } from './server.ts'
import { type Failure, failureOf } from './switch-result.ts'

/** How often the new model may be absent from answers before the switch counts as lost. */
const WRONG_ANSWERS = 3

/** The model as the server knows it. */
export interface Wanted {
  model: string
  /** The name that it answers under, where that is another. */
  served: string | undefined
  /** Further names of the same model. */
  aliases: string[]
  /** Names of the other models: an answer of one of them is never the new model's. */
  others: string[]
}

/** The first answer of the new model. */
export interface Verified {
  answer: ChatResult
  /** When it ended, ms after the request for the switch. */
  at: number
}

/**
 * A status field alone is not believed: the model must answer a one-token request, under its
 * own name. Returns that answer, or why there is none.
 */
export async function verify(
  server: ModelServer,
  wanted: Wanted,
  timer: Timer,
): Promise<Verified | Failure> {
  const firstUse = server.backend.completion === 'first-use'
  let wrong = 0
  for (;;) {
    const answer = await server.ask(wanted.model, wanted.served, timer.left())
    const at = timer.elapsed()
    const error = answer.error
    if (error === null && isNamed(server, wanted, answer.model)) {
      if (!server.backend.provenByStatus) return { answer, at }
      const seen = await server.status(timer)
      if (seen.ok && seen.loaded.indexOf(wanted.model) !== -1) return { answer, at }
    }
    // There the request is the switch itself, and its error the switch's.
    if (firstUse && error !== null) return failureOf(error)
    if (error !== null && (error.status === 401 || error.status === 403)) {
      const message = `the model could not be asked: HTTP ${error.status}: ${error.message}`
      return { reason: 'refused', message }
    }
    const said = error ? error.message : `${show(answer.model)} answered`
    if (error === null || isDenial(error)) wrong++
    if (wrong >= WRONG_ANSWERS) return await blame(server, wanted, said, timer)
    if (server.pause(timer)) continue
    // One that sleeps does not answer at all: there the status tells the two apart.
    const late = await blame(server, wanted, said, timer)
    if (late.reason === 'not_started' && !firstUse) return late
    const gone = error !== null && failureOf(error).reason === 'gone'
    return { reason: gone ? 'gone' : 'stuck', message: `no answer of the new model: ${said}` }
  }
}

/** A 4xx is the answer of a server that does not know the model; all else may still pass. */
function isDenial({ status, kind }: ChatError): boolean {
  return status >= 400 && status < 500 && kind !== 'http_429' && kind !== 'timeout'
}

function isNamed({ backend }: ModelServer, wanted: Wanted, name: string | undefined): boolean {
  if (name === undefined || name === wanted.model || name === wanted.served) return true
  if (backend.nameOf && backend.nameOf(name) === backend.nameOf(wanted.model)) return true
  if (wanted.aliases.indexOf(name) !== -1) return true
  return backend.provenByStatus === true && wanted.others.indexOf(name) === -1
}

/** Which of two it was: the status has the model and it does not answer, or not even the status. */
async function blame(
  server: ModelServer,
  { model }: Wanted,
  said: string,
  timer: Timer,
): Promise<Failure> {
  if (server.backend.status.length === 0) return { reason: 'lost', message: said }
  const seen = await server.status(timer)
  if (seen.loaded.indexOf(model) !== -1) {
    return { reason: 'lost', message: `the status has ${show(model)}, and ${said}` }
  }
  if (!seen.ok || seen.state === 'loading') {
    return { reason: 'lost', message: `${seen.ok ? 'still loading' : 'no status'}, and ${said}` }
  }
  const has = seen.loaded.length > 0 ? seen.loaded.map(show).join(', ') : 'no model'
  return {
    reason: 'not_started',
    message: `accepted, and never loaded: the server has ${has}, and ${said}`,
  }
}
