import { enough, leastIterations, VALIDITY_LIMITS } from '../workload/validity.ts'

/** What a step got in its measured part. */
export interface StepLoad {
  kind: 'rate' | 'users' | 'other'
  /** Requests per second, or users. */
  load: number
  /** Requests that ended. */
  requests: number
  /** Iterations that found no free user. */
  dropped: number
  /** Length of the measured part, ms. */
  window: number
}

/**
 * Whether the load that was meant was there: 95 % of what its rate asks for was sent and answered,
 * and no more than 1 % was dropped; one request more or less is no loss. Users ask for no number.
 */
export function loadWasThere({ kind, load, requests, dropped, window }: StepLoad): boolean {
  const least = leastIterations(requests + dropped, VALIDITY_LIMITS.dropped.invalid)
  if (dropped > 0 && requests < least) return false
  return kind !== 'rate' || requests >= enough(load, window)
}

/** The answer of a sweep. */
export interface HighestLoad {
  /** Absent: the lowest load does not pass. */
  highest?: number
  /** The lowest load that does not pass; absent: all do. */
  lowestMissed?: number
  /** Loads above that one which pass: they do not count. */
  passedAbove: number[]
}

/**
 * The highest load that passed: it and every lower load that ran. A service that cannot bear 10
 * requests/s bears no 15: a pass above a miss is luck, a short step or a cache that had got warm,
 * and who plans by it plans for an outage. It is told, not counted (docs/workloads.md).
 *
 * @param steps in any order; a load that ran more than once passes where each of its steps does
 */
export function highestLoad(steps: readonly { load: number; passed: boolean }[]): HighestLoad {
  const missed = steps.filter((step) => !step.passed).map((step) => step.load)
  const passed = steps
    .map((step) => step.load)
    .filter((load, i, all) => missed.indexOf(load) < 0 && all.indexOf(load) === i)
    .sort((a, b) => a - b)
  const lowestMissed = Math.min(...missed) // Infinity where none was
  const counted = passed.filter((load) => load < lowestMissed)
  const answer: HighestLoad = { passedAbove: passed.slice(counted.length) }
  if (counted.length > 0) answer.highest = Math.max(...counted)
  if (missed.length > 0) answer.lowestMissed = lowestMissed
  return answer
}
