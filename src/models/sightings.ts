import { show } from '../core/errors.ts'
import type { StatusResult } from './switch-result.ts'

/** What was seen while a switch was awaited, so that a failure can say it. */
export interface Sightings {
  add(seen: StatusResult): void
  /** A load was seen under way. */
  loading: boolean
  /** `12 looks in 6.1 s: ready with "a" ×12; its last words: "…"` */
  tell(elapsed: number, said: string): string
}

export function createSightings(): Sightings {
  const counts: { [what: string]: number } = {}
  let looks = 0
  let words = ''
  return {
    loading: false,
    add(seen) {
      const what = wordsOf(seen)
      looks++
      counts[what] = (counts[what] || 0) + 1
      if (seen.ok) words = seen.message
      if (seen.ok && seen.state === 'loading') this.loading = true
    },
    tell(elapsed, said) {
      const seen = Object.keys(counts).map((what) => `${what} ×${counts[what]}`)
      const last = words === '' || said === words ? '' : `; its last words: ${show(words)}`
      return `${looks} looks in ${(elapsed / 1000).toFixed(1)} s: ${seen.join(', ')}${last}`
    },
  }
}

function wordsOf({ ok, error, state, loaded, current }: StatusResult): string {
  if (!ok) return `no status (${error ? error.message : 'no answer'})`
  const models = loaded.length > 0 ? loaded : current === null ? [] : [current]
  if (state === 'ready') return `ready with ${models.map(show).join(' and ')}`
  return models.length > 0 && state !== 'loading' ? `${state}, ${models.map(show)}` : state
}
