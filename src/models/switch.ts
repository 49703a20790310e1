import type { ApiReply } from './api-reply.ts'
import { type Call, distinct, isSame } from './backend.ts'
import type { ModelServer, Timer } from './server.ts'
import {
  type Failure,
  failureOf,
  type LoadResult,
  type StatusResult,
  type SwitchResult,
} from './switch-result.ts'
import { verify } from './verify.ts'
import { waitForModel, waitForUnload } from './wait.ts'

/**
 * Switches: asks for the model in the backend's way, waits in its way, and has the model answer.
 *
 * @param latest the model that was switched to last, `from` where several are in memory
 * @param makeRoom unload what is in memory first
 */
export async function performSwitch(
  server: ModelServer,
  model: string,
  latest: string | null,
  makeRoom: boolean,
): Promise<SwitchResult> {
  const { backend } = server
  const before = await server.status()
  const wanted = inMemoryName(server, model, before)
  const result: SwitchResult = {
    ok: false,
    from: latest !== null && before.loaded.indexOf(latest) !== -1 ? latest : before.current,
    to: model,
    backend: backend.name,
    already: false,
  }
  if (before.error && before.error.status === 0) {
    return Object.assign(result, {
      reason: 'gone' as const,
      message: `no status before the switch, so none was asked for: ${before.error.message}`,
    })
  }
  const timer = server.timer()
  // A server that says so itself is asked all the same: its status may be behind.
  result.already = !backend.wasThere && before.ok && before.loaded.indexOf(wanted) !== -1
  if (!result.already) {
    const failure = await start(server, wanted, before, makeRoom, result, timer)
    if (failure) return Object.assign(result, failure)
  }

  const others = before.models.filter((name) => name !== wanted)
  const served = before.servedAs[wanted]
  const aliases = before.models.filter((name) => name !== wanted && isSame(before, name, wanted))
  const verified = await verify(server, { model: wanted, served, aliases, others }, timer)
  if ('reason' in verified) return Object.assign(result, verified, { already: false })
  result.ok = true
  if (!result.already) {
    result.duration = verified.at
    result.first = verified.answer
    result.askedAs = served || wanted
  }
  return result
}

/** The name that the server's own lists have for a model. */
function inMemoryName(server: ModelServer, model: string, { models }: StatusResult): string {
  const own = server.backend.nameOf ? server.backend.nameOf(model) : model
  return models.indexOf(model) === -1 && own !== model ? own : model
}

/** Asks for the load and waits till the server says that it is done. */
async function start(
  server: ModelServer,
  model: string,
  before: StatusResult,
  makeRoom: boolean,
  result: SwitchResult,
  timer: Timer,
): Promise<Failure | undefined> {
  const { backend, patience } = server
  if (makeRoom) {
    for (const other of distinct(before, before.loaded)) {
      const failure = isSame(before, other, model)
        ? undefined
        : await sendUnload(server, other, timer)
      if (failure) {
        return { reason: failure.reason, message: `unload of ${other}: ${failure.message}` }
      }
    }
  }
  if (!backend.load) return undefined // the first request will do it

  const polled = backend.completion === 'poll'
  const reply = await server.send(backend.load(model), timer, polled ? patience.timeout : undefined)
  result.accepted = timer.elapsed()
  if (!reply.ok) return loadFailure(server, reply, polled)
  if (backend.wasThere?.(reply.json)) {
    result.already = true
    return undefined
  }
  if (backend.completion === 'stream' && backend.isDone && !backend.isDone(reply.rows)) {
    return { reason: 'failed', message: `the progress ended early, ${lastRow(reply)}` }
  }
  const failure = polled ? await waitForModel(server, model, before, timer) : undefined
  if (!failure) result.loaded = timer.elapsed()
  return failure
}

function loadFailure(server: ModelServer, reply: ApiReply, polled: boolean): Failure {
  const failure = failureOf(reply.error as NonNullable<ApiReply['error']>, server.backend.failsWith)
  // A server that answers at once and says no has begun nothing.
  if (polled && reply.status >= 200 && reply.status < 300) failure.reason = 'refused'
  return failure
}

function lastRow({ rows }: ApiReply): string {
  const last = rows[rows.length - 1]
  return last === undefined
    ? 'without a row'
    : `its last row: ${JSON.stringify(last).slice(0, 200)}`
}

async function sendUnload(
  server: ModelServer,
  model: string,
  timer: Timer,
): Promise<Failure | undefined> {
  const call = server.backend.unload?.(model)
  if (!call) return undefined
  const reply = await server.send(call, timer)
  return reply.error ? failureOf(reply.error) : await waitForUnload(server, model, timer)
}

/** Takes a model out of memory and looks whether it is gone. */
export async function performUnload(server: ModelServer, model: string): Promise<LoadResult> {
  const timer = server.timer()
  const name = inMemoryName(server, model, await server.status())
  const failure: Failure | undefined = server.backend.unload?.(name)
    ? await sendUnload(server, name, timer)
    : { reason: 'refused', message: `${server.backend.name} has no way to unload it` }
  return loadResult(server, model, timer, failure)
}

/** Downloads a model; the answer is a stream of progress. */
export async function performPull(server: ModelServer, model: string): Promise<LoadResult> {
  const { backend } = server
  const timer = server.timer()
  const reply = await server.send((backend.pull as (model: string) => Call)(model), timer)
  let failure: Failure | undefined
  if (reply.error) failure = failureOf(reply.error)
  else if (backend.isDone && !backend.isDone(reply.rows)) {
    failure = { reason: 'failed', message: `the progress ended early, ${lastRow(reply)}` }
  }
  return loadResult(server, model, timer, failure)
}

function loadResult(
  server: ModelServer,
  model: string,
  timer: Timer,
  failure: Failure | undefined,
): LoadResult {
  return Object.assign(
    { ok: !failure, model, backend: server.backend.name, duration: timer.elapsed() },
    failure,
  )
}
