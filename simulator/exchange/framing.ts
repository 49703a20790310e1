// The framings that several servers share.

/** The sentinel of OpenAI and of all who speak like it. */
export const DONE = 'data: [DONE]\n\n'

export function sse(value: unknown) {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** An event whose name repeats its JSON's `type`. */
export function namedSse(value: { type: string; [field: string]: unknown }) {
  return `event: ${value.type}\n${sse(value)}`
}

/** JSON as Python's json.dumps writes it, with a space after each colon and comma. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(
    ([name, inner]) => `${JSON.stringify(name)}: ${pythonJson(inner)}`,
  )
  return `{${pairs.join(', ')}}`
}
