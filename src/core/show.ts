/** Writes a value into a message: strings quoted, long ones cut at 80 characters. */
export function show(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function') return 'a function'
  let text: string
  try {
    text = JSON.stringify(value)
  } catch (_circular) {
    text = String(value)
  }
  if (text === undefined) text = String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
