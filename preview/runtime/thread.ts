// One VU's thread: loads the bundled script and runs its functions when main says so.
import process from 'node:process'
import { setImmediate } from 'node:timers'
import type { Found, Outcome, Run } from '../messages.ts'
import { made as arrays } from '../modules/data.ts'
import { made as metrics } from '../modules/metrics.ts'
import { clearAll } from '../modules/timers.ts'
import { isObject } from '../script-values.ts'
import { CookieJar, visitor } from '../vu/cookies.ts'
import { board, emit, flush, tagged } from '../vu/samples.ts'
import { data, port, state, tell } from '../vu/state.ts'
import { setGlobals } from './globals.ts'
import { describe } from './stack.ts'
import { toJson } from './to-json.ts'

/** What the script exports. */
let script: Record<string, unknown> = {}

process.setSourceMapsEnabled(true)
process.on('unhandledRejection', (reason) => {
  tell({ kind: 'log', level: 'error', text: `Uncaught (in promise) ${describe(reason)}` })
})
process.on('uncaughtException', (error) => {
  tell({ kind: 'log', level: 'error', text: describe(error), fields: { source: 'stacktrace' } })
})

setGlobals()
try {
  script = exportsOf(await import(data.bundle))
  state.init = false
  tell({ kind: 'ready', found: data.role === 'init' ? found() : undefined })
} catch (error) {
  tell({ kind: 'broken', error: describe(error) })
}

/** What the script exports. One with `module.exports` has it all in the default of the bundle. */
function exportsOf(module: Record<string, unknown>) {
  const { default: whole } = module
  return isObject(whole) && Object.keys(module).length === 1 ? whole : module
}

function found(): Found {
  return {
    functions: Object.keys(script).filter((name) => typeof script[name] === 'function'),
    options: script.options === undefined ? undefined : JSON.stringify(script.options),
    metrics: [...metrics],
    arrays: [...arrays],
  }
}

port.on('message', async (message: Run) => {
  const { args, env, fn, group = '', iteration = null, raw, tags } = message
  if (env !== undefined) Object.assign(globalThis, { __ENV: { ...data.env, ...env } })
  if (data.options?.noCookiesReset !== true) visitor.jar = new CookieJar()
  state.iteration = iteration
  state.group = group
  state.tags = { ...tags, group }
  if (iteration !== null) Object.assign(globalThis, { __ITER: iteration.inVu })
  state.bytesSent = 0
  state.bytesReceived = 0
  const start = board.elapsed()
  const outcome: Outcome = {}
  try {
    const run = script[fn]
    if (typeof run !== 'function') throw new TypeError(`${fn} is no function`)
    const values = args.map((text) => (text === undefined ? undefined : JSON.parse(text)))
    const result: unknown = await run.apply(script, values)
    await settled()
    outcome.result = raw ? result : toJson(result)
  } catch (error) {
    clearAll()
    outcome.error = describe(error)
  }
  if (data.role !== 'summary') samplesOf(start)
  flush()
  tell({ kind: 'done', ...outcome })
})

/** Resolves when no request and no timer of the script is left. */
function settled() {
  if (state.pending === 0) return
  return new Promise<void>((resolve) => {
    state.idle = () =>
      // What has just come may start more.
      setImmediate(() => {
        if (state.pending > 0) return
        state.idle = null
        resolve()
      })
  })
}

/** @param start of the function, ms */
function samplesOf(start: number) {
  const now = board.elapsed()
  const tags = tagged()
  emit('data_sent', state.bytesSent, tags, now)
  emit('data_received', state.bytesReceived, tags, now)
  if (!state.iteration) return
  emit('iteration_duration', now - start, tags, now)
  emit('iterations', 1, tags, now)
  board.complete(state.iteration.index)
  board.add('iterationsCompleted', 1)
}
