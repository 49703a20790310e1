/** Samples in a row that one k6 wrote: a file, or a part of one. */
export interface Part {
  file: string
  /** where it begins, from 1 on */
  line: number
  /** of its samples, ms since 1970; the first after the last where it has none */
  first: number
  last: number
}

export const emptyPart = (): Part => ({
  file: '',
  line: 1,
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
})

/** No k6 is silent for so long, ms: it samples its users every second. */
export const SILENCE = 60_000
/** Of a second run in one file, ms: times of CSV are whole seconds. */
const APART = 1000

/**
 * The runs that parts are of, in the order of time. Parts that overlap are instances of one run.
 * One that begins after all before it have ended is another run: within a file at once, since a k6
 * begins its file anew; of files that were named as one run, after a minute.
 */
export function runsOf(parts: Part[]): Part[][] {
  const runs: Part[][] = []
  let end = Number.NEGATIVE_INFINITY
  const filled = parts.filter(({ first, last }) => first <= last)
  for (const part of filled.sort((a, b) => a.first - b.first)) {
    const sameFile = runs.at(-1)?.at(-1)?.file === part.file
    if (part.first > end + (sameFile ? APART : SILENCE)) runs.push([])
    runs.at(-1)?.push(part)
    end = Math.max(end, part.last)
  }
  return runs
}

/** In words: how many runs, where each begins and when. */
export function aboutRuns(runs: Part[][]): string {
  const list = runs.map((parts, i) => {
    const [first] = parts
    const end = Math.max(...parts.map(({ last }) => last))
    const where = first ? `${first.file} line ${first.line}` : ''
    return `${i + 1} from ${where} (${timeOf(first?.first ?? end)} to ${timeOf(end)} UTC)`
  })
  return `${runs.length === 1 ? '1 run' : `${runs.length} runs`}: ${list.join(', ')}`
}

const timeOf = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
