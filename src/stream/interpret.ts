import { type ChatRequest, type Dialect, promptOf } from './dialect.ts'
import { type Api, dialectOf } from './dialects/index.ts'
import { createDraft, type Draft, type ToolCall, type Usage } from './draft.ts'
import type { Recording } from './recording.ts'
import { type Rows, rowsOfBody, rowsOfRecording } from './rows/cut-rows.ts'
import { type Found, readRows } from './rows/read-rows.ts'
import { indicesOf, type Spans } from './rows/spans.ts'
import { errorOfFinish, readEventError, type ServerError } from './server-error.ts'
import { MAX_BUFFER_SIZE } from './sse.ts'
import { measure, type Timing } from './timing.ts'

/** What a stream said. */
export interface StreamOutcome {
  text: string
  reasoning: string
  toolCalls: ToolCall[]
  finishReason: string | null
  /** The model that answered, as the server names it. */
  model?: string
  usage?: Usage
  /**
   * The error that the stream itself reported, after HTTP 200 too. Its `kind` is `decode` where
   * the stream could not be read on (`maxBufferSize`); what was read before is here.
   */
  error?: ServerError
  /** Data that could not be read; the rest was. */
  undecodable?: string
  /** It ended without a terminal signal (a finish reason) and without an error. */
  truncated: boolean
  /** Bytes of an unfinished event remained at the end. */
  unterminated: boolean
  /** Whether it was a stream of events at all; false for a whole JSON answer or anything else. */
  streamed: boolean
  /** How many events there were; of a body with one JSON object a line, how many lines. */
  events: number
  /** Indices of the events that carry generated output. */
  generated: number[]
  /** The same as the first and the last of each unbroken run: `[1, 40]`. */
  spans: Spans
  /** Index of the first event with output that a user sees, or `null`. */
  firstVisible: number | null
  /** How many choices (`n`) the answer has. */
  choices: number
  /** Tokens up to the end of the first generated event, where the server counts as it streams. */
  tokensInFirst?: number
  /** Tokens up to the end of the last generated event, where the server counts as it streams. */
  tokensInLast?: number
  /** Reasoning came as a summary: how many of its tokens were streamed is not known. */
  summarized?: boolean
  /** The times, for a recording that has them. */
  timing?: Timing
}

export interface InterpretOptions {
  /** The wire format. */
  api: Api
  /** Gaps between tokens over this are stalls, in ms. @default 2000 */
  stallLimit?: number
  /** Most characters of one line, event or row. @default 16777216 (16 M) */
  maxBufferSize?: number
  /** What was asked, where the reading depends on it: `echo` gives the prompt back. */
  request?: ChatRequest
  /**
   * Read ordinary events by comparison with the one before, without parsing them.
   * @default true; false is for tests, which hold the two against each other
   */
  scan?: boolean
  /** Whether a stream was asked for. Ollama's whole answers look like a stream of one row. */
  stream?: boolean
}

/**
 * Reads what came back for a request, after it has ended.
 *
 * The body decides what it is, never its content type: `data:` lines are an event stream, a
 * single JSON value is an answer that was not streamed (or an error), JSON on each line are the
 * rows of Ollama. Never throws for what a server sends.
 *
 * @param input a whole body, or a {@link Recording}; only the latter can have times
 */
export function interpretStream(
  input: string | Recording,
  options: InterpretOptions,
): StreamOutcome {
  const dialect = dialectOf(options.api)
  const limit = options.maxBufferSize === undefined ? MAX_BUFFER_SIZE : options.maxBufferSize
  const rows = typeof input === 'string' ? rowsOfBody(input, limit) : rowsOfRecording(input, limit)
  const draft = createDraft()
  const request = options.request
  if (request?.echo) draft.echo = promptOf(request)
  const keys = options.scan === false || draft.echo !== undefined ? [] : dialect.words || []
  const isWhole = rows.whole && (!dialect.rows || options.stream === false)
  const found = isWhole ? readWhole(rows, dialect, draft) : readRows(rows, dialect, draft, keys)
  const outcome = finish(draft, rows, found)
  if (typeof input !== 'string') {
    const seen = rows.at ? Object.assign({}, input, { at: rows.at }) : input
    outcome.timing = measure(seen, outcome, options.stallLimit)
  }
  return outcome
}

/** An answer that is one JSON value. */
function readWhole(rows: Rows, dialect: Dialect, draft: Draft): Found {
  const json = rows.whole || {}
  draft.error = readEventError(json)
  if (!draft.error) dialect.readBody(json, draft)
  return { streamed: false, generated: [], firstVisible: null }
}

function finish(draft: Draft, rows: Rows, found: Found): StreamOutcome {
  const toolCalls: ToolCall[] = []
  for (const call of draft.toolCalls) {
    // A call of a tool that takes nothing is no empty text, once it is whole.
    const words = call.arguments.join('') || (draft.terminal ? '{}' : '')
    toolCalls.push({ id: call.id, name: call.name, arguments: words })
  }
  const limit = rows.error
  const error: ServerError | undefined =
    draft.error ||
    errorOfFinish(draft.finishReason || '') ||
    (limit && { message: limit.message, code: limit.type, kind: 'decode' })
  return {
    text: draft.text.join(''),
    reasoning: draft.reasoning.join(''),
    toolCalls,
    finishReason: draft.finishReason,
    model: draft.model,
    usage: draft.usage,
    error,
    truncated: !draft.terminal && !error,
    unterminated: rows.unterminated,
    undecodable: found.undecodable,
    streamed: found.streamed,
    events: found.streamed ? rows.data.length : 0,
    get generated() {
      return indicesOf(found.generated)
    },
    spans: found.generated,
    firstVisible: found.firstVisible,
    tokensInFirst: found.tokensInFirst,
    tokensInLast: found.tokensInLast,
    choices: Math.max(1, draft.choices.size),
    summarized: draft.summarized || undefined,
  }
}
