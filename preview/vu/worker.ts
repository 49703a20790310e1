// One VU's thread: loads the bundled script and runs its functions when main says so.
import process from 'node:process'
import { setImmediate } from 'node:timers'
import { made as arrays } from '../modules/data.ts'
import { made as metrics } from '../modules/metrics.ts'
import { clearAll } from '../modules/timers.ts'
import { setGlobals } from './globals.ts'
import { board, emit, flush, tagged } from './samples.ts'
import { describe } from './stack.ts'
import { data, port, state } from './state.ts'
import { toJson } from './to-json.ts'

/** what the script exports */
let script: Record<string, any> = {}

process.setSourceMapsEnabled(true)
process.on('unhandledRejection', (reason) => {
  port.postMessage({
    kind: 'log',
    level: 'error',
    text: `Uncaught (in promise) ${describe(reason)}`,
  })
})
process.on('uncaughtException', (error) => {
  port.postMessage({
    kind: 'log',
    level: 'error',
    text: describe(error),
    fields: { source: 'stacktrace' },
  })
})

setGlobals()
try {
  script = exportsOf(await import(data.bundle))
  state.init = false
  port.postMessage({ kind: 'ready', ...(data.role === 'init' ? found() : {}) })
} catch (error) {
  port.postMessage({ kind: 'broken', error: describe(error) })
}

/** What the script exports. One with `module.exports` has it all in the default of the bundle. */
function exportsOf(module: Record<string, any>) {
  const { default: whole } = module
  const common = whole !== null && typeof whole === 'object' && Object.keys(module).length === 1
  return common ? whole : module
}

/** What main learns from the first run of the init code. */
function found() {
  return {
    exports: Object.keys(script).filter((name) => typeof script[name] === 'function'),
    options: script.options === undefined ? undefined : JSON.stringify(script.options),
    metrics: [...metrics],
    arrays: [...arrays],
  }
}

port.on('message', async (message) => {
  if (message.kind !== 'run') return
  if (message.options) data.options = message.options
  const global = globalThis as any
  if (message.env) global.__ENV = { ...data.env, ...message.env }
  state.iteration = message.iteration ?? null
  state.group = message.group ?? ''
  state.tags = { ...message.tags, group: state.group }
  if (state.iteration) global.__ITER = state.iteration.inVu
  state.bytesSent = 0
  state.bytesReceived = 0
  const start = board.elapsed()
  const outcome: { result?: unknown; error?: string } = {}
  try {
    const args = message.args.map((text: string | undefined) =>
      text === undefined ? undefined : JSON.parse(text),
    )
    const result = await script[message.fn](...args)
    await settled()
    outcome.result = message.raw ? result : toJson(result)
  } catch (error) {
    clearAll()
    outcome.error = describe(error)
  }
  if (data.role !== 'summary') samplesOf(start)
  flush()
  port.postMessage({ kind: 'done', ...outcome })
})

/** Resolves when no request and no timer of the script is left. */
function settled() {
  if (state.pending === 0) return
  return new Promise((resolve) => {
    state.idle = () =>
      // What has just come may start more.
      setImmediate(() => {
        if (state.pending > 0) return
        state.idle = null
        resolve(undefined)
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
