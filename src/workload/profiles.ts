import { misuse } from '../core/errors.ts'
import { namesOf } from '../core/options.ts'
import { random } from '../core/random.ts'
import { checkDistribution, type Distribution, draw } from './distribution.ts'
import { average, breakpoint, smoke, soak, spike, stress } from './standard-profiles.ts'

/** One step of a ramp. */
export interface Stage {
  duration: string
  target: number
}

/** A k6 scenario as plain data; other keys of k6 (`exec`, `tags`, `env`, `startTime`) may be added. */
export interface Scenario {
  executor: string
  startVUs?: number
  vus?: number
  stages?: Stage[]
  duration?: string
  iterations?: number
  maxDuration?: string
  rate?: number
  timeUnit?: string
  preAllocatedVUs?: number
  maxVUs?: number
  gracefulStop?: string
  gracefulRampDown?: string
  [key: string]: unknown
}

/** Scenarios by name, as in k6's `options.scenarios`. */
export interface ScenarioGroup {
  [name: string]: Scenario
}

/**
 * How long k6 lets an iteration finish. Its default of 30 s cuts a long generation, and the
 * samples of a request that was cut are lost: the slowest answers would be missing from every
 * percentile. An iteration is one answer, 300 s at most (the chat client's timeout), and a pause
 * of 3 s. A run ends as soon as the last iteration does, so the bound costs nothing else.
 */
const ANSWER = '305s'

/** A switch has 180 s (the model manager's deadline), then come two answers and calls, 30 s each. */
const SWITCH = '330s'

/**
 * The load of the guide's four tests, one for its throughput goal, and the types of test of k6's
 * manual (smoke, average, stress, spike, soak, breakpoint). Plain k6 scenarios: print
 * them, spread them into `options.scenarios`, change their length and size by `scaleProfile`.
 *
 * @example export const options = { scenarios: { chat: scaleProfile(profiles.load) } }
 * @example const { chat, streaming, api } = scaleProfile(profiles.comprehensive)
 *   // scenarios: { chat: { ...chat, exec: 'chat' }, … }
 */
export const profiles = namesOf('profiles', {
  /** load-test: 1 → 5 → 10 → 15 users in 13 min. */
  load: {
    executor: 'ramping-vus' as const,
    startVUs: 1,
    stages: [
      { duration: '2m', target: 1 },
      { duration: '5m', target: 5 },
      { duration: '2m', target: 10 },
      { duration: '1m', target: 15 },
      { duration: '3m', target: 0 },
    ],
    gracefulRampDown: ANSWER,
    gracefulStop: ANSWER,
  },

  /** streaming-test: 1 → 3 → 5 streams at the time in 8 min. */
  streaming: {
    executor: 'ramping-vus' as const,
    startVUs: 1,
    stages: [
      { duration: '1m', target: 1 },
      { duration: '3m', target: 3 },
      { duration: '2m', target: 5 },
      { duration: '2m', target: 0 },
    ],
    gracefulRampDown: ANSWER,
    gracefulStop: ANSWER,
  },

  /** comprehensive-test: chat, streams and API calls beside each other, 10 min. */
  comprehensive: {
    chat: {
      executor: 'ramping-vus' as const,
      startVUs: 1,
      stages: [
        { duration: '1m', target: 2 },
        { duration: '3m', target: 5 },
        { duration: '2m', target: 8 },
        { duration: '1m', target: 0 },
      ],
      gracefulRampDown: ANSWER,
      gracefulStop: ANSWER,
    },
    streaming: { executor: 'constant-vus' as const, vus: 2, duration: '5m', gracefulStop: ANSWER },
    api: {
      executor: 'per-vu-iterations' as const,
      vus: 1,
      iterations: 10,
      maxDuration: '10m',
      gracefulStop: ANSWER,
    },
  },

  /**
   * model-management-test: one operator switches models for 10 min. Models are state of the whole
   * server, so it stays one: `scaleProfile(profiles.modelManagement, { maxVUs: 1 })`, whatever
   * MAX_VUS says of the users.
   */
  modelManagement: {
    executor: 'constant-vus' as const,
    vus: 1,
    duration: '10m',
    gracefulStop: SWITCH,
  },

  /**
   * The guide's "20+ RPS", which its 15 users cannot ask for: with answers of 1.5 s and a pause
   * of 1 to 3 s each user sends one request in 3.5 s, 15 / 3.5 = 4.3 requests/s in all (Little's
   * law: users = rate × time). So this one is driven by the rate: 20/s and 10 % headroom, since
   * a count over the window must not fall short by the request that is still open at its end.
   *
   * Users at the time = 22/s × seconds of an answer: 33 at 1.5 s (the goal's p50), 66 at 3 s
   * (p95), 110 at 5 s (p99). 66 are made before the start, up to 110 when they are needed. A
   * service slower than 5 s per answer runs out of users, and k6 counts `dropped_iterations`.
   */
  throughput: {
    executor: 'constant-arrival-rate' as const,
    rate: 22,
    timeUnit: '1s',
    duration: '2m',
    preAllocatedVUs: 66,
    maxVUs: 110,
    gracefulStop: ANSWER,
  },

  smoke,
  average,
  stress,
  spike,
  soak,
  breakpoint,
} satisfies { [name: string]: Scenario | ScenarioGroup })

/**
 * A user's pause between requests, from the VU's own random numbers (repeatable by `SEED`).
 *
 * @param min least seconds, or a distribution of seconds. @default 1
 * @param max most seconds. @default 3
 * @returns seconds, for {@link pause} (k6's `sleep()`, watched)
 * @example pause(thinkTime(1, 3))
 * @example pause(thinkTime({ fixed: 2 }))
 * @example pause(thinkTime({ exponential: 5, max: 60 }))
 */
export function thinkTime(min: number | Exclude<Distribution, number> = 1, max = 3): number {
  if (typeof min === 'object') return draw(checkDistribution('thinkTime', min), { next: random })
  if (!(min >= 0 && min <= max && max < Infinity)) {
    misuse(`thinkTime(${min}, ${max}): expected seconds, 0 <= min <= max, like thinkTime(1, 3)`)
  }
  return min + random() * (max - min)
}
