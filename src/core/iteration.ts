import exec from 'k6/execution'
import { runClock } from './clock.ts'
import { misuse } from './errors.ts'

/** Where a VU stands in its scenario. */
export interface Iteration {
  /**
   * Ordinal in the scenario, from 0: unique across VUs and, with execution segments, across the
   * processes of the run.
   */
  inTest: number
  /** Ordinal among the iterations of this VU in the scenario. */
  ofVu: number
  /** Number of the VU from 1, unique across processes. */
  vu: number
}

/** The present iteration; ends the test where there is none (`setup`, init). */
export function currentIteration(what: string): Iteration {
  try {
    return {
      inTest: exec.scenario.iterationInTest,
      ofVu: exec.vu.iterationInScenario,
      vu: exec.vu.idInTest,
    }
  } catch (_noScenario) {
    return misuse(`${what}: expected to be called in the function of a scenario`)
  }
}

/**
 * A count of the calls in one iteration: 0 for the first, then 1, …
 *
 * `exec.vu.iterationInInstance` tells iterations apart where a VU goes from scenario to scenario.
 */
export function createCallCounter(): () => number {
  let last = -1
  let calls = 0
  return () => {
    const own = exec.vu.iterationInInstance
    if (own !== last) {
      last = own
      calls = 0
    }
    return calls++
  }
}

/** When the wall clock's millisecond began, on the run's clock. */
let origin: number | undefined

/**
 * Start of the present scenario on the run's clock, in ms.
 *
 * k6 tells it in whole ms of the wall clock. The two clocks are compared where the wall clock
 * steps, so that all VUs agree to some 10 us; rounding down makes it up to 1 ms early for all alike.
 */
export function scenarioStart(): number {
  if (origin === undefined) {
    const clock = runClock()
    const first = Date.now()
    let wall = first
    while (wall === first) wall = Date.now()
    origin = wall - clock.currentTestRunDuration
  }
  return exec.scenario.startTime - origin
}

/** The same on the wall clock, in ms since 1970. */
export function scenarioStartedAt(): number {
  return exec.scenario.startTime
}
