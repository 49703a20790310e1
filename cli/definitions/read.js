import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parse } from './reply.js'

/** @import { Json, Recording } from './reply.js' */

/** A file that cannot be used; the message names the file, and the line where it has one. */
export class InputError extends Error {}

/**
 * What one line of a file is: a recording, a line of the script's own (`other`), a request that
 * was not seen streaming (`body`), or nothing (`blank`).
 * @typedef {Recording | 'other' | 'body' | 'blank'} Line
 */

/**
 * Reads the console output of k6 line by line.
 *
 * Taken are `{"recording": {…}}` and a bare recording, as `--log-format raw` writes them, and the
 * same inside the `msg` of k6's default (logfmt) and json formats.
 *
 * @param {string} file
 * @returns {AsyncGenerator<Line>}
 */
export async function* readLines(file) {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  let number = 0
  try {
    for await (const line of lines) {
      number++
      yield readLine(line, `${file}:${number}`)
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${file}: ${/** @type {Error} */ (error).message}`)
  }
}

/**
 * @param {string} line
 * @param {string} where for messages
 * @returns {Line}
 */
export function readLine(line, where) {
  const text = messageOf(line.trim())
  if (text === '') return 'blank'
  const json = parse(text)
  if (!json) {
    if (/^\{"(recording"|source":"stream")/.test(text)) {
      throw new InputError(`${where}: a recording that is not whole JSON; was its line cut off?`)
    }
    return 'other'
  }
  const recording = json.recording ?? json
  if (recording.source === 'body') return 'body'
  if (recording.source !== 'stream') return 'other'
  check(recording, where)
  return /** @type {Recording} */ (recording)
}

/**
 * The text that the script printed, out of the line that k6 made of it.
 * @param {string} line
 */
function messageOf(line) {
  const quoted = /^time=.* msg=("(?:[^"\\]|\\.)*")/.exec(line)
  if (quoted) return unquote(/** @type {string} */ (quoted[1]).slice(1, -1))
  const message = line.startsWith('{') && !line.startsWith('{"recording"') && parse(line)?.msg
  return typeof message === 'string' ? message.trim() : line
}

/** @type {Record<string, string>} */
const ESCAPES = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' }

/**
 * Undoes Go's `%q`.
 * @param {string} text
 */
function unquote(text) {
  return text.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.)/g, (_, code) =>
    code.length > 1
      ? String.fromCodePoint(Number.parseInt(code.slice(1), 16))
      : (ESCAPES[code] ?? code),
  )
}

/**
 * @param {Json} recording
 * @param {string} where
 */
function check(recording, where) {
  for (const key of ['startedAt', 'endedAt', 'status']) {
    if (typeof recording[key] !== 'number') fail(key, 'a number', recording[key])
  }
  const { at, data } = recording
  if (!isListOf('string', data)) fail('data', 'a list of texts', data)
  if (!isListOf('number', at)) fail('at', 'a list of times', at)
  if (at.length !== data.length) {
    fail('at', `a time for each of the ${data.length} events`, `${at.length} times`)
  }

  /**
   * @param {string} key
   * @param {string} expected
   * @param {unknown} value
   * @returns {never}
   */
  function fail(key, expected, value) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value)?.slice(0, 60)
    throw new InputError(`${where}: recording.${key}: expected ${expected}, got ${shown}`)
  }
}

/**
 * @param {'string' | 'number'} type
 * @param {unknown} value
 */
function isListOf(type, value) {
  return Array.isArray(value) && value.every((item) => typeof item === type)
}
