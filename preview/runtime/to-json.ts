import { GoError } from '../errors.ts'

/**
 * What `setup` returned, as JSON by k6's rules: `undefined` becomes null, a date loses its zero
 * milliseconds, a number that JSON has not is an error.
 */
export function toJson(value: unknown): string | undefined {
  return JSON.stringify(value, function (key, item) {
    const own = this[key]
    if (own instanceof Date) return own.toISOString().replace(/(?:\.000|(\.\d*[1-9])0*)Z$/, '$1Z')
    if (typeof item === 'number' && !Number.isFinite(item)) {
      const name = Number.isNaN(item) ? 'NaN' : item > 0 ? '+Inf' : '-Inf'
      throw new GoError(`error marshaling setup() data to JSON: json: unsupported value: ${name}`)
    }
    return item === undefined && key !== '' ? null : item
  })
}
