import type { Scenario } from '../scenarios.ts'
import type { Vu } from '../vus.ts'

/** What an executor works with. */
export interface Field {
  scenario: Scenario
  /** ms since the scenario's start */
  now: () => number
  /** resolves at that time of the scenario, or at once when the scenario is stopped */
  until: (ms: number) => Promise<void>
  /** whether no iteration may start any more */
  over: () => boolean
  /** whether the run was ended before its time */
  stopped: () => boolean
  acquire: () => Vu | undefined
  release: (vu: Vu) => void
  /** runs one iteration */
  iterate: (vu: Vu) => Promise<void>
  /** makes one more VU */
  unplanned: () => Promise<Vu>
  /** counts an iteration for which none of so many was free */
  drop: (vus: number) => void
  /** ends the test: k6 would have had one more VU */
  short: () => void
}
