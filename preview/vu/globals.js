// The globals of k6. Node has many more: they are taken away, so that a script which uses one
// fails here as it does in k6.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toArrayBuffer } from '../modules/bytes.js'
import crypto from '../modules/crypto.js'
import sharedData from '../modules/data.js'
import encoding from '../modules/encoding.js'
import { GoError, missing } from '../modules/errors.js'
import execution from '../modules/execution.js'
import http from '../modules/http.js'
import k6 from '../modules/k6.js'
import metrics from '../modules/metrics.js'
import sse from '../modules/sse.js'
import * as timers from '../modules/timers.js'
import { data, port, state } from './state.js'

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
  const global = /** @type {any} */ (globalThis)
  for (const name of NOT_IN_K6) delete global[name]
  const { setTimeout, clearTimeout, setInterval, clearInterval } = timers
  Object.assign(global, { setTimeout, clearTimeout, setInterval, clearInterval })
  Object.assign(global, { console: k6Console(), open, require: requireModule })
  global.__ENV = { ...data.env }
  global.__VU = data.id
  if (data.role === 'vu') global.__ITER = 0
}

/** @returns {object} */
function k6Console() {
  const at =
    (/** @type {string} */ level) =>
    (/** @type {unknown[]} */ ...args) =>
      port.postMessage({
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

/** @param {unknown} value */
function write(value) {
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
 * @param {string} path
 * @param {string} [mode] `b` for bytes
 */
function open(path, mode) {
  if (!state.init) {
    throw new GoError(
      'the "open()" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle for more information',
    )
  }
  if (!path) throw new GoError("open() can't be used with an empty filename")
  const file = String(path).startsWith('file://')
    ? fileURLToPath(path)
    : resolve(data.directory, String(path))
  let bytes
  try {
    bytes = readFileSync(file)
  } catch {
    throw new GoError(`The file "${file}" couldn't be opened: no such file or directory`)
  }
  return mode === 'b' ? toArrayBuffer(new Uint8Array(bytes)) : bytes.toString('utf8')
}

/** What `require` gives of k6's modules: the default. @type {Record<string, object>} */
const MODULES = {
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

/** @param {string} name */
function requireModule(name) {
  if (!state.init) {
    throw new GoError(
      'the "require()" function is only available in the init stage (i.e. the global scope)',
    )
  }
  return MODULES[name] ?? missing(`require('${name}') with a name that is known only at run time`)
}
