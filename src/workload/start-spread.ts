import { sleep } from 'k6'
import exec from 'k6/execution'
import { parseDuration } from '../core/duration.ts'
import { env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { createRandom, mixSeed } from '../core/random.ts'

/** Fewer users that begin at once are no burden. */
const LEAST_USERS = 10
/** ms for each user: k6 takes 1 to 2 ms of CPU for the start of a stream. */
const PER_USER = 5
const LONGEST = 2000

/** What is read of a scenario, as k6 gives it: what is not set is null (0.47 to 2.2). */
interface ScenarioOptions {
  executor?: string | null
  vus?: number | null
  iterations?: number | null
  startVUs?: number | null
}

/** Live: a VU that goes on to another scenario sees that one's. */
let scenario: { readonly name: string; readonly startTime: number } | undefined
/** Start of the scenario whose first request this VU has begun. */
let begun: number | undefined

/**
 * Waits before the first request of a VU in a scenario, where many VUs begin together: users do not
 * come within one millisecond, and a load generator that starts 200 streams at once is busy with
 * that when their first tokens come (`vus: 200`: TTFT 19 ms off at the median). With answers of one
 * length they would also meet again at each end. The wait is in no time of a request.
 *
 * Each VU has a slot of its own in the window, and a place in it by `SEED`. A schedule of arrivals
 * is left as it is.
 */
export function spreadStart(): void {
  let since: number
  try {
    if (scenario === undefined) scenario = exec.scenario as typeof scenario & object
    if (begun === scenario.startTime) return
    begun = scenario.startTime
    since = Date.now() - begun
  } catch (_noScenario) {
    return // setup, teardown
  }
  const users = usersTogether(scenario.name)
  const window = windowOf(users)
  if (window === 0 || since > window) return
  const seed = env.number('SEED', 1, { integer: true }) as number
  const vu = exec.vu.idInTest
  const place = createRandom(mixSeed(seed ^ 0x73746172, vu)).next()
  const due = (window * ((vu % users) + place)) / users
  if (due > since) sleep((due - since) / 1000)
}

/**
 * How many VUs begin at once: of a scenario, or of the one with most.
 *
 * @param name of the scenario
 */
export function usersTogether(name?: string): number {
  const all = (exec.test.options.scenarios || {}) as { [name: string]: ScenarioOptions } // 0.5 ms
  const names = name === undefined ? Object.keys(all) : [name]
  return names.reduce((most, one) => {
    const { executor, vus, iterations, startVUs } = all[one] || {}
    let users = 0
    if (executor === 'constant-vus' || executor === 'per-vu-iterations') users = vus || 1
    else if (executor === 'shared-iterations') users = Math.min(vus || 1, iterations || 1)
    else if (executor === 'ramping-vus') users = startVUs || 0
    return Math.max(most, users)
  }, 0)
}

/** Whether as many as that are left to begin at once. */
export function startsAtOnce(users: number): boolean {
  return users >= LEAST_USERS && windowOf(users) < users
}

/** ms in which they begin; 0 for at once. */
function windowOf(users: number): number {
  if (users < LEAST_USERS) return 0
  const text = env.string('START_SPREAD')
  if (text === undefined) return Math.min(users * PER_USER, LONGEST)
  const given = parseDuration(text)
  if (given === undefined || given < 0) {
    misuse(
      `START_SPREAD=${show(text)}: expected a duration with its unit, like -e START_SPREAD=3s, or 0s`,
    )
  }
  return given
}
