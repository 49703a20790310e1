import { show } from '../core/errors.ts'
import type { ModelServer, Timer } from './server.ts'
import { createSightings } from './sightings.ts'
import { type Failure, failureOf, type StatusResult } from './switch-result.ts'

/**
 * Polls until the status has the model in memory, or shows that it will not come.
 *
 * @param before the status before the switch: an error of an earlier one may stand until this
 *   one begins
 */
export async function waitForModel(
  server: ModelServer,
  model: string,
  before: StatusResult,
  timer: Timer,
): Promise<Failure | undefined> {
  const { patience } = server
  const sightings = createSightings()
  let lastLoading = 0
  const fail = (reason: Failure['reason'], what: string): Failure => ({
    reason,
    message: `${what}; ${sightings.tell(timer.elapsed(), what)}`,
  })
  for (;;) {
    const seen = await server.status(timer)
    sightings.add(seen)
    const waited = timer.elapsed() > patience.grace
    if (seen.ok) {
      if (seen.state !== 'loading' && seen.loaded.indexOf(model) !== -1) return undefined
      const own = seen.failed[model]
      const error = own || (seen.state === 'error' ? seen.message || 'status error' : undefined)
      const stood = before.state === 'error' || before.failed[model] !== undefined
      if (error !== undefined && (!stood || sightings.loading || waited)) {
        return fail('failed', error)
      }
      if (seen.state === 'loading') lastLoading = timer.elapsed()
      // Between the old model and the new one none may be there for a moment.
      if (seen.state === 'stopped' && sightings.loading) {
        if (timer.elapsed() - lastLoading > patience.grace) {
          return fail('failed', 'loading ended and no model is there')
        }
      }
      if (seen.state === 'ready' && (sightings.loading || waited)) {
        const running = `the server is running ${seen.loaded.map(show).join(', ')}`
        return sightings.loading
          ? fail('failed', `loading ended and ${running} again`)
          : fail('not_started', `accepted, and no load was ever seen: ${running}`)
      }
    }
    if (server.pause(timer)) continue
    if (seen.error) {
      const gone = failureOf(seen.error).reason === 'gone'
      return fail(gone ? 'gone' : 'stuck', seen.error.message)
    }
    // The old model is gone as well, or the server never said a word of a load.
    if (!sightings.loading) {
      return fail('not_started', `accepted, and no load was ever seen: the server is ${seen.state}`)
    }
    return fail('stuck', `still ${seen.state} at the deadline`)
  }
}

/** Polls until the model is in memory no more. */
export async function waitForUnload(
  server: ModelServer,
  model: string,
  timer: Timer,
): Promise<Failure | undefined> {
  if (server.backend.status.length === 0) return undefined
  const sightings = createSightings()
  for (;;) {
    const seen = await server.status(timer)
    sightings.add(seen)
    if (seen.ok && seen.loaded.indexOf(model) === -1) return undefined
    if (server.pause(timer)) continue
    return { reason: 'stuck', message: `still in memory; ${sightings.tell(timer.elapsed(), '')}` }
  }
}
