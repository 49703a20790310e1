import { parseDuration } from './duration.ts'
import { misuse, show, unknownName } from './errors.ts'
import { nearest } from './suggest.ts'

/** Ends the test for a key that no option has, so that a misspelt one is not silently ignored. */
export function checkKeys(what: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    misuse(`${what}: expected an object of options, got ${show(options)}`)
  }
  for (const key of Object.keys(options)) {
    if (known.indexOf(key) === -1) {
      unknownName(`${what}: unknown option ${show(key)}; expected`, key, known)
    }
  }
}

/**
 * A table of named things, of which a name that is nearly one of them ends the test: an undefined
 * preset would only be refused where it is used, without its name.
 */
export function namesOf<T extends object>(what: string, table: T): T {
  return new Proxy(table, {
    get(target, key) {
      if (typeof key === 'string' && !(key in target)) {
        const meant = nearest(key, Object.keys(target))
        if (meant !== undefined)
          misuse(`${what}.${key}: no such name; did you mean ${what}.${meant}?`)
      }
      return Reflect.get(target, key)
    },
  })
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
