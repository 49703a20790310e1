const UNITS: { [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
  d: 864e5,
}
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/

/**
 * Reads a duration as k6 writes them.
 *
 * @param value a number of milliseconds, or a string with units such as `'90s'`, `'1m30s'`
 * @returns milliseconds, or `undefined` where the value is no duration
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (text === '0') return 0
  if (!WHOLE.test(text)) return undefined
  let total = 0
  text.replace(PART, (_all, amount: string, unit: string) => {
    total += Number(amount) * (UNITS[unit] as number)
    return ''
  })
  return total
}

/** Writes milliseconds as k6 reads them: whole seconds as `'90s'`, else `'1500ms'`. */
export function formatDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.round(ms)}ms`
}
