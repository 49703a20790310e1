import {
  APIS,
  type Api,
  type ChatError,
  interpretStream,
  parseOutcome,
  type RelayControl,
  type RelayDocument,
  type RelayNotes,
  toResult,
  withoutThese,
} from '#node'

/** One request of a run. Times in ms; absent means not measured. docs/requests-schema.json */
export interface RequestLine {
  v: 1
  /** When it was sent on, ms since the epoch. */
  start: number
  /** When its schedule meant it to start, ms since the epoch. */
  meant?: number
  vu: number
  scenario?: string
  tags: Record<string, string | number | boolean>
  method: string
  /** Without its query and without credentials. */
  url: string
  api?: string
  model?: string
  stream?: boolean
  attempt?: number
  /** HTTP status, 0 where there was no answer. */
  status: number
  end: RelayNotes['end']
  /** Absent for a request that k6 cut. */
  ok?: boolean
  error?: Pick<ChatError, 'kind' | 'code' | 'message' | 'retryAfter'>
  /** From the start: */
  connect?: number
  reused: boolean
  sent?: number
  headers?: number
  firstToken?: number
  firstVisible?: number
  lastToken?: number
  total: number
  tpot?: number
  longestGap?: number
  stalls?: number
  buffered?: boolean
  finishReason?: string
  promptTokens?: number
  completionTokens?: number
  cachedTokens?: number
  reasoningTokens?: number
  events: number
  /** Events with generated output. */
  chunks: number
  bytes: number
  /** Longest delay of the relay's event loop meanwhile. */
  delay: number
}

/** What the relay keeps of a request for its line; no body and no header of it. */
export interface LineSource {
  url: string
  control: Pick<RelayControl, 'base' | 'method' | 'vu' | 'scenario' | 'tags' | 'note'>
  /** Values that must not appear, should the server repeat them. */
  secrets: string[]
}

/** Reads what came of a request, with the library's own reader, and makes its line. */
export function toLine(
  { url, control, secrets }: LineSource,
  document: RelayDocument,
): RequestLine {
  const { note, tags } = control
  const notes = document.relay
  const line: RequestLine = {
    v: 1,
    start: notes.wall,
    vu: control.vu,
    tags,
    method: control.method,
    url,
    status: document.status,
    end: notes.end,
    reused: notes.reused,
    total: notes.total,
    events: 0,
    chunks: 0,
    bytes: notes.bytes,
    delay: notes.delay,
  }
  if (control.scenario !== undefined) line.scenario = control.scenario
  if (notes.connect !== undefined) line.connect = notes.connect
  if (notes.sent !== undefined) line.sent = notes.sent
  if (document.headersAt !== undefined) line.headers = micro(document.headersAt - control.base)
  const attempt = Number(tags.attempt)
  if (attempt >= 1) line.attempt = attempt
  if (note === undefined) {
    if (document.error !== undefined) line.error = cleaned(document.error, secrets, false)
    return line
  }
  line.api = note.api
  line.stream = note.stream
  if (note.model !== undefined) line.model = note.model
  if (note.arrival !== undefined) line.meant = micro(notes.wall + note.arrival - control.base)
  readAnswer(line, note, document, secrets)
  return line
}

function readAnswer(
  line: RequestLine,
  note: NonNullable<LineSource['control']['note']>,
  document: RelayDocument,
  secrets: string[],
): void {
  const api = APIS.find((name: Api) => name === note.api)
  if (api === undefined) return
  const outcome =
    document.outcome === undefined
      ? interpretStream(document, { api, stallLimit: note.stallLimit, stream: note.stream })
      : parseOutcome(document.outcome, document.gaps)
  const result = toResult(document, outcome, note.stream)
  const { timing, stream, usage } = result
  line.events = stream.events
  line.chunks = stream.chunks
  if (line.end !== 'cut') line.ok = result.ok
  if (result.error && line.end !== 'cut') {
    const own = document.error === undefined && result.error.kind === 'decode'
    line.error = cleaned(result.error, secrets, own)
  }
  if (result.finishReason !== null) line.finishReason = result.finishReason
  if (timing.ttft !== undefined) {
    line.firstToken = micro(timing.ttft)
    line.lastToken = micro(timing.duration)
  }
  if (timing.ttfo !== undefined) line.firstVisible = micro(timing.ttfo)
  if (timing.tpot !== undefined) line.tpot = micro(timing.tpot)
  if (timing.longestGap !== undefined) line.longestGap = micro(timing.longestGap)
  if (timing.stalls !== undefined) line.stalls = timing.stalls
  if (timing.buffered !== undefined) line.buffered = timing.buffered
  for (const name of COUNTS) {
    const count = usage[name]
    if (count !== undefined) line[name] = count
  }
}

const COUNTS = ['promptTokens', 'completionTokens', 'cachedTokens', 'reasoningTokens'] as const

/**
 * @param own the reader's own words for what it could not read: they end in a piece of the answer
 */
function cleaned(
  error: Pick<ChatError, 'kind' | 'message'> & Partial<ChatError>,
  secrets: string[],
  own: boolean,
): NonNullable<RequestLine['error']> {
  const words = own ? error.message.replace(/: .*$/s, '') : error.message
  const message = withoutThese(words, secrets)
  return {
    kind: error.kind,
    ...(error.code !== undefined && { code: error.code }),
    message,
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  }
}

function micro(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
