import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Json, objectOf, parseJson } from '#node'
import { messageOf } from '../k6-log.ts'
import type { StreamRecording } from './reply.ts'

/** A file that cannot be used; the message names the file, and the line where it has one. */
export class InputError extends Error {}

/** A line that ends before its recording does. */
class CutOff extends InputError {}

/** How a recording begins in each format of the log. */
const CUT =
  /^(\{"(recording"|source":"stream")|(time=.* msg=|\{.*"msg":)"\{\\"(recording|source)\\")/

/**
 * What one line of a file is: a recording, a line of the script's own (`other`), a request that
 * was not seen streaming (`body`), or nothing (`blank`).
 */
type Line = StreamRecording | 'other' | 'body' | 'blank'

/**
 * Reads the console output of k6 line by line.
 *
 * Taken are `{"recording": {…}}` and a bare recording, as `--log-format raw` writes them, and the
 * same inside the `msg` of k6's default (logfmt) and json formats. The last line may be `cut`: k6
 * was stopped while it wrote it.
 */
export async function* readLines(file: string): AsyncGenerator<Line | 'cut'> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  let number = 0
  let cut: CutOff | undefined
  try {
    for await (const line of lines) {
      if (cut) throw cut
      number++
      let read: Line
      try {
        read = readLine(line, `${file}:${number}`)
      } catch (error) {
        if (!(error instanceof CutOff)) throw error
        cut = error
        continue
      }
      yield read
    }
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) throw error
    throw new InputError(`${file}: ${error.message}`)
  }
  if (cut) yield 'cut'
}

/** @param where for messages */
export function readLine(line: string, where: string): Line {
  const text = messageOf(line.trim())
  if (text === '') return 'blank'
  const json = parseJson(text)
  if (!json) {
    if (CUT.test(text)) {
      throw new CutOff(`${where}: a recording that is not whole JSON; was its line cut off?`)
    }
    return 'other'
  }
  const recording = json.recording === undefined ? json : objectOf(json.recording)
  if (recording.source === 'body') return 'body'
  if (recording.source !== 'stream') return 'other'
  check(recording, where)
  return recording
}

/** Throws for what would be read as something that was not recorded. */
function check(recording: Json, where: string): asserts recording is Json & StreamRecording {
  const { at, data, event, raw, rawAt, headers, error } = recording
  const fail = (key: string, expected: string, value: unknown): never => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value)?.slice(0, 60)
    throw new InputError(`${where}: recording.${key}: expected ${expected}, got ${shown}`)
  }
  for (const key of ['startedAt', 'endedAt', 'status']) {
    if (typeof recording[key] !== 'number') fail(key, 'a number', recording[key])
  }
  if (!isListOf('string', data)) return fail('data', 'a list of texts', data)
  if (!isListOf('number', at)) return fail('at', 'a list of times', at)
  if (at.length !== data.length) {
    fail('at', `a time for each of the ${data.length} events`, `${at.length} times`)
  }
  for (const [key, texts] of Object.entries({ event, raw })) {
    if (texts !== undefined && !isListOf('string', texts)) fail(key, 'a list of texts', texts)
  }
  if (rawAt !== undefined && !isListOf('number', rawAt)) fail('rawAt', 'a list of times', rawAt)
  if (error !== undefined && typeof objectOf(error).kind !== 'string') {
    fail('error', 'an object with a kind', error)
  }
  if (headers === undefined) recording.headers = {}
}

function isListOf(type: 'string', value: unknown): value is string[]
function isListOf(type: 'number', value: unknown): value is number[]
function isListOf(type: string, value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type)
}
