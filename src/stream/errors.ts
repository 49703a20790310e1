/** Why a request can fail. `aborted` was the script's own wish and is not a failure. */
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
  'aborted',
] as const

export type ErrorKind = (typeof ERROR_KINDS)[number]

/** What a server says of an error, whatever shape it says it in. */
export interface ServerError {
  message: string
  /** A code as the server gave it: a number, a symbol, or `undefined`. */
  code?: number | string
}

type Json = { [key: string]: unknown }

/**
 * Reads the error that a body or a stream event carries.
 *
 * The shapes are those of vLLM, SGLang, llama.cpp, Ollama, TGI, OpenAI, Anthropic, LiteLLM,
 * TabbyAPI, llama-swap, FastAPI and plain text or HTML from a proxy. Never throws.
 *
 * @param body the text of an error response
 */
export function readErrorBody(body: string | null | undefined): ServerError {
  const text = (body || '').trim()
  if (text === '') return { message: 'empty body' }
  if (text[0] === '{' || text[0] === '[') {
    try {
      return readErrorJson(JSON.parse(text) as unknown) || { message: clip(text) }
    } catch (_notJson) {
      return { message: clip(text) }
    }
  }
  return { message: text[0] === '<' ? readHtml(text) : clip(text) }
}

/**
 * Reads the error in a parsed value: `{error: …}`, `{detail: …}`, `{message: …}` and so on.
 *
 * @returns `undefined` where the value carries none
 */
export function readErrorJson(value: unknown): ServerError | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { message: clip(value) }
  if (value === null || typeof value !== 'object') return undefined
  const json = value as Json
  if (json.error) {
    const inner = readErrorJson(json.error) || { message: clip(JSON.stringify(json.error)) }
    if (inner.code === undefined) inner.code = codeOf(json) || textOf(json.error_type)
    return strip(inner)
  }
  if (typeof json.message === 'string') {
    return strip({ message: clip(json.message), code: codeOf(json) || textOf(json.type) })
  }
  if (json.detail) return { message: readDetail(json.detail) }
  return undefined
}

function codeOf(json: Json): number | string | undefined {
  // LiteLLM writes a missing code as the string "None", OpenAI as null.
  const code = json.code !== undefined ? json.code : json.http_status_code
  if (typeof code === 'number') return code
  if (typeof code === 'string' && code !== '' && code !== 'None') {
    return /^\d+$/.test(code) ? Number(code) : code
  }
  return undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== 'None' ? value : undefined
}

/** FastAPI: a string, or a list of `{loc, msg, type}`. */
function readDetail(detail: unknown): string {
  if (typeof detail === 'string') return clip(detail)
  if (Array.isArray(detail)) {
    return clip(
      detail
        .map((row: Json) => {
          const where = Array.isArray(row.loc) ? `${row.loc.join('.')}: ` : ''
          return `${where}${String(row.msg)}`
        })
        .join('; '),
    )
  }
  return clip(JSON.stringify(detail))
}

/** A proxy's page: its title says all that it knows. */
function readHtml(text: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(text)
  return title ? clip((title[1] as string).trim()) : clip(text.replace(/<[^>]*>/g, ' '))
}

function strip(error: ServerError): ServerError {
  return error.code === undefined ? { message: error.message } : error
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
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
