import type { Dialect, Json } from './dialect.ts'
import { type Api, dialectOf } from './dialects/index.ts'
import { createDraft, type Draft, type ToolCall, type Usage } from './draft.ts'
import { readErrorJson, type ServerError } from './errors.ts'
import type { Recording } from './recording.ts'
import { createParser } from './sse.ts'
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
  /** The error that the stream itself reported, after HTTP 200 too. */
  error?: ServerError
  /** Data that could not be read; the rest was. */
  undecodable?: string
  /** It ended without a terminal signal (a finish reason) and without an error. */
  truncated: boolean
  /** Bytes of an unfinished event remained at the end. */
  unterminated: boolean
  /** Whether it was a stream of events at all; false for a whole JSON answer or anything else. */
  streamed: boolean
  /** How many events there were. */
  events: number
  /** Indices of the events that carry generated output. */
  generated: number[]
  /** Index of the first event with output that a user sees, or `null`. */
  firstVisible: number | null
  /** How many choices (`n`) the answer has. */
  choices: number
  /** Tokens in the first generated event, where the server counts as it streams. */
  tokensInFirst?: number
  /** The times, for a recording that has them. */
  timing?: Timing
}

/**
 * Reads what came back for a request, after it has ended.
 *
 * The body decides what it is, never its content type: `data:` lines are an event stream, a
 * single JSON value is an answer that was not streamed (or an error). Never throws for what a
 * server sends.
 *
 * @param input a whole body, or a {@link Recording}; only the latter can have times
 * @param options `api`: the wire format
 */
export function interpretStream(
  input: string | Recording,
  options: { api: Api; stallLimit?: number },
): StreamOutcome {
  const dialect = dialectOf(options.api)
  if (typeof input === 'string') return interpretBody(input, dialect)
  const outcome =
    input.source === 'stream'
      ? interpretEvents(input.data || [], input.event || [], input.raw || [], dialect)
      : interpretBody(input.body || '', dialect)
  outcome.timing = measure(input, outcome, options.stallLimit)
  return outcome
}

function interpretBody(body: string, dialect: Dialect): StreamOutcome {
  if (looksLikeJson(body)) {
    const whole = parseJson(body)
    if (whole !== undefined) return interpretWhole(whole, dialect)
  }
  const data: string[] = []
  const names: string[] = []
  const unknown: string[] = []
  const parser = createParser({
    onEvent(event) {
      data.push(event.data)
      names.push(event.event)
    },
    onUnknownLine: (line) => unknown.push(line),
  })
  parser.feed(body)
  const unterminated = parser.end()
  const outcome = interpretEvents(data, names, unknown, dialect)
  outcome.unterminated = unterminated
  return outcome
}

/** An answer that is one JSON value. */
function interpretWhole(json: Json, dialect: Dialect): StreamOutcome {
  const draft = createDraft()
  draft.error = readError(json)
  if (!draft.error) dialect.readBody(json, draft)
  return finish(draft, { events: 0, streamed: false, generated: [], firstVisible: null })
}

function interpretEvents(
  data: string[],
  names: string[],
  unknown: string[],
  dialect: Dialect,
): StreamOutcome {
  const draft = createDraft()
  const generated: number[] = []
  let firstVisible: number | null = null
  let tokensInFirst: number | undefined
  let undecodable: string | undefined
  for (let i = 0; i < data.length; i++) {
    const text = data[i] as string
    if (text === '[DONE]' || text === '') continue
    const json = parseJson(text)
    if (json === undefined) {
      if (names[i] === 'error') draft.error = draft.error || { message: text.slice(0, 300) }
      else undecodable = undecodable === undefined ? text : undecodable
      continue
    }
    const error = names[i] === 'error' ? readErrorJson(json) : readError(json)
    if (error) {
      draft.error = draft.error || error
      continue
    }
    draft.generated = false
    draft.visible = false
    dialect.read(json, draft)
    if (!draft.generated) continue
    if (generated.length === 0 && json.usage && draft.usage) {
      // Cumulative usage on the first generated event: exactly its own tokens. Ollama's
      // completions put zeros on every chunk, which count nothing.
      tokensInFirst = draft.usage.completionTokens || undefined
    }
    generated.push(i)
    if (draft.visible && firstVisible === null) firstVisible = i
  }
  // Lines outside the standard carry errors of old llama.cpp (`error: {…}`) and llama-swap
  // (a bare JSON object): a conforming parser drops them, and the failure with them.
  if (!draft.error) draft.error = errorInLines(unknown)
  const outcome = finish(draft, {
    events: data.length,
    streamed: data.length > 0,
    generated,
    firstVisible,
  })
  outcome.tokensInFirst = tokensInFirst
  outcome.undecodable = undecodable
  return outcome
}

function finish(
  draft: Draft,
  found: Pick<StreamOutcome, 'events' | 'streamed' | 'generated' | 'firstVisible'>,
): StreamOutcome {
  return {
    text: draft.text.join(''),
    reasoning: draft.reasoning.join(''),
    toolCalls: draft.toolCalls.filter(Boolean).map((call) => ({
      id: call.id,
      name: call.name,
      arguments: call.arguments.join(''),
    })),
    finishReason: draft.finishReason,
    model: draft.model,
    usage: draft.usage,
    error: draft.error,
    truncated: !draft.terminal && !draft.error,
    unterminated: false,
    streamed: found.streamed,
    events: found.events,
    generated: found.generated,
    firstVisible: found.firstVisible,
    choices: draft.choices,
  }
}

function errorInLines(lines: string[]): ServerError | undefined {
  for (const line of lines) {
    const text = line.replace(/^error:\s*/, '')
    if (text[0] !== '{') continue
    const json = parseJson(text)
    const error = json && (text === line ? readError(json) : readErrorJson(json))
    if (error) return error
  }
  return undefined
}

/** The error of an event or body: only where it says so, since answers have a `message` too. */
function readError(json: Json): ServerError | undefined {
  if (json.error || json.detail || json.object === 'error' || json.type === 'error') {
    return readErrorJson(json)
  }
  return undefined
}

function looksLikeJson(body: string): boolean {
  const start = /^\s*(.)/.exec(body)
  return start !== null && (start[1] === '{' || start[1] === '[')
}

function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as unknown
    return value !== null && typeof value === 'object' ? (value as Json) : undefined
  } catch (_notJson) {
    return undefined
  }
}
