import { parseDuration } from './duration.ts'
import { misuse, show } from './errors.ts'

/** Ends the test for a key that no option has, so that a misspelt one is not silently ignored. */
export function checkKeys(what: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    misuse(`${what}: expected an object of options, got ${show(options)}`)
  }
  for (const key of Object.keys(options)) {
    if (known.indexOf(key) === -1) {
      misuse(`${what}: unknown option ${show(key)}; expected ${known.join(', ')}`)
    }
  }
}

/** A positive duration in ms, from a number of ms or a string such as `'120s'`. */
export function durationOption(what: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  const ms = parseDuration(value)
  if (ms === undefined || ms <= 0) {
    misuse(`${what}: expected milliseconds or a duration such as '120s', got ${show(value)}`)
  }
  return ms
}

/** A value, or a function that is asked for it at each request. */
export type Lazy<T> = T | (() => T)

/** The present value of a {@link Lazy}. */
export function resolve<T>(value: Lazy<T>): T {
  return typeof value === 'function' ? (value as () => T)() : value
}
