/** A JSON object as a server sends it: nothing about it is certain. */
export type Json = { [key: string]: unknown }

const NO_FIELDS: Json = {}
const NO_ITEMS: unknown[] = []

/** An object (or array) as it is; anything else as one without fields. */
export function objectOf(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : NO_FIELDS
}

/** A list as it is; anything else as an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : NO_ITEMS
}

/** A string as it is; anything else, null and absent too, as `''`. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A count: a whole number from 0 on. JSON's `1e999` is Infinity, which would spoil a Trend. */
export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/**
 * Reads an object or array; `undefined` for any other text, and for one that opens a million
 * brackets: nested 4 million deep it ends the whole process of k6 (stack overflow in Go).
 */
export function parseJson(text: string): Json | undefined {
  if (text.length > 1e6 && text.split('[').length + text.split('{').length > 1e6) return undefined
  try {
    return asJson(JSON.parse(text))
  } catch (_notJson) {
    // k6's engine refuses what other parsers make Infinity of.
    const tamed = text.replace(TOO_LARGE, '$1null')
    return tamed === text ? undefined : parseJson(tamed)
  }
}

/** A number that no float holds, as a value of its own. */
const TOO_LARGE = /([:,[]\s*)-?\d+(?:\.\d+)?[eE]\+?\d{3,}(?=\s*[,\]}])/g

function asJson(value: unknown): Json | undefined {
  return value !== null && typeof value === 'object' ? (value as Json) : undefined
}

/**
 * Writes a value that came from a server. What is nested deeper than 50 is left out: writing it
 * is quadratic in k6's engine (14 s for 100,000 levels) and overflows Node's stack.
 */
export function writeJson(value: unknown): string {
  return JSON.stringify(prune(value, 50)) || ''
}

function prune(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object') return value
  if (depth === 0) return '...'
  if (Array.isArray(value)) return value.map((item) => prune(item, depth - 1))
  const copy: Json = {}
  for (const key of Object.keys(value)) copy[key] = prune((value as Json)[key], depth - 1)
  return copy
}
