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
 * casting.ts makes it certain).
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

/** The text that these words of JSON are; `undefined` where they are empty, or no string. */
function unescaped(words: string): string | undefined {
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

/** Events in a row that are all cast in one mould. */
export interface Run {
  /** How many there are, from the one that was asked for on; 0 is none. */
  count: number
  /** The words of all of them. */
  words: string
}

const NO_RUN: Run = { count: 0, words: '' }

/**
 * The words of the events from `from` on, as far as they are the mould with words in it and at
 * most to before `to`. Slices that are compared are the quickest way of k6's engine to look at both
 * ends of an event (0.6 us; `startsWith` and `endsWith` 1.0, since they go character by character;
 * all events joined and compared 1.3 to 2.6), and words are quickest read all at once.
 */
export function castRun(mould: Mould, data: string[], from: number, to: number): Run {
  const { before, after } = mould
  const start = before.length
  const end = -after.length
  const words: string[] = []
  for (let i = from; i < to; i++) {
    const event = data[i] as string
    if (event.slice(0, start) !== before || event.slice(end) !== after) break
    const word = event.slice(start, end)
    if (word === '') break
    words[i - from] = word
  }
  if (words.length === 0) return NO_RUN
  const text = unescapedAll(words)
  if (text !== undefined) return { count: words.length, words: text }
  // One of them is something else.
  const pieces: string[] = []
  for (const word of words) {
    const piece = unescaped(word)
    if (piece === undefined) break
    pieces.push(piece)
  }
  return { count: pieces.length, words: pieces.join('') }
}

/** The texts that these words of JSON are, as one; `undefined` where one is no string. */
function unescapedAll(words: string[]): string | undefined {
  const all = words.join('')
  try {
    // An escape that two events share would be none: a space cannot be within one.
    if (all.indexOf('\\') !== -1) JSON.parse(`"${words.join(' ')}"`)
    return JSON.parse(`"${all}"`) as string
  } catch (_noStrings) {
    return undefined
  }
}

/** Text that stands in JSON as it is. Control characters are not allowed there. */
function isPlain(words: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has no control characters
  return words !== '' && !/["\\\u0000-\u001f]/.test(words)
}
