import { type Json, parseJson } from '../json.ts'
import type { Recording } from '../recording.ts'
import { createParser, type StreamError, tooLong } from '../sse.ts'

/** What came back, cut into the parts that a dialect reads one by one. */
export interface Rows {
  /** Of each event its data; of a body with one JSON object a line, each line. */
  data: string[]
  /** The events' names, where they have some. */
  names: string[]
  /** Lines that the SSE standard ignores: old llama.cpp and llama-swap write errors there. */
  unknown: string[]
  /** The one JSON value that the body is, instead of rows. */
  whole?: Json
  /** Arrival of each row, where it is not `Recording.at`. */
  at?: number[]
  /** Bytes of an unfinished event or row remained at the end. */
  unterminated: boolean
  error?: StreamError
}

/**
 * Cuts a body into rows. The body decides what it is, never its content type: vLLM behind a
 * gateway comes as `text/plain`. It is JSON where it begins as JSON: one value, or one on each
 * line; everything else is an event stream, or nothing at all.
 */
export function rowsOfBody(body: string, limit: number): Rows {
  let start = 0
  while (start < body.length && isBlank(body.charCodeAt(start))) start++
  const opening = body[start]
  if (opening !== '{' && opening !== '[') return rowsOfEvents(body, limit)
  const whole = body.length > limit ? undefined : parseJson(start === 0 ? body : body.slice(start))
  if (whole !== undefined) return rowsOfLines([body.slice(start)], undefined, false, limit, whole)
  // An error in JSON before or among events, as llama-swap writes it.
  if (/[\r\n]data:/.test(body)) return rowsOfEvents(body, limit)
  return rowsOfLines(body.slice(start).split('\n'), undefined, true, limit)
}

/** Cuts a recording into rows: its events, else the lines that were none. */
export function rowsOfRecording(recording: Recording, limit: number): Rows {
  if (recording.source !== 'stream') return rowsOfBody(recording.body || '', limit)
  const data = recording.data || []
  const unknown = recording.raw || []
  if (data.length === 0 && unknown.length > 0) {
    // `k6/x/sse` gives every line of such a body, with its time, once its LF is there.
    const text = `${unknown.join('\n')}\n`
    const rows = rowsOfBody(text, limit)
    if (rows.whole) rows.at = (recording.rawAt || []).slice(-1)
    else if (rows.data.length > 0) {
      return rowsOfLines(unknown, recording.rawAt || [], false, limit)
    }
    return rows
  }
  const rows: Rows = { data, names: recording.event || [], unknown, unterminated: false }
  for (let i = 0; i < data.length; i++) {
    if ((data[i] as string).length <= limit) continue
    rows.data = data.slice(0, i)
    rows.error = tooLong(limit)
    break
  }
  return rows
}

function rowsOfEvents(body: string, limit: number): Rows {
  const rows: Rows = { data: [], names: [], unknown: [], unterminated: false }
  const parser = createParser({
    onEvent(event) {
      rows.data.push(event.data)
      rows.names.push(event.event)
    },
    onUnknownLine: (line) => rows.unknown.push(line),
    onError(error) {
      rows.error = error
    },
    maxBufferSize: limit,
  })
  parser.feed(body)
  rows.unterminated = parser.end()
  return rows
}

/**
 * One JSON object a line: Ollama.
 *
 * @param open the last line has no LF after it: it counts if it is whole, and is a rest if not
 */
function rowsOfLines(
  lines: string[],
  at: number[] | undefined,
  open: boolean,
  limit: number,
  whole?: Json,
): Rows {
  const rows: Rows = { data: [], names: [], unknown: [], unterminated: false }
  if (whole) rows.whole = whole
  if (at) rows.at = []
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] as string).trim()
    if (line === '') continue
    if (line.length > limit) {
      rows.error = tooLong(limit)
      break
    }
    if (open && i === lines.length - 1 && parseJson(line) === undefined) {
      rows.unterminated = true
      break
    }
    rows.data.push(line)
    const arrived = at?.[i]
    if (rows.at && arrived !== undefined) rows.at.push(arrived)
  }
  return rows
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9 || code === 0xfeff
}
