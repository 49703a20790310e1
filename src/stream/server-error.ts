import { type Json, listOf, objectOf, parseJson, textOf, writeJson } from './json.ts'

/** What a server says of an error, whatever shape it says it in. */
export interface ServerError {
  message: string
  /** A code as the server gave it: a number, a symbol, or `undefined`. */
  code?: number | string
  /** Only where it is not the server's word: `decode`, the stream could not be read on. */
  kind?: 'decode'
}

/** Errors are nested (LiteLLM passes on what its provider said), but never as deep as this. */
const DEEPEST = 4

/**
 * Reads the error that a body carries.
 *
 * The shapes are those of vLLM, SGLang, llama.cpp, Ollama, TGI, OpenAI, Anthropic, LiteLLM,
 * TabbyAPI, llama-swap, FastAPI, FastChat, OpenRouter, MiniMax, DashScope, Google, Cloudflare, and
 * plain text or HTML from a proxy. Never throws.
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
  if (!json.error && !json.error_code && answers(json)) return undefined
  return saysError(json) ? readErrorJson(json) || { message: clip(writeJson(json)) } : undefined
}

/** What nearly every event of a stream has, and no error: asked first, since it is cheap. */
function answers(json: Json): boolean {
  if (json.choices) return listOf(json.choices).length > 0
  return !!(json.delta || json.token || json.done === false)
}

function saysError(json: Json): boolean {
  if (Array.isArray(json)) return json.length > 0 && saysError(objectOf(json[0])) // Google
  return (
    isSaid(json.error) ||
    isSaid(json.errors) ||
    isSaid(json.detail) ||
    json.object === 'error' ||
    json.type === 'error' ||
    json.event === 'error' || // Dify
    json.success === false ||
    isFailure(json.error_code) || // FastChat, ERNIE
    isFailure(objectOf(json.base_resp).status_code) || // MiniMax
    // DashScope, Spark, Zhipu. Events with a type have other fields of that name.
    (json.type === undefined && isFailure(json.code) && ownMessage(json) !== '')
  )
}

/** Whether a field carries something: clones fill what they do not use with `{}` and `[]`. */
function isSaid(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return !!value
  return Object.keys(value).length > 0
}

/** Whether a code is one of a failure: 0, 200 and their like are the codes of success. */
function isFailure(code: unknown): boolean {
  const text = typeof code === 'number' ? String(code) : textOf(code)
  return !/^(|0+|20\d|none|null|ok|success)$/i.test(text)
}

/**
 * Reads the error in a parsed value: `{error: …}`, `{detail: …}`, `{message: …}` and so on.
 *
 * @returns `undefined` where the value carries none
 */
export function readErrorJson(value: unknown, depth = 0): ServerError | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { message: clip(value) }
  if (Array.isArray(value)) return depth < DEEPEST ? readErrorJson(value[0], depth + 1) : undefined
  const json = objectOf(value)
  const said = isSaid(json.error) ? json.error : isSaid(json.errors) ? json.errors : undefined
  if (said !== undefined) return readSaid(said, json, depth)
  const base = objectOf(json.base_resp)
  if (isFailure(base.status_code) && depth < DEEPEST)
    return readErrorJson(Object.assign({ message: '' }, base), depth + 1)
  const message = ownMessage(json)
  if (message !== '' || typeof json.message === 'string') {
    return withCode(passedOn(message, json, depth), codeOf(json) || nameOf(json.type))
  }
  if (!json.detail) return undefined
  const inner = typeof json.detail === 'object' && !Array.isArray(json.detail) && depth < DEEPEST
  return (inner && readErrorJson(json.detail, depth + 1)) || { message: readDetail(json.detail) }
}

/** What stands under `error`, with what stands beside it. */
function readSaid(said: unknown, json: Json, depth: number): ServerError {
  const beside = ownMessage(json)
  const code = codeOf(json) || nameOf(json.error_type)
  if (typeof said !== 'object') {
    // A mark (`true`, 1), a name with its text beside it (NestJS), or the text itself.
    const name = clip(textOf(said))
    if (beside === '') return withCode(name || clip(writeJson(said)), code)
    return withCode(name === '' || name === beside ? beside : clip(`${name}: ${beside}`), code)
  }
  const inner = depth < DEEPEST ? readErrorJson(said, depth + 1) : undefined
  return withCode(inner?.message || beside || clip(writeJson(said)), inner?.code || code)
}

/** The text of an error by the names that servers have for it, `''` where there is none. */
function ownMessage(json: Json): string {
  const names = ['message', 'msg', 'error_msg', 'error_message', 'errorMessage', 'status_msg']
  for (const name of names.concat('Message', isFailure(json.error_code) ? 'text' : [])) {
    const value = json[name]
    const text = Array.isArray(value) ? value.map(textOf).join('; ') : textOf(value)
    if (text !== '') return clip(text)
  }
  return ''
}

/** OpenRouter says "Provider returned error" and has the provider's own words in `metadata`. */
function passedOn(message: string, json: Json, depth: number): string {
  const raw = objectOf(json.metadata).raw
  const inner = typeof raw === 'string' && depth < DEEPEST ? readErrorBody(raw).message : ''
  return inner === '' || inner === message ? message : clip(`${message}: ${inner}`)
}

function codeOf(json: Json): number | string | undefined {
  const names = ['code', 'http_status_code', 'error_code', 'status_code', 'statusCode']
  for (const name of names) {
    // LiteLLM writes a missing code as the string "None", OpenAI as null; TGI has its own name.
    const code = json[name]
    if (typeof code === 'number') return code
    if (/^\d{1,9}$/.test(textOf(code))) return Number(code)
    const symbol = nameOf(code)
    if (symbol !== undefined) return symbol
  }
  return undefined
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

/**
 * A finish reason that says that the answer failed: `error`, `network_error` (GLM), `abort` (vLLM,
 * SGLang), `insufficient_system_resource` (DeepSeek), `TIMEOUT` (Cohere), `MALFORMED_FUNCTION_CALL`
 * (Gemini). One that no one documents is taken for a normal end, as are `length`, `content_filter`,
 * `sensitive` and `refusal`: the server did what it does.
 */
const FAILURE =
  /error|abort|cancel|fail|insufficient|overload|unavailable|time_?out|exception|malformed|rate_?limit/i

/** The error that a finish reason is, where it is one: HTTP 200 and no whole answer. */
export function errorOfFinish(reason: string): ServerError | undefined {
  if (!FAILURE.test(reason)) return undefined
  return { message: `the server ended the answer: ${reason}`, code: reason }
}
