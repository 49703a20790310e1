// Threshold expressions: `p(95)<500`, `rate>=0.99`, `count==0`.

import { parseDuration } from '../durations.js'
import { EXIT, RunError } from '../exit-codes.js'

/** Which figures a threshold may name, by type. */
const FIGURES = {
  counter: /^(count|rate)$/,
  gauge: /^value$/,
  rate: /^rate$/,
  trend: /^(avg|min|max|med|p\(\d+(\.\d+)?\))$/,
}

/** @type {Record<string, (a: number, b: number) => boolean>} */
const COMPARE = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '===': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/**
 * @typedef {object} Threshold
 * @property {string} source as the script wrote it
 * @property {string} figure
 * @property {string} operator
 * @property {number} limit
 * @property {boolean} abortOnFail
 * @property {number} delay ms before it may abort
 * @property {boolean} failed at the last look
 */

/**
 * @param {string} metric its name, for messages
 * @param {string} type
 * @param {unknown} given a string, or `{threshold, abortOnFail, delayAbortEval}`
 * @returns {Threshold}
 */
export function parseThreshold(metric, type, given) {
  const wrapped = given !== null && typeof given === 'object'
  const options = /** @type {any} */ (wrapped ? given : { threshold: given })
  const source = String(options.threshold)
  const parts = /^\s*([a-z]+(?:\(\s*[\d.]+\s*\))?)\s*(<=|>=|===|==|!=|<|>)\s*(\S+)\s*$/.exec(source)
  const limit = Number(parts?.[3])
  if (parts === null || Number.isNaN(limit)) {
    throw invalid(`failed parsing threshold expression "${source}" of metric "${metric}"`)
  }
  const [, name = '', operator = ''] = parts
  const figure = name.replace(/\s/g, '')
  if (!FIGURES[/** @type {keyof typeof FIGURES} */ (type)].test(figure)) {
    throw invalid(
      `invalid threshold expression defined on metric ${metric}; reason: "${figure}" is not supported by metric type "${type}"`,
    )
  }
  const delay = options.delayAbortEval === undefined ? 0 : parseDuration(options.delayAbortEval)
  if (delay === undefined) {
    throw invalid(
      `delayAbortEval of metric "${metric}": invalid duration "${options.delayAbortEval}"`,
    )
  }
  return {
    source,
    figure,
    operator,
    limit,
    abortOnFail: options.abortOnFail === true,
    delay,
    failed: false,
  }
}

/** @param {string} message */
const invalid = (message) => new RunError(message, EXIT.invalidConfig)

/**
 * Looks at a threshold now.
 *
 * @param {Threshold} threshold
 * @param {import('./sinks.js').Sink} sink
 * @param {number} seconds of the run so far
 * @returns {boolean} whether it holds
 */
export function holds(threshold, sink, seconds) {
  const value = sink.figure(threshold.figure, seconds) ?? 0
  const compare = /** @type {(a: number, b: number) => boolean} */ (COMPARE[threshold.operator])
  threshold.failed = !compare(value, threshold.limit)
  return !threshold.failed
}

/**
 * `metric{tag:value,other:value}`
 *
 * @param {string} name
 * @returns {{ metric: string, tags: Record<string, string> | undefined }}
 */
export function parseName(name) {
  const open = name.indexOf('{')
  if (open < 0) return { metric: name, tags: undefined }
  if (!name.endsWith('}')) {
    throw invalid(`malformed metric name in thresholds: ${name}: missing ending bracket`)
  }
  /** @type {Record<string, string>} */
  const tags = {}
  for (const pair of name.slice(open + 1, -1).split(',')) {
    if (pair.trim() === '') continue
    const colon = pair.indexOf(':')
    if (colon < 0) throw invalid(`malformed metric name in thresholds: ${name}: no : in "${pair}"`)
    tags[unquote(pair.slice(0, colon))] = unquote(pair.slice(colon + 1))
  }
  return { metric: name.slice(0, open), tags }
}

/** @param {string} text */
const unquote = (text) => text.trim().replace(/^(["'])(.*)\1$/, '$2')
