/** Often enough to see a delay of 10 ms, seldom enough to cost nothing. */
const INTERVAL = 5
/** A timer is never better than this; it is no delay of the loop. */
const NOISE = 1

/** Who wants to know of the event loop's delays. */
export interface Delayed {
  /** Longest delay so far, ms. */
  delay: number
}

/**
 * Notes how late the event loop is, for those that are watching: what came meanwhile was noted so
 * much too late at most.
 */
export function createLagWatch() {
  const watching = new Set<Delayed>()
  let timer: NodeJS.Timeout | undefined
  let due = 0

  function look() {
    const late = performance.now() - due
    if (late > NOISE) for (const one of watching) if (late > one.delay) one.delay = late
    if (watching.size === 0) {
      timer = undefined
      return
    }
    due = performance.now() + INTERVAL
    timer = setTimeout(look, INTERVAL)
  }

  return {
    watch(one: Delayed) {
      watching.add(one)
      if (timer !== undefined) return
      due = performance.now() + INTERVAL
      timer = setTimeout(look, INTERVAL)
    },
    unwatch(one: Delayed) {
      watching.delete(one)
    },
  }
}

export type LagWatch = ReturnType<typeof createLagWatch>
