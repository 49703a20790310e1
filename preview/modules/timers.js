// k6/timers, and the timers among k6's globals. An iteration waits for those that are set.
import { begin, end } from '../vu/state.js'
import { GoError } from './errors.js'

const { setTimeout: after, clearTimeout: stop } = globalThis

/** @type {Map<number, any>} */
const timers = new Map()
let ids = 0

/**
 * @param {(...args: any[]) => void} run
 * @param {number} ms
 * @param {any[]} args
 */
export function setTimeout(run, ms = 0, ...args) {
  if (typeof run !== 'function')
    throw new GoError('setTimeout requires a function as first argument')
  const id = ++ids
  begin()
  const timer = after(() => {
    timers.delete(id)
    try {
      run(...args)
    } finally {
      end()
    }
  }, ms)
  timers.set(id, timer)
  return id
}

/** @param {number} id */
export function clearTimeout(id) {
  if (!timers.has(id)) return
  stop(timers.get(id))
  timers.delete(id)
  end()
}

/**
 * @param {(...args: any[]) => void} run
 * @param {number} ms
 * @param {any[]} args
 */
export function setInterval(run, ms, ...args) {
  if (typeof run !== 'function')
    throw new GoError('setInterval requires a function as first argument')
  const id = ++ids
  begin()
  const again = () => {
    const timer = after(() => {
      again()
      run(...args)
    }, ms)
    timers.set(id, timer)
  }
  again()
  return id
}

export const clearInterval = clearTimeout

/** Stops what a script has left running, when its iteration was ended by an exception. */
export function clearAll() {
  for (const id of [...timers.keys()]) clearTimeout(id)
}

export default { setTimeout, clearTimeout, setInterval, clearInterval }
