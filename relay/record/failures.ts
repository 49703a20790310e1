import type { RelayFailure } from '#node'
import type { RequestLine } from './line.ts'

/** So many sorts are told apart; what comes after them is counted together. */
const MOST_SORTS = 50
const MOST_WORDS = 300
const OTHERS = '(others)'

/** What failed so far, by kind, status and words. */
export interface Failures {
  add(line: RequestLine): void
  /** The most first. */
  list(): RelayFailure[]
}

/**
 * Counts failures that are alike: numbers and ids in the words (of a request, a time, a port) do not
 * tell two apart.
 */
export function createFailures(): Failures {
  const sorts = new Map<string, RelayFailure>()
  return {
    add({ error, status }) {
      if (error === undefined || error.kind === 'aborted') return
      const words = error.message.replace(/\s+/g, ' ').trim().slice(0, MOST_WORDS)
      const full = sorts.size >= MOST_SORTS
      const key = `${error.kind} ${status} ${alike(words)}`
      const known = sorts.get(key)
      if (known) known.count++
      else if (!full) sorts.set(key, { kind: error.kind, status, words, count: 1 })
      else {
        const rest = `${error.kind} ${status}`
        const others = sorts.get(rest) ?? { kind: error.kind, status, words: OTHERS, count: 0 }
        others.count++
        sorts.set(rest, others)
      }
    },
    list: () => [...sorts.values()].sort((a, b) => b.count - a.count),
  }
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
