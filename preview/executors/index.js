import { arrivalRate } from './arrival-rate.js'
import { constantVus } from './constant-vus.js'
import { iterations } from './iterations.js'
import { rampingVus } from './ramping-vus.js'

/**
 * What an executor works with.
 *
 * @typedef {object} Field
 * @property {import('../scenarios.js').Scenario} scenario
 * @property {() => number} now ms since the scenario's start
 * @property {(ms: number) => Promise<void>} until resolves at that time of the scenario, or at once
 *   when the scenario is stopped
 * @property {() => boolean} over whether no iteration may start any more
 * @property {() => boolean} stopped whether the run was ended before its time
 * @property {() => import('../vus.js').Vu | undefined} acquire
 * @property {(vu: import('../vus.js').Vu) => void} release
 * @property {(vu: import('../vus.js').Vu) => Promise<void>} iterate runs one iteration
 * @property {() => Promise<import('../vus.js').Vu>} unplanned makes one more VU
 * @property {(vus: number) => void} drop counts an iteration for which none of so many was free
 * @property {() => void} short ends the test: k6 would have had one more VU
 */

/** @type {Record<string, (field: Field) => Promise<void>>} */
export const EXECUTORS = {
  'constant-vus': constantVus,
  'ramping-vus': rampingVus,
  'shared-iterations': iterations,
  'per-vu-iterations': iterations,
  'constant-arrival-rate': arrivalRate,
  'ramping-arrival-rate': arrivalRate,
}
