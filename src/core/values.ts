import { parseDuration } from './duration.ts'
import { show } from './show.ts'

// What is wrong with the text of a variable, in one line; `undefined` where nothing is. Pure, so that
// the command finds it before k6 starts.

/** Bounds of a number variable. */
export interface NumberBounds {
  /** Least allowed value. @default none */
  min?: number
  /** Largest allowed value. @default none */
  max?: number
  /** Only whole numbers. @default false */
  integer?: boolean
}

export function wrongNumber(
  name: string,
  text: string,
  bounds: NumberBounds = {},
): string | undefined {
  const value = Number(text)
  if (Number.isFinite(value) && !outside(value, bounds)) return undefined
  return `${name}=${show(text)}: expected ${describe(bounds)}, like -e ${name}=${example(bounds)}`
}

export function wrongDuration(name: string, text: string): string | undefined {
  const value = parseDuration(text)
  if (value !== undefined && value > 0) return undefined
  return `${name}=${show(text)}: expected a duration with its unit, like -e ${name}=5m or 90s`
}

export function wrongBoolean(name: string, text: string): string | undefined {
  if (text === 'true' || text === 'false') return undefined
  return `${name}=${show(text)}: expected true or false, like -e ${name}=false`
}

export function wrongUrl(name: string, value: unknown): string | undefined {
  if (typeof value === 'string' && /^https?:\/\/[^\s/?#]+[^\s]*$/.test(value)) return undefined
  const shown = show(typeof value === 'string' ? withoutSecrets(value) : value)
  return (
    `${name}: expected an address that begins with http:// or https://, got ${shown}; ` +
    'for example http://localhost:8000'
  )
}

/** An address for messages: without user and password, and without keys in its query. */
export function withoutSecrets(address: string): string {
  return address
    .replace(/^(\w+:\/\/)[^/?#]*@/, '$1')
    .replace(/([?&][^=&]*(?:key|token|secret|sig|pass)[^=&]*=)[^&#]*/gi, '$1…')
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
