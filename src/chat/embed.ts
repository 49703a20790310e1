import { misuse, show } from '../core/errors.ts'
import { durationOption } from '../core/options.ts'
import type { Usage } from '../stream/draft.ts'
import { endpoint } from './address.ts'
import { callApi } from './api-call.ts'
import {
  authorization,
  type ChatParams,
  DEFAULT_TIMEOUT,
  type ServerOptions,
  serverUrl,
  setting,
} from './exchange.ts'
import type { ChatError } from './result.ts'
import { publicWords } from './words.ts'

/** What a request for embeddings came to. */
export interface EmbedResult {
  ok: boolean
  /** HTTP status, 0 where there was no response. */
  status: number
  /** One vector for each text, in its order. */
  embeddings: number[][]
  usage: Usage
  timing: { source: 'body'; duration: number }
  error: ChatError | null
}

const PATH = '/v1/embeddings'

/**
 * Asks an OpenAI-compatible server for embeddings; records nothing.
 *
 * @returns with `words`: what is said of a failure, fit for a log
 */
export async function requestEmbeddings(
  options: ServerOptions,
  model: string | undefined,
  input: string | string[],
  params: ChatParams,
  tags: { [name: string]: string },
): Promise<{ result: EmbedResult; words: string }> {
  const texts = Array.isArray(input) ? input : [input]
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    misuse(`embed: expected a text or a list of texts, got ${show(input)}`)
  }
  const timeout = durationOption('timeout', options.timeout, DEFAULT_TIMEOUT)
  const { url, headers: ofAddress } = endpoint(serverUrl(options.baseUrl), PATH)
  const headers: { [name: string]: string } = Object.assign(
    ofAddress,
    authorization(params.token || setting(options.token, 'API_TOKEN')),
    options.headers,
    params.headers,
  )
  const reply = await callApi({
    method: 'POST',
    url,
    json: model === undefined ? { input } : { model, input },
    timeout: durationOption('timeout', params.timeout, timeout),
    headers,
    tags: Object.assign({ name: PATH }, tags),
  })
  const result: EmbedResult = {
    ok: reply.ok,
    status: reply.status,
    embeddings: [],
    usage: {},
    timing: { source: 'body', duration: reply.duration },
    error: reply.error,
  }
  if (!reply.ok) {
    return { result, words: publicWords(reply.error?.message || '', headers, texts) }
  }
  const body = (reply.json || {}) as {
    data?: { index?: number; embedding?: number[] }[]
    usage?: { prompt_tokens?: number }
  }
  const rows = Array.isArray(body.data) ? body.data : []
  rows.forEach((row, position) => {
    const at = typeof row.index === 'number' ? row.index : position
    if (Array.isArray(row.embedding)) result.embeddings[at] = row.embedding
  })
  if (typeof body.usage?.prompt_tokens === 'number') {
    result.usage.promptTokens = body.usage.prompt_tokens
  }
  const got = result.embeddings.filter(Boolean).length
  if (got !== texts.length) {
    const message = `expected ${texts.length} embeddings, got ${got}`
    result.ok = false
    result.error = { kind: 'decode', status: reply.status, message }
    return { result, words: message }
  }
  return { result, words: '' }
}
