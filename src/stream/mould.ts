/**
 * What an ordinary event of a stream looks like around its words. A server writes thousands of
 * events that differ in one string; read in full, each costs 10 us in k6's engine, most of what
 * a stream costs.
 */
export interface Mould {
  /** Everything up to the words: `{"id":"…","choices":[{"index":0,"delta":{"content":"`. */
  before: string
  /** Everything after them: `"},"logprobs":null,"finish_reason":null}]}`. */
  after: string
  /** The words are reasoning. */
  reasoning: boolean
}

/**
 * Learns the mould of an event that was read in full and did nothing but add these words.
 *
 * In JSON a quote inside a string is escaped, so `"content":"` unescaped is a key with a string
 * as its value, wherever it stands; where it stands once, those are likely the words (`holds` in
 * interpret.ts makes it certain).
 *
 * @param keys how the words' key may be written, such as `"content":"`
 * @returns `undefined` where it is not certain which part of the event the words are
 */
export function learnMould(
  event: string,
  words: string,
  keys: string[],
  reasoning: boolean,
): Mould | undefined {
  for (const key of keys) {
    const at = event.indexOf(key)
    if (at === -1) continue
    const start = at + key.length
    const end = start + words.length
    if (event.indexOf(key, start) !== -1) return undefined
    if (!isPlain(words) || event.slice(start, end) !== words || event[end] !== '"') continue
    return { before: event.slice(0, start), after: event.slice(end), reasoning }
  }
  return undefined
}

/**
 * The words of an event that is the mould with other words in it.
 *
 * @returns `undefined` where it is anything else, or says nothing
 */
export function castIn(mould: Mould, event: string): string | undefined {
  if (!event.startsWith(mould.before) || !event.endsWith(mould.after)) return undefined
  const words = event.slice(mould.before.length, event.length - mould.after.length)
  if (isPlain(words)) return words
  // With escapes in them they are read as the JSON string that they are, which takes a tenth of
  // reading the event. A quote that ends the string early makes it none.
  if (words.indexOf('\\') === -1) return undefined
  try {
    return JSON.parse(`"${words}"`) as string
  } catch (_noString) {
    return undefined
  }
}

/** Text that stands in JSON as it is. Control characters are not allowed there. */
function isPlain(words: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has no control characters
  return words !== '' && !/["\\\u0000-\u001f]/.test(words)
}
