// k6/timers, and the timers among k6's globals. An iteration waits for those that are set.
import { GoError } from '../errors.ts'
import { begin, end } from '../vu/state.ts'

const { setTimeout: after, clearTimeout: stop } = globalThis

const timers = new Map<number, NodeJS.Timeout>()
let ids = 0

type Callback = (...args: unknown[]) => void

export function setTimeout(run: Callback, ms: number = 0, ...args: unknown[]) {
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

export function setInterval(run: Callback, ms: number, ...args: unknown[]) {
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
