import exec from 'k6/execution'

/** Where the time is read: one float of milliseconds since the test began. */
export interface Clock {
  readonly currentTestRunDuration: number
}

let clock: Clock | undefined

/**
 * The run's clock, in float milliseconds with sub-microsecond steps.
 *
 * k6 has no `performance`, and `Date.now()` is whole milliseconds. `exec.instance` rebuilds its
 * info object at every access (7 us); read from the object once fetched it costs 0.5 us, so hot
 * code keeps the object that this returns. Works in VU code, `setup` and `teardown`; throws at
 * init.
 */
export function runClock(): Clock {
  if (clock === undefined) {
    const instance = exec.instance as Clock
    // The clock stops when the last scenario has ended: in teardown it would measure 0 for
    // everything. Two reads of a running clock differ by at least the 0.5 us between them.
    const stopped = instance.currentTestRunDuration === instance.currentTestRunDuration
    clock = stopped ? wallClock(instance.currentTestRunDuration) : instance
  }
  return clock
}

/** Milliseconds since the test began. See {@link runClock}. */
export function now(): number {
  return runClock().currentTestRunDuration
}

function wallClock(from: number): Clock {
  const origin = Date.now() - from
  return {
    get currentTestRunDuration() {
      return Date.now() - origin
    },
  }
}
