import type { ToolCall, Usage } from '../stream/draft.ts'
import { type ErrorKind, statusKind } from '../stream/errors.ts'
import type { ReadOutcome } from '../stream/read-outcome.ts'
import {
  header,
  interpretRedirect,
  interpretRetryAfter,
  type Recording,
} from '../stream/recording.ts'
import { countSpans } from '../stream/rows/spans.ts'
import { readErrorBody, type ServerError } from '../stream/server-error.ts'
import type { Timing } from '../stream/timing.ts'

/** Why a request failed. */
export interface ChatError {
  kind: ErrorKind
  /** HTTP status, 0 where there was no response. */
  status: number
  /** The code in the error's body, as the server wrote it. */
  code?: number | string
  message: string
  /** ms that the server asked to wait (`Retry-After`), from seconds or from a date. */
  retryAfter?: number
}

/**
 * What a request came to. Absent (`undefined`) means not measured or not said, never 0. `ok` tells
 * the two apart: where it is true, a terminal signal was seen and no error.
 */
export type ChatResult = Answered | Failed

/** A request that succeeded. */
interface Answered extends Outcome {
  ok: true
  error: null
}

/** A request that failed, or that the script itself aborted. What came before that is kept. */
interface Failed extends Outcome {
  ok: false
  error: ChatError
}

interface Outcome {
  /** HTTP status, 0 where there was no response. */
  status: number
  text: string
  reasoning: string
  toolCalls: ToolCall[]
  finishReason: string | null
  /** The model that answered, as the server names it. */
  model?: string
  usage: Usage
  timing: Timing
  stream: {
    /** Events that arrived, of every sort. */
    events: number
    /** Events with generated output. */
    chunks: number
    unterminated: boolean
    truncated: boolean
    /** Only where tokens were seen arriving. */
    buffered?: boolean
    stalls?: number
    /** ms */
    longestGap?: number
  }
  /** How often it was sent, with the client's option `retry`. */
  attempts?: number
  /** What was recorded, where the client keeps it (`keep: 'recording'`). */
  recording?: Recording
}

/** Puts together what was recorded and what was read. */
export function toResult(
  recording: Recording,
  outcome: ReadOutcome,
  wantsStream: boolean,
): ChatResult {
  const timing = outcome.timing as Timing
  const error = findError(recording, outcome, wantsStream)
  return {
    ...(error === null ? { ok: true, error } : { ok: false, error }),
    status: recording.status,
    text: outcome.text,
    reasoning: outcome.reasoning,
    toolCalls: outcome.toolCalls,
    finishReason: outcome.finishReason,
    model: outcome.model,
    usage: outcome.usage || {},
    timing,
    stream: {
      events: outcome.events,
      chunks: countSpans(outcome.spans),
      unterminated: outcome.unterminated,
      truncated: wantsStream && error !== null && error.kind === 'truncated',
      buffered: timing.buffered,
      stalls: timing.stalls,
      longestGap: timing.longestGap,
    },
  }
}

/** The first thing that went wrong, from the wire upwards. */
function findError(
  recording: Recording,
  outcome: ReadOutcome,
  wantsStream: boolean,
): ChatError | null {
  const status = recording.status
  if (recording.error)
    return { kind: recording.error.kind, status, message: recording.error.message }
  if (status === 0) return { kind: 'reset', status, message: 'no response' }
  if (status < 200 || status >= 300) return httpError(recording, outcome)
  if (outcome.error) return withCode(outcome.error.kind || 'stream_error', status, outcome.error)
  if (outcome.undecodable !== undefined) {
    return { kind: 'decode', status, message: `not JSON: ${outcome.undecodable.slice(0, 120)}` }
  }
  // A stream that never began, or that this transport cannot read.
  const seen = recording.source === 'stream'
  if (outcome.events === 0 && (outcome.truncated || seen))
    return notAnAnswer(recording, wantsStream)
  if (outcome.truncated) {
    return { kind: 'truncated', status, message: 'the answer ended without a finish reason' }
  }
  return null
}

function notAnAnswer(recording: Recording, wantsStream: boolean): ChatError {
  const type = header(recording, 'content-type') || 'no content type'
  const wanted = wantsStream ? 'an event stream' : 'an answer in JSON'
  const seen =
    recording.source === 'stream'
      ? (recording.raw || []).join(' ').slice(0, 120) || 'body not readable through k6/x/sse'
      : (recording.body || '').slice(0, 120) || 'empty body'
  return { kind: 'decode', status: recording.status, message: `not ${wanted} (${type}): ${seen}` }
}

function httpError(recording: Recording, outcome: ReadOutcome): ChatError {
  const status = recording.status
  const error = withCode(statusKind(status), status, errorBody(recording, outcome))
  error.message = interpretRedirect(recording, true) || error.message
  const retryAfter = interpretRetryAfter(recording)
  if (retryAfter !== undefined) error.retryAfter = retryAfter
  return error
}

function errorBody(recording: Recording, outcome: ReadOutcome): ServerError {
  if (recording.source === 'body') return readErrorBody(recording.body)
  if (outcome.error) return outcome.error
  const lines = (recording.data || []).concat(recording.raw || [])
  // The extension drops a body's last line where it has no newline, which is most of them.
  if (lines.length === 0) return { message: 'body not readable through k6/x/sse' }
  return readErrorBody(lines.join('\n'))
}

function withCode(kind: ErrorKind, status: number, error: ServerError): ChatError {
  const result: ChatError = { kind, status, message: error.message }
  if (error.code !== undefined) result.code = error.code
  return result
}
