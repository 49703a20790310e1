/** OLLAMA_KEEP_ALIVE */
const KEEP_ALIVE_MS = 5 * 60_000
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Seconds, or Go's way of writing a duration; a negative one is without end. */
export function toKeepMs(keepAlive: unknown) {
  const [, digits = '', unit = 's'] = /^(-?[\d.]+)(ms|s|m|h)?$/.exec(String(keepAlive)) ?? []
  if (digits === '') return KEEP_ALIVE_MS
  const ms = Number(digits) * (UNITS[unit] ?? 1000)
  return ms < 0 ? Infinity : ms
}
