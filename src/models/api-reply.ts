import type { ServerOptions } from '../chat/exchange.ts'
import { authorization, serverUrl, setting } from '../chat/exchange.ts'
import type { ChatError } from '../chat/result.ts'
import { httpTransport } from '../chat/transports/http.ts'
import { readErrorBody, readEventError, statusKind } from '../stream/errors.ts'
import { type Json, parseJson } from '../stream/json.ts'
import { interpretRetryAfter, type Recording } from '../stream/recording.ts'
import { rowsOfBody } from '../stream/rows.ts'
import { MAX_BUFFER_SIZE } from '../stream/sse.ts'
import type { Call } from './backend.ts'

/** What a call of a management API came to. */
export interface ApiReply {
  ok: boolean
  /** HTTP status, 0 where there was no response. */
  status: number
  /** The body as JSON, `undefined` where it is none. */
  json: unknown
  /** The rows of a body that is a stream of progress: SSE, or one JSON object a line. */
  rows: Json[]
  /** ms, from hand-over to the last byte. */
  duration: number
  error: ChatError | null
}

/** Sends a call once and reads its answer. It never throws for what a server does. */
export async function sendCall(
  options: Pick<ServerOptions, 'baseUrl' | 'token' | 'headers'> & {
    tags?: { [name: string]: string }
  },
  call: Call,
  timeout: number,
): Promise<ApiReply> {
  const hasBody = call.json !== undefined
  const recording = await httpTransport.send({
    method: call.method,
    url: serverUrl(call.server === undefined ? options.baseUrl : call.server) + call.path,
    headers: Object.assign(
      { Accept: 'application/json' },
      hasBody && { 'Content-Type': 'application/json' },
      authorization(setting(options.token, 'API_TOKEN')),
      options.headers,
    ),
    body: hasBody ? JSON.stringify(call.json) : undefined,
    timeout,
    tags: Object.assign({ name: call.name || call.path }, options.tags),
  })
  const body = recording.body || ''
  const rows = rowsOfBody(body, MAX_BUFFER_SIZE)
    .data.map(parseJson)
    .filter((row): row is Json => row !== undefined)
  const error = errorOf(recording, rows)
  return {
    ok: error === null,
    status: recording.status,
    json: parseJson(body),
    rows,
    duration: recording.endedAt - recording.startedAt,
    error,
  }
}

/** The first thing that went wrong: the wire, the status, an error that the body has after a 200. */
function errorOf(recording: Recording, rows: Json[]): ChatError | null {
  const status = recording.status
  if (recording.error) {
    return { kind: recording.error.kind, status, message: recording.error.message }
  }
  if (status < 200 || status >= 300) {
    const kind = statusKind(status)
    const error: ChatError = Object.assign({ kind, status }, readErrorBody(recording.body))
    const retryAfter = interpretRetryAfter(recording)
    if (retryAfter !== undefined) error.retryAfter = retryAfter
    return error
  }
  for (const row of rows) {
    const said = Array.isArray(row) ? undefined : readEventError(row)
    if (said) return { kind: 'stream_error', status, code: said.code, message: said.message }
  }
  return null
}
