import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Json, Recording } from './reply.ts'
import { parse } from './reply.ts'

/** A file that cannot be used; the message names the file, and the line where it has one. */
export class InputError extends Error {}

/**
 * What one line of a file is: a recording, a line of the script's own (`other`), a request that
 * was not seen streaming (`body`), or nothing (`blank`).
 */
type Line = Recording | 'other' | 'body' | 'blank'

/**
 * Reads the console output of k6 line by line.
 *
 * Taken are `{"recording": {…}}` and a bare recording, as `--log-format raw` writes them, and the
 * same inside the `msg` of k6's default (logfmt) and json formats.
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  let number = 0
  try {
    for await (const line of lines) {
      number++
      yield readLine(line, `${file}:${number}`)
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${file}: ${(error as Error).message}`)
  }
}

/** @param where for messages */
export function readLine(line: string, where: string): Line {
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
  return recording as Recording
}

/** The text that the script printed, out of the line that k6 made of it. */
function messageOf(line: string) {
  const quoted = /^time=.* msg=("(?:[^"\\]|\\.)*")/.exec(line)
  if (quoted) return unquote((quoted[1] as string).slice(1, -1))
  const message = line.startsWith('{') && !line.startsWith('{"recording"') && parse(line)?.msg
  return typeof message === 'string' ? message.trim() : line
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** Undoes Go's `%q`. */
function unquote(text: string) {
  return text.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.)/g, (_, code) =>
    code.length > 1
      ? String.fromCodePoint(Number.parseInt(code.slice(1), 16))
      : (ESCAPES[code] ?? code),
  )
}

function check(recording: Json, where: string) {
  for (const key of ['startedAt', 'endedAt', 'status']) {
    if (typeof recording[key] !== 'number') fail(key, 'a number', recording[key])
  }
  const { at, data } = recording
  if (!isListOf('string', data)) fail('data', 'a list of texts', data)
  if (!isListOf('number', at)) fail('at', 'a list of times', at)
  if (at.length !== data.length) {
    fail('at', `a time for each of the ${data.length} events`, `${at.length} times`)
  }

  function fail(key: string, expected: string, value: unknown): never {
    const shown = typeof value === 'string' ? value : JSON.stringify(value)?.slice(0, 60)
    throw new InputError(`${where}: recording.${key}: expected ${expected}, got ${shown}`)
  }
}

function isListOf(type: 'string' | 'number', value: unknown) {
  return Array.isArray(value) && value.every((item) => typeof item === type)
}
