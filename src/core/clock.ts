import exec from 'k6/execution'
import { parseDuration } from './duration.ts'

/** ms. From so much on it may hide that a run was stopped before its end. */
const LONG_SETUP = 1000

/** Where the time is read: one float of milliseconds since the test began. */
export interface Clock {
  readonly currentTestRunDuration: number
}

/**
 * k6's options in force, which `handleSummary` can read too (run on 0.47 to 2.2, also after
 * Ctrl-C); `undefined` where there are none.
 */
export function testOptions(): unknown {
  try {
    return exec.test.options
  } catch (_atInit) {
    return undefined
  }
}

let clock: Clock | undefined

/**
 * The run's clock, in float milliseconds with sub-microsecond steps.
 *
 * k6 has no `performance`, and `Date.now()` is whole milliseconds. `exec.instance` rebuilds its
 * info object at every access (7 us); read from the object once fetched it costs 0.5 us, so hot
 * code keeps the object that this returns. It is the machine's time of day, not a monotonic clock
 * (k6 has none for scripts): an NTP step during a stream is in its times.
 *
 * In `teardown` k6 has no execution info ("not supported in the init context", measured on 0.47
 * to 2.2), so there the wall clock serves, in steps of 1 ms.
 */
export function runClock(): Clock {
  if (clock === undefined) clock = executionClock() || wallClock()
  return clock
}

/** Milliseconds since the test began. See {@link runClock}. */
export function now(): number {
  return runClock().currentTestRunDuration
}

let scenario: { readonly startTime: number } | undefined

/**
 * Milliseconds since the scenario that this VU works for began, `undefined` outside of one (init,
 * `setup`, `teardown`). By the wall clock, in steps of 1 ms: k6 tells a scenario's start by that
 * only. The object is live: a VU that goes on to another scenario sees the other's start.
 */
export function sinceScenario(): number | undefined {
  try {
    if (scenario === undefined) scenario = exec.scenario as { readonly startTime: number }
    return Date.now() - scenario.startTime
  } catch (_noScenario) {
    return undefined
  }
}

/**
 * What `setup` took before the present scenario, in ms: how long after the test's begin it began,
 * less its `startTime`. `undefined` where that is under a second (nothing is looked up then: it
 * costs half a millisecond), or where there is no scenario.
 */
export function setupDuration(): number | undefined {
  const since = sinceScenario()
  const began = since === undefined ? 0 : now() - since
  if (began < LONG_SETUP) return undefined
  const { scenarios } = exec.test.options as {
    scenarios?: { [name: string]: { startTime?: unknown } | undefined }
  }
  const before = began - (parseDuration(scenarios?.[exec.scenario.name]?.startTime) ?? 0)
  return before < LONG_SETUP ? undefined : before
}

function executionClock(): Clock | undefined {
  try {
    return exec.instance as Clock
  } catch (_noExecution) {
    return undefined
  }
}

function wallClock(): Clock {
  const origin = Date.now()
  return {
    get currentTestRunDuration() {
      return Date.now() - origin
    },
  }
}
