import { statusKind } from '../stream/errors.ts'
import { interpretRedirect, interpretRetryAfter, type Recording } from '../stream/recording.ts'
import { readErrorBody } from '../stream/server-error.ts'
import type { ChatError } from './result.ts'
import { httpTransport } from './transports/http.ts'
import type { HttpRequest } from './transports/transport.ts'

/** What a plain API call (no generation) came to. */
export interface ApiReply {
  ok: boolean
  /** HTTP status, 0 where there was no response. */
  status: number
  /** The body as JSON, `undefined` where it is none. */
  json: unknown
  /** The body as it came, '' where there was none. */
  body: string
  /** ms, from hand-over to the last byte. */
  duration: number
  error: ChatError | null
}

/** Calls an API that answers in JSON. Errors are data: it never throws for what a server does. */
export async function callApi(
  request: Pick<HttpRequest, 'method' | 'url' | 'timeout' | 'tags'> & {
    headers?: { [name: string]: string }
    /** Sent as JSON. */
    json?: unknown
  },
): Promise<ApiReply> {
  const headers = Object.assign({ Accept: 'application/json' }, request.headers)
  const hasBody = request.json !== undefined
  const recording = await httpTransport.send({
    method: request.method,
    url: request.url,
    timeout: request.timeout,
    tags: request.tags,
    headers: hasBody ? Object.assign({ 'Content-Type': 'application/json' }, headers) : headers,
    body: hasBody ? JSON.stringify(request.json) : undefined,
  })
  const error = callError(recording)
  return {
    ok: error === null,
    status: recording.status,
    json: parse(recording.body),
    body: recording.body || '',
    duration: recording.endedAt - recording.startedAt,
    error,
  }
}

/** Why an exchange was no success, `null` where it was one. */
export function callError(recording: Recording): ChatError | null {
  const status = recording.status
  if (recording.error) {
    return { kind: recording.error.kind, status, message: recording.error.message }
  }
  if (status >= 200 && status < 300) return null
  const error: ChatError = Object.assign(
    { kind: statusKind(status), status },
    readErrorBody(recording.body),
  )
  error.message = interpretRedirect(recording) || error.message
  const retryAfter = interpretRetryAfter(recording)
  if (retryAfter !== undefined) error.retryAfter = retryAfter
  return error
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body || '') as unknown
  } catch (_notJson) {
    return undefined
  }
}
