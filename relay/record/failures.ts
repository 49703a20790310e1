import type { RelayFailure } from '#node'
import type { RequestLine } from './line.ts'

/** So many sorts are told apart; what comes after them is counted together. */
const MOST_SORTS = 50
const MOST_WORDS = 300
const OTHERS = '(others)'

/** Starts of a run that two of its requests tell differ by this, ms: clocks, and the way here. */
const SAME_RUN = 2000
/** A summary is made so long after the end at most, ms. */
const NEAR = 3000
/** Runs that are remembered: a relay may serve one after the other. */
const MOST_RUNS = 8

/** What failed so far, by kind, status and words, of each run that the relay serves. */
export interface Failures {
  /** @param began when its run began, ms since the epoch */
  add(line: Pick<RequestLine, 'error' | 'status'>, began: number): void
  /** Of the run that began about then, the most first. */
  list(began: number): RelayFailure[]
}

/**
 * Counts failures that are alike: numbers and ids in the words (of a request, a time, a port) do not
 * tell two apart.
 */
export function createFailures(): Failures {
  const runs: { began: number; sorts: Map<string, RelayFailure> }[] = []
  return {
    add({ error, status }, began) {
      if (error === undefined || error.kind === 'aborted') return
      let run = runs.find((one) => Math.abs(one.began - began) < SAME_RUN)
      if (run === undefined) {
        run = { began, sorts: new Map() }
        runs.push(run)
        if (runs.length > MOST_RUNS) runs.shift()
      }
      const { sorts } = run
      const { kind } = error
      const words = error.message.replace(/\s+/g, ' ').trim().slice(0, MOST_WORDS)
      const key = `${kind} ${status} ${alike(words)}`
      const sort =
        sorts.get(key) ??
        (sorts.size < MOST_SORTS
          ? put(sorts, key, { kind, status, words, count: 0 })
          : (sorts.get(`${kind} ${status}`) ??
            put(sorts, `${kind} ${status}`, { kind, status, words: OTHERS, count: 0 })))
      sort.count++
    },
    list(began) {
      const distance = (run: { began: number }) => Math.abs(run.began - began)
      const [nearest] = [...runs].sort((a, b) => distance(a) - distance(b))
      if (nearest === undefined || distance(nearest) > NEAR) return []
      return [...nearest.sorts.values()].sort((a, b) => b.count - a.count)
    },
  }
}

function put(sorts: Map<string, RelayFailure>, key: string, failure: RelayFailure): RelayFailure {
  sorts.set(key, failure)
  return failure
}

/** Counts of several processes together. */
export function mergeFailures(lists: RelayFailure[][]): RelayFailure[] {
  const sorts = new Map<string, RelayFailure>()
  for (const failure of lists.flat()) {
    const key = `${failure.kind} ${failure.status} ${alike(failure.words)}`
    const known = sorts.get(key)
    if (known) known.count += failure.count
    else sorts.set(key, { ...failure })
  }
  return [...sorts.values()].sort((a, b) => b.count - a.count)
}

function alike(words: string): string {
  return words.replace(/[0-9a-f]{8,}|[-\w]*\d[-\w]*/gi, '#')
}
