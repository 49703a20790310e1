// k6
import { GoError } from '../errors.ts'
import { fieldsOf } from '../script-values.ts'
import { park } from '../vu/call.ts'
import { board, emit, readTags, tagged } from '../vu/samples.ts'
import { state } from '../vu/state.ts'

const SEPARATOR = '::'

/** Waits, and the whole VU with it. */
export function sleep(seconds: number) {
  const ms = Number(seconds) * 1000
  if (Number.isNaN(ms)) throw new GoError(`sleep(${seconds}): a number of seconds was expected`)
  if (ms > 0) park(ms)
}

/** @returns whether all passed */
export function check(value: unknown, sets: unknown, tags?: unknown): boolean {
  if (state.init) throw new GoError('using check() in the init context is not supported')
  const own = readTags(tags)
  const time = board.elapsed()
  let all = true
  for (const [name, condition] of Object.entries(fieldsOf(sets))) {
    if (name.includes(SEPARATOR)) {
      throw new GoError(`group and check names may not contain '${SEPARATOR}'`)
    }
    let passed = false
    try {
      const result: unknown = typeof condition === 'function' ? condition(value) : condition
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

export function group<T>(name: string, run: () => T): T {
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
  const { group: outerTag = '' } = state.tags
  state.tags.group = state.group
  const start = board.elapsed()
  try {
    return run()
  } finally {
    const now = board.elapsed()
    emit('group_duration', now - start, tagged(), now)
    state.group = outer
    state.tags.group = outerTag
  }
}

/** Ends the iteration by an exception. */
export function fail(message?: string): never {
  throw new GoError(message === undefined || message === '' ? 'fail() called' : String(message))
}

/** Makes `Math.random` give the same numbers in each run (not those of k6). */
export function randomSeed(seed: number) {
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
