// The samples of this VU, on their way to main.
import { boardOf } from '../board.js'
import { data, port, state } from './state.js'

export const board = boardOf(data.board)

/** Name, value, time in ms since the start, tags; flat, since each is copied. @type {any[]} */
let batch = []
const LIMIT = 4 * 500

/**
 * The tags of a sample now: the VU's and the sample's own.
 *
 * @param {Record<string, string>} [own]
 * @returns {Record<string, string>}
 */
export function tagged(own) {
  return own === undefined ? { ...state.tags } : { ...state.tags, ...own }
}

/**
 * @param {string} metric
 * @param {number} value
 * @param {Record<string, string>} tags the same object for samples of one event
 * @param {number} [time] ms since the start
 */
export function emit(metric, value, tags, time = board.elapsed()) {
  batch.push(metric, value, time, tags)
  if (batch.length >= LIMIT) flush()
}

/** Hands the samples over: before the thread parks, and when an iteration ends. */
export function flush() {
  if (batch.length === 0) return
  port.postMessage({ kind: 'samples', batch })
  batch = []
}

/**
 * A script's tags as k6 takes them: values that are strings, numbers or booleans.
 *
 * @param {unknown} tags
 * @returns {Record<string, string> | undefined}
 */
export function readTags(tags) {
  if (tags === undefined || tags === null) return undefined
  /** @type {Record<string, string>} */
  const read = {}
  for (const [name, value] of Object.entries(/** @type {object} */ (tags))) {
    if (value === null || value === undefined) continue
    if (typeof value === 'object' || typeof value === 'function') {
      throw new TypeError(
        `invalid value for metric tag '${name}': only String, Boolean and Number types are accepted as a metric tag values`,
      )
    }
    read[name] = String(value)
  }
  return read
}
