import { parseDuration } from './duration.ts'
import { misuse, show } from './errors.ts'

/** Bounds of a number variable. */
export interface NumberBounds {
  /** Least allowed value. @default none */
  min?: number
  /** Largest allowed value. @default none */
  max?: number
  /** Only whole numbers. @default false */
  integer?: boolean
}

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
    const value = Number(text)
    if (!Number.isFinite(value) || outside(value, bounds)) {
      misuse(
        `${name}=${show(text)}: expected ${describe(bounds)}, like -e ${name}=${example(bounds)}`,
      )
    }
    return value
  },

  /** A duration such as `5m` or `90s`, in milliseconds. */
  duration(name: string, fallback?: number): number | undefined {
    const text = env.string(name)
    if (text === undefined) return fallback
    const value = parseDuration(text)
    if (value === undefined || value <= 0) {
      misuse(`${name}=${show(text)}: expected a duration with its unit, like -e ${name}=5m or 90s`)
    }
    return value
  },

  /** A share between 0 and 1, such as an error rate of 0.01 (1 %). */
  share(name: string, fallback?: number): number | undefined {
    return env.number(name, fallback, { min: 0, max: 1 })
  },

  /** `true` or `false`. */
  boolean(name: string, fallback?: boolean): boolean | undefined {
    const text = env.string(name)
    if (text === undefined) return fallback
    if (text !== 'true' && text !== 'false') {
      misuse(`${name}=${show(text)}: expected true or false, like -e ${name}=false`)
    }
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
  if (typeof value !== 'string' || !/^https?:\/\/[^\s/?#]+[^\s]*$/.test(value)) {
    const shown = show(typeof value === 'string' ? withoutSecrets(value) : value)
    misuse(
      `${name}: expected an address that begins with http:// or https://, got ${shown}; ` +
        'for example http://localhost:8000',
    )
  }
  return value.replace(/\/+$/, '')
}

/** An address for messages: without user and password, and without keys in its query. */
export function withoutSecrets(address: string): string {
  return address
    .replace(/^(\w+:\/\/)[^/?#]*@/, '$1')
    .replace(/([?&][^=&]*(?:key|token|secret|sig|pass)[^=&]*=)[^&#]*/gi, '$1…')
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

function outside(value: number, bounds: NumberBounds): boolean {
  return (
    (bounds.min !== undefined && value < bounds.min) ||
    (bounds.max !== undefined && value > bounds.max) ||
    (bounds.integer === true && value % 1 !== 0)
  )
}

function describe(bounds: NumberBounds): string {
  const kind = bounds.integer ? 'a whole number' : 'a number'
  if (bounds.min !== undefined && bounds.max !== undefined) {
    return `${kind} from ${bounds.min} to ${bounds.max}`
  }
  if (bounds.min !== undefined) return `${kind}, ${bounds.min} or more`
  return bounds.max !== undefined ? `${kind}, ${bounds.max} or less` : kind
}

function example(bounds: NumberBounds): number {
  if (bounds.max !== undefined && bounds.max <= 1) return 0.01
  return Math.max(bounds.min === undefined ? 0 : bounds.min, 10)
}
