import { show } from './show.ts'

/**
 * What is said of a name that there is none of.
 *
 * @example noneOf('api', 'openai-caht', APIS)
 *   // api: expected one of openai-chat, …, got "openai-caht"; did you mean openai-chat?
 */
export function noneOf(what: string, given: unknown, known: readonly string[]): string {
  return `${what}: expected one of ${known.join(', ')}, got ${show(given)}${didYouMean(given, known)}`
}

/** `; did you mean NAME?` where known names begin so or one is near, else nothing. */
export function didYouMean(given: unknown, known: readonly string[]): string {
  const begun = String(given).trim().toLowerCase()
  const names = known.filter((name) => name.toLowerCase().indexOf(begun) === 0)
  const near = nearest(given, known)
  // Of two letters, or where half of the names begin so, it is no beginning.
  const meant =
    begun.length > 2 && names.length > 0 && names.length < 4 ? names : near ? [near] : []
  return meant.length === 0 ? '' : `; did you mean ${meant.join(' or ')}?`
}

/** The known name that is least far from what was written; `undefined` where none is near. */
export function nearest(given: unknown, known: readonly string[]): string | undefined {
  if (typeof given !== 'string') return undefined
  const written = given.trim().toLowerCase()
  // One slip in three letters: more is another word.
  let least = Math.min(3, Math.floor(written.length / 3)) + 1
  let found: string | undefined
  for (const name of known) {
    const far = slips(written, name.toLowerCase())
    if (far < least) {
      least = far
      found = name
    }
  }
  return found
}

/** Letters that are wrong, missing, too many, or two that changed places. */
function slips(a: string, b: string): number {
  let before: number[] = []
  let above: number[] = []
  let row: number[] = []
  for (let j = 0; j <= b.length; j++) row.push(j)
  for (let i = 1; i <= a.length; i++) {
    before = above
    above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a.charAt(i - 1) === b.charAt(j - 1)
      let least = Math.min(
        (above[j - 1] as number) + (same ? 0 : 1),
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
      )
      const swapped =
        i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1)
      if (swapped) least = Math.min(least, (before[j - 2] as number) + 1)
      row.push(least)
    }
  }
  return row[b.length] as number
}
