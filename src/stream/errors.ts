import { type Json, listOf, objectOf, parseJson, textOf, writeJson } from './json.ts'

/**
 * Why a request can fail. `aborted` was the script's own wish and is not a failure; `abandoned` is
 * one: the user left, since nothing came in time (option `patience`). `too_large`: more than the
 * transport keeps; `stale`: the server had closed the connection that was used again; `relay`: the
 * relay is not there or refuses.
 */
export const ERROR_KINDS = [
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'http_3xx',
  'http_4xx',
  'http_429',
  'http_5xx',
  'stream_error',
  'truncated',
  'decode',
  'too_large',
  'stale',
  'relay',
  'abandoned',
  'aborted',
] as const

export type ErrorKind = (typeof ERROR_KINDS)[number]

/** What a server says of an error, whatever shape it says it in. */
export interface ServerError {
  message: string
  /** A code as the server gave it: a number, a symbol, or `undefined`. */
  code?: number | string
  /** Only where it is not the server's word: `decode`, the stream could not be read on. */
  kind?: 'decode'
}

/**
 * Reads the error that a body carries.
 *
 * The shapes are those of vLLM, SGLang, llama.cpp, Ollama, TGI, OpenAI, Anthropic, LiteLLM,
 * TabbyAPI, llama-swap, FastAPI and plain text or HTML from a proxy. Never throws.
 *
 * @param body the text of an error response
 */
export function readErrorBody(body: string | null | undefined): ServerError {
  const whole = (body || '').trim()
  if (whole === '') return { message: 'empty body' }
  // An error status with an event stream below it: the first event says why.
  const event = /^(?:event:[^\r\n]*\r?\n)?data: ?([^\r\n]*)/.exec(whole)
  const text = event ? (event[1] as string) : whole
  if (text[0] === '{' || text[0] === '[') {
    return readErrorJson(parseJson(text)) || { message: clip(text) }
  }
  return { message: text[0] === '<' ? readHtml(text) : clip(text) }
}

/**
 * Reads the error of an event, or of a body after HTTP 200: only where it says that it is one,
 * since answers have a `message` too.
 */
export function readEventError(json: Json): ServerError | undefined {
  const says =
    json.error ||
    json.detail ||
    json.object === 'error' ||
    json.type === 'error' ||
    json.success === false
  return says ? readErrorJson(json) || { message: clip(writeJson(json)) } : undefined
}

/**
 * Reads the error in a parsed value: `{error: …}`, `{detail: …}`, `{message: …}` and so on.
 *
 * @returns `undefined` where the value carries none
 */
export function readErrorJson(value: unknown, depth = 0): ServerError | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { message: clip(value) }
  if (Array.isArray(value)) return depth < 4 ? readErrorJson(value[0], depth + 1) : undefined
  const json = objectOf(value)
  if (json.error) {
    const inner = depth < 4 ? readErrorJson(json.error, depth + 1) : undefined
    const error = inner || { message: clip(writeJson(json.error)) }
    return withCode(error.message, error.code || codeOf(json) || nameOf(json.error_type))
  }
  if (typeof json.message === 'string') {
    return withCode(clip(json.message), codeOf(json) || nameOf(json.type))
  }
  return json.detail ? { message: readDetail(json.detail) } : undefined
}

function codeOf(json: Json): number | string | undefined {
  // LiteLLM writes a missing code as the string "None", OpenAI as null; TGI has its own name.
  const code = json.code !== undefined ? json.code : json.http_status_code
  if (typeof code === 'number') return code
  return /^\d{1,9}$/.test(textOf(code)) ? Number(code) : nameOf(code)
}

/** A symbolic code; not one that says no more than that it is an error. */
function nameOf(value: unknown): string | undefined {
  const name = textOf(value)
  return name === '' || name === 'None' || name === 'error' ? undefined : name.slice(0, 100)
}

/** FastAPI: a string, or a list of `{loc, msg, type}`. */
function readDetail(detail: unknown): string {
  if (typeof detail === 'string') return clip(detail)
  if (!Array.isArray(detail)) return clip(writeJson(detail))
  const lines = detail.slice(0, 10).map((entry) => {
    const row = objectOf(entry)
    const where = listOf(row.loc).filter((part) => typeof part !== 'object')
    return `${where.length > 0 ? `${where.join('.')}: ` : ''}${textOf(row.msg) || writeJson(entry)}`
  })
  return clip(lines.join('; '))
}

/** A proxy's page: its title says all that it knows. */
function readHtml(text: string): string {
  const page = text.slice(0, 10000)
  const title = /<title>([^<]*)<\/title>/i.exec(page)
  return title ? clip(title[1] as string) : clip(page.replace(/<[^<>]*>/g, ' '))
}

function withCode(message: string, code: number | string | undefined): ServerError {
  return code === undefined ? { message } : { message, code }
}

function clip(text: string): string {
  const line = text.slice(0, 10000).replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 297)}...` : line
}

/** The kind of an HTTP status that is no success. */
export function statusKind(status: number): ErrorKind {
  if (status === 429) return 'http_429'
  if (status >= 500) return 'http_5xx'
  return status >= 400 ? 'http_4xx' : 'http_3xx'
}

/**
 * The kind of a transport failure, from Go's words for it. k6 passes them on unchanged, both in
 * `k6/http`'s `error` and in what `k6/x/sse` reports.
 */
export function classifyTransport(message: string): ErrorKind {
  if (/no such host|lookup .* on |server misbehaving|dns/i.test(message)) return 'dns'
  if (/x509|tls:|certificate|handshake failure/i.test(message)) return 'tls'
  if (/timeout|deadline exceeded/i.test(message)) return 'timeout'
  if (/refused|no route|unreachable|dial/i.test(message)) return 'connect'
  if (/gzip|zlib|decompress|flate|invalid header/i.test(message)) return 'decode'
  return 'reset'
}
