import {
  type Api,
  type ChatResult,
  createParser,
  interpretStream,
  parseJson,
  type Recording,
  type StreamOutcome,
  toResult,
} from '#node'
import { kindOf } from './connection.ts'
import type { Exchange } from './request.ts'

/** What one streamed answer was like, as a script would be told. */
export interface Streamed {
  seen: Exchange
  /** what it said, its error too */
  outcome: StreamOutcome
  /** what came of it, with its times */
  result: ChatResult
  /** times at which something came in, closer ones than 0.5 ms taken together */
  arrivals: number
}

/** Reads an answer by the rules of the library. */
export function readStream(seen: Exchange, api: Api): Streamed {
  const recording = toRecording(seen)
  const outcome = interpretStream(recording, { api })
  return {
    seen,
    outcome,
    result: toResult(recording, outcome, true),
    arrivals: seen.arrivals.filter(({ at }, i, all) => at - (all[i - 1]?.at ?? -1) > 0.5).length,
  }
}

type Seen = Required<Pick<Recording, 'at' | 'data' | 'event' | 'raw' | 'rawAt'>>

/** The pieces of an answer as events or lines, each with the time of the piece that completed it. */
export function toRecording({ at, pieces, body, status = 0, headers, error }: Exchange): Recording {
  const seen: Seen = { at: [], data: [], event: [], raw: [], rawAt: [] }
  let now = 0
  const parser = createParser({
    onEvent({ event, data }) {
      seen.at.push(now)
      seen.data.push(data)
      seen.event.push(event === 'message' ? '' : event)
    },
    onUnknownLine(line) {
      seen.raw.push(line)
      seen.rawAt.push(now)
    },
  })
  for (const piece of pieces) {
    now = piece.at
    parser.feed(piece.text)
  }
  // A last line without its end: of a body that is no stream of events it counts if it is whole.
  const [rest = ''] = /[^\r\n]*$/.exec(body) ?? []
  if (rest !== '' && seen.data.length === 0 && (seen.raw.length === 0 || parseJson(rest))) {
    parser.feed('\n')
  }
  return {
    source: 'stream',
    startedAt: 0,
    headersAt: at.headers,
    endedAt: at.total,
    status,
    headers,
    ...seen,
    ...(error && { error: { kind: kindOf(error), message: error.message } }),
  }
}
