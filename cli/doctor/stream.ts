import { createParser } from 'eventsource-parser'
import type { Exchange } from './request.ts'
import { readEvent } from './wire.ts'

/** What one streamed answer was like. Times are ms since the request was begun. */
export interface Streamed {
  events: number
  /** events with output */
  generated: number
  firstToken?: number
  lastToken?: number
  /** between two events with output */
  longestGap: number
  /** times at which something came in, closer ones than 0.5 ms taken together */
  arrivals: number
  /** all of 10 and more events came at once */
  buffered: boolean
  /** with a sign of the end */
  ended: boolean
  /** that came inside the stream */
  error?: string
  /** events that are no JSON */
  broken: number
  /** as the server counts */
  tokens?: number
  /** what came is a stream at all */
  stream: boolean
}

/**
 * Reads the pieces of an answer as a stream of events or rows, each with the time of the piece that
 * completed it.
 */
export function readStream(seen: Exchange, rows: boolean): Streamed {
  const events: { at: number; data: string }[] = []
  let at = 0
  const parser = rows
    ? rowParser((data) => events.push({ at, data }))
    : createParser({
        onEvent: ({ data }) => {
          if (data !== '') events.push({ at, data })
        },
      })
  for (const piece of seen.pieces) {
    at = piece.at
    parser.feed(piece.text)
  }
  parser.feed('\n\n') // an event that the end of the stream left open

  const read = events.map((event) => ({ ...readEvent(event.data), at: event.at }))
  const output = read.filter((event) => event.output)
  const [first] = output
  const last = output.at(-1)
  const gaps = output.slice(1).map((event, i) => event.at - (output[i] as { at: number }).at)
  const span = first && last ? last.at - first.at : 0
  const error = read.find((event) => event.error !== undefined)?.error
  const tokens = read.findLast((event) => event.tokens !== undefined)?.tokens
  return {
    events: events.length,
    generated: output.length,
    ...(first && last && { firstToken: first.at, lastToken: last.at }),
    longestGap: Math.max(0, ...gaps),
    arrivals: seen.arrivals.filter((one, i, all) => i === 0 || one.at - (all[i - 1]?.at ?? 0) > 0.5)
      .length,
    // The library's rule for llm_buffered.
    buffered: output.length >= 10 && span <= Math.max(5, seen.at.total * 0.01),
    ended: read.some((event) => event.end),
    ...(error !== undefined && { error }),
    broken: read.filter((event) => event.broken).length,
    ...(tokens !== undefined && { tokens }),
    stream: rows
      ? events.length > 0
      : /^(data|event|id|:|retry)/m.test(seen.body) && events.length > 0,
  }
}

function rowParser(onRow: (data: string) => void) {
  let rest = ''
  return {
    feed(text: string) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') onRow(line)
    },
  }
}
