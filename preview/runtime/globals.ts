// The globals of k6. Node has many more: they are taken away, so that a script which uses one
// fails here as it does in k6.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toArrayBuffer } from '../bytes.ts'
import { GoError, missing } from '../errors.ts'
import type { Level } from '../messages.ts'
import crypto from '../modules/crypto.ts'
import sharedData from '../modules/data.ts'
import encoding from '../modules/encoding.ts'
import execution from '../modules/execution.ts'
import http from '../modules/http.ts'
import k6 from '../modules/k6.ts'
import metrics from '../modules/metrics.ts'
import sse from '../modules/sse.ts'
import * as timers from '../modules/timers.ts'
import { data, state, tell } from '../vu/state.ts'

/** No k6 has these (k6 2.2 included). */
const NOT_IN_K6 = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'BroadcastChannel',
  'Buffer',
  'CloseEvent',
  'CompressionStream',
  'DOMException',
  'DecompressionStream',
  'Event',
  'EventSource',
  'EventTarget',
  'File',
  'FormData',
  'Headers',
  'Intl',
  'MessageChannel',
  'MessageEvent',
  'MessagePort',
  'Navigator',
  'Performance',
  'ReadableStream',
  'Request',
  'Response',
  'TransformStream',
  'URL',
  'URLSearchParams',
  'WebAssembly',
  'WebSocket',
  'WritableStream',
  'atob',
  'btoa',
  'clearImmediate',
  'fetch',
  'gc',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'sessionStorage',
  'setImmediate',
  'structuredClone',
]

export function setGlobals() {
  for (const name of NOT_IN_K6) Reflect.deleteProperty(globalThis, name)
  const { setTimeout, clearTimeout, setInterval, clearInterval } = timers
  Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval })
  Object.assign(globalThis, { console: k6Console(), open, require: requireModule })
  Object.assign(globalThis, { __ENV: { ...data.env }, __VU: data.id })
  if (data.role === 'vu') Object.assign(globalThis, { __ITER: 0 })
}

function k6Console(): object {
  const at =
    (level: Level) =>
    (...args: unknown[]) =>
      tell({
        kind: 'log',
        level,
        text: args.map(write).join(' '),
        fields: { source: 'console' },
      })
  return {
    log: at('info'),
    info: at('info'),
    debug: at('debug'),
    warn: at('warning'),
    error: at('error'),
  }
}

function write(value: unknown) {
  if (value instanceof Error) return String(value)
  if (value === null || typeof value !== 'object') return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    return String(value)
  }
}

/**
 * Reads a file at init, relative to the script.
 *
 * @param mode `b` for bytes
 */
function open(path: string, mode?: string) {
  if (!state.init) {
    throw new GoError(
      'the "open()" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle for more information',
    )
  }
  if (!path) throw new GoError("open() can't be used with an empty filename")
  const file = String(path).startsWith('file://')
    ? fileURLToPath(path)
    : resolve(data.directory, String(path))
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    throw new GoError(`The file "${file}" couldn't be opened: no such file or directory`)
  }
  return mode === 'b' ? toArrayBuffer(new Uint8Array(bytes)) : bytes.toString('utf8')
}

/** What `require` gives of k6's modules: the default. */
const MODULES: Record<string, object> = {
  k6,
  'k6/crypto': crypto,
  'k6/data': sharedData,
  'k6/encoding': encoding,
  'k6/execution': execution,
  'k6/experimental/timers': timers.default,
  'k6/http': http,
  'k6/metrics': metrics,
  'k6/timers': timers.default,
  'k6/x/sse': sse,
}

function requireModule(name: string) {
  if (!state.init) {
    throw new GoError(
      'the "require()" function is only available in the init stage (i.e. the global scope)',
    )
  }
  return MODULES[name] ?? missing(`require('${name}') with a name that is known only at run time`)
}
