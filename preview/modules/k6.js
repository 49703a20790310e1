// k6
import { park } from '../vu/call.js'
import { board, emit, readTags, tagged } from '../vu/samples.js'
import { state } from '../vu/state.js'
import { GoError } from './errors.js'

const SEPARATOR = '::'

/**
 * Waits, and the whole VU with it.
 *
 * @param {number} seconds
 */
export function sleep(seconds) {
  const ms = Number(seconds) * 1000
  if (Number.isNaN(ms)) throw new GoError(`sleep(${seconds}): a number of seconds was expected`)
  if (ms > 0) park(ms)
}

/**
 * @param {any} value
 * @param {Record<string, unknown>} sets
 * @param {Record<string, unknown>} [tags]
 * @returns {boolean} whether all passed
 */
export function check(value, sets, tags) {
  if (state.init) throw new GoError('using check() in the init context is not supported')
  const own = readTags(tags)
  const time = board.elapsed()
  let all = true
  for (const [name, condition] of Object.entries(sets ?? {})) {
    if (name.includes(SEPARATOR)) {
      throw new GoError(`group and check names may not contain '${SEPARATOR}'`)
    }
    let passed = false
    try {
      const result = typeof condition === 'function' ? condition(value) : condition
      if (result instanceof Promise) {
        throw new GoError('`check` does not support async functions')
      }
      passed = Boolean(result)
    } finally {
      emit('checks', passed ? 1 : 0, tagged({ ...own, check: name }), time)
    }
    if (!passed) all = false
  }
  return all
}

/**
 * @template T
 * @param {string} name
 * @param {() => T} run
 * @returns {T}
 */
export function group(name, run) {
  if (state.init) throw new GoError('Using group() in the init context is not supported')
  if (typeof run !== 'function')
    throw new GoError('group() requires a callback as a second argument')
  if (String(name).includes(SEPARATOR)) {
    throw new GoError(`group and check names may not contain '${SEPARATOR}'`)
  }
  if (run.constructor.name === 'AsyncFunction') {
    throw new GoError(
      'group() does not support async functions as arguments, please see https://grafana.com/docs/k6/latest/javascript-api/k6/group/#working-with-async-functions for more info',
    )
  }
  const outer = state.group
  state.group = `${outer}${SEPARATOR}${name}`
  const outerTag = state.tags.group
  state.tags.group = state.group
  const start = board.elapsed()
  try {
    return run()
  } finally {
    const now = board.elapsed()
    emit('group_duration', now - start, tagged(), now)
    state.group = outer
    state.tags.group = /** @type {string} */ (outerTag)
  }
}

/**
 * Ends the iteration by an exception.
 *
 * @param {string} [message]
 * @returns {never}
 */
export function fail(message) {
  throw new GoError(message === undefined || message === '' ? 'fail() called' : String(message))
}

/**
 * Makes `Math.random` give the same numbers in each run (not those of k6).
 *
 * @param {number} seed
 */
export function randomSeed(seed) {
  let at = Number(seed) >>> 0
  // mulberry32, https://github.com/bryc/code/blob/master/jshash/PRNGs.md
  Math.random = () => {
    at = (at + 0x6d2b79f5) | 0
    let t = Math.imul(at ^ (at >>> 15), 1 | at)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export default { sleep, check, group, fail, randomSeed }
