// What a script hands over is unknown: these read it.

/** Whether a value has fields: an object or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object'
}

/** The fields of an object; none where it is no object. */
export const fieldsOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

/** The fields as texts. */
export function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).map(([name, inner]) => [name, String(inner)]),
  )
}

/** A number, or what stands for none given. */
export const numberOr = (value: unknown, fallback: number): number =>
  value === undefined || value === null ? fallback : Number(value)

/** The text of what was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
