import { parseDuration } from './duration.ts'
import { misuse, show } from './errors.ts'
import {
  type NumberBounds,
  withoutSecrets,
  wrongBoolean,
  wrongDuration,
  wrongNumber,
  wrongUrl,
} from './values.ts'

export type { NumberBounds } from './values.ts'
export { withoutSecrets } from './values.ts'

type Source = { readonly [name: string]: string | undefined }

/**
 * Typed reader of k6's environment variables (`k6 run -e NAME=value`).
 *
 * A variable that is unset or empty gives the fallback. One that cannot be read ends the test:
 * at init by throwing, in VU code by aborting, with the value, what was expected and the fix.
 * The same reader works at init and at the request, where a scenario's own `env` is seen.
 */
export const env = {
  /** The text of a variable. */
  string(name: string, fallback?: string): string | undefined {
    const value = source()[name]
    return value === undefined || value.trim() === '' ? fallback : value.trim()
  },

  /** A number, within bounds. */
  number(name: string, fallback?: number, bounds: NumberBounds = {}): number | undefined {
    const text = env.string(name)
    if (text === undefined) return fallback
    accept(wrongNumber(name, text, bounds))
    return Number(text)
  },

  /** A duration such as `5m` or `90s`, in milliseconds. */
  duration(name: string, fallback?: number): number | undefined {
    const text = env.string(name)
    if (text === undefined) return fallback
    accept(wrongDuration(name, text))
    return parseDuration(text)
  },

  /** A share between 0 and 1, such as an error rate of 0.01 (1 %). */
  share(name: string, fallback?: number): number | undefined {
    return env.number(name, fallback, { min: 0, max: 1 })
  },

  /** `true` or `false`. */
  boolean(name: string, fallback?: boolean): boolean | undefined {
    const text = env.string(name)
    if (text === undefined) return fallback
    accept(wrongBoolean(name, text))
    return text === 'true'
  },

  /** Names with commas between, or a JSON list where a name has commas itself. */
  list(name: string): string[] | undefined {
    const text = env.string(name)
    if (text === undefined) return undefined
    let list: unknown = text.split(',').map((item) => item.trim())
    if (text.charAt(0) === '[') {
      try {
        list = JSON.parse(text)
      } catch (_notJson) {
        list = []
      }
    }
    const names = list as unknown[]
    if (names.length === 0 || names.some((item) => typeof item !== 'string' || item === '')) {
      misuse(`${name}=${show(text)}: expected names, like -e ${name}=a,b or '["a","b"]'`)
    }
    return names as string[]
  },

  /** An http or https address without a trailing slash. */
  url(name: string, fallback?: string): string | undefined {
    const text = env.string(name)
    return text === undefined ? fallback : checkUrl(name, text)
  },

  /** The server's address: `API_BASE_URL`, which wins over `BASE_URL`. */
  baseUrl(fallback?: string): string | undefined {
    const value = baseUrlFromEnv()
    return value === undefined ? fallback : value
  },
}

/** `API_BASE_URL`, else `BASE_URL`. Read anew at each call: a scenario's own `env` counts. */
export function baseUrlFromEnv(): string | undefined {
  return preferred('API_BASE_URL', 'BASE_URL', (name) => env.url(name))
}

/** `ERROR_RATE_THRESHOLD`, else the older `ERROR_THRESHOLD`: a share of 0 to 1. */
export function errorRateFromEnv(): number | undefined {
  return preferred('ERROR_RATE_THRESHOLD', 'ERROR_THRESHOLD', (name) => env.share(name))
}

/** Checks an address and drops its trailing slashes. */
export function checkUrl(name: string, value: unknown): string {
  accept(wrongUrl(name, value))
  return (value as string).replace(/\/+$/, '')
}

/** The first variable where both are set; a warning says so when they differ. */
function preferred<T>(first: string, second: string, read: (name: string) => T): T {
  const a = read(first)
  const b = read(second)
  if (a !== undefined && b !== undefined && a !== b) {
    const shown = (value: T) => show(typeof value === 'string' ? withoutSecrets(value) : value)
    warnOnce(`${first}=${shown(a)} and ${second}=${shown(b)} differ: ${first} is used`)
  }
  return a === undefined ? b : a
}

const warned: { [text: string]: true } = {}

/**
 * Writes a warning once in a run, from the first VU: init runs in every VU, and four more times
 * for k6's own (options, setup, teardown, handleSummary).
 */
export function warnOnce(text: string): void {
  if (warned[text]) return
  warned[text] = true
  if (typeof __VU === 'undefined' || __VU === 1) console.warn(`k6-llm: ${text}`)
}

function source(): Source {
  return typeof __ENV === 'undefined' ? {} : __ENV
}

function accept(wrong: string | undefined): void {
  if (wrong !== undefined) misuse(wrong)
}
