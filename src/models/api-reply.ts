import { endpoint } from '../chat/address.ts'
import { type ApiReply as Answer, callApi } from '../chat/api-call.ts'
import { credentials, type ServerOptions, serverUrl, setting } from '../chat/exchange.ts'
import type { ChatError } from '../chat/result.ts'
import { type Json, parseJson } from '../stream/json.ts'
import { rowsOfBody } from '../stream/rows/cut-rows.ts'
import { readEventError } from '../stream/server-error.ts'
import { MAX_BUFFER_SIZE } from '../stream/sse.ts'
import type { Call } from './backend.ts'

/** What a call of a management API came to. */
export interface ApiReply extends Omit<Answer, 'body'> {
  /** The rows of a body that is a stream of progress: SSE, or one JSON object a line. */
  rows: Json[]
}

/** Sends a call once and reads its answer. It never throws for what a server does. */
export async function sendCall(
  options: Pick<ServerOptions, 'api' | 'baseUrl' | 'token' | 'headers'> & {
    tags?: { [name: string]: string }
  },
  call: Call,
  timeout: number,
): Promise<ApiReply> {
  const address = serverUrl(call.server === undefined ? options.baseUrl : call.server)
  const { url, headers } = endpoint(address, call.path)
  const token = credentials(options.api, setting(options.token, 'API_TOKEN'), url)
  const { ok, status, json, body, duration, error } = await callApi({
    method: call.method,
    url,
    headers: Object.assign(headers, token, options.headers),
    json: call.json,
    timeout,
    tags: Object.assign({ name: call.name || call.path }, options.tags),
  })
  const rows = rowsOfBody(body, MAX_BUFFER_SIZE)
    .data.map(parseJson)
    .filter((row): row is Json => row !== undefined)
  const said = ok ? errorIn(rows, status) : null
  return { ok: ok && said === null, status, json, rows, duration, error: error || said }
}

/** An error that the body has after a 200. */
function errorIn(rows: Json[], status: number): ChatError | null {
  for (const row of rows) {
    const said = Array.isArray(row) ? undefined : readEventError(row)
    if (said) return { kind: 'stream_error', status, code: said.code, message: said.message }
  }
  return null
}
