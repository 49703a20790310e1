// k6/timers, and the timers among k6's globals. An iteration waits for those that are set.
import { begin, end } from '../vu/state.ts'
import { GoError } from './errors.ts'

const { setTimeout: after, clearTimeout: stop } = globalThis

const timers = new Map<number, any>()
let ids = 0

export function setTimeout(run: (...args: any[]) => void, ms: number = 0, ...args: any[]) {
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

export function clearTimeout(id: number) {
  if (!timers.has(id)) return
  stop(timers.get(id))
  timers.delete(id)
  end()
}

export function setInterval(run: (...args: any[]) => void, ms: number, ...args: any[]) {
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
