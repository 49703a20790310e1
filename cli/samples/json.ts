/** Whether a value of JSON is an object: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value of JSON is an object of texts. */
export function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string')
}

/** A threshold of k6's JSON: a text, or an object that has it as `threshold`. */
export function expressionOf(threshold: unknown): string {
  return String(isObject(threshold) ? threshold.threshold : threshold)
}
