import { baseUrlFromEnv, checkUrl, env } from './core/env.ts'
import { misuse, show } from './core/errors.ts'
import { checkKeys, durationOption, type Lazy, resolve } from './core/options.ts'
import { toRequest } from './chat/request.ts'
import { type ChatResult, toResult } from './chat/result.ts'
import { defaultTransport, type Transport } from './chat/transport.ts'
import { httpTransport } from './chat/transports/http.ts'
import { recordGoodput, type Slo } from './metrics/goodput.ts'
import { record, type Tags, tagValue } from './metrics/recorder.ts'
import { type Itl, recordEnd, recordStream, recordTimes, recordUsage } from './metrics/request.ts'
import type { ChatMessage, ChatRequest } from './stream/dialect.ts'
import { type Api, dialectOf } from './stream/dialects/index.ts'
import { interpretStream } from './stream/interpret.ts'
import { DEFAULT_STALL_LIMIT } from './stream/timing.ts'

/** Bound of a request where none is set: the 300 s that the guide sets for long answers. */
export const DEFAULT_TIMEOUT = 300000

export interface ChatClientOptions {
  /**
   * Address of the server, without the API's path. A function is asked at each request.
   * @default `API_BASE_URL`, else `BASE_URL`, read at each request
   */
  baseUrl?: Lazy<string | undefined>
  /** The server's wire format. @default 'openai-chat' */
  api?: Api
  /** Path below `baseUrl`. @default the API's own, such as `/v1/chat/completions` */
  path?: string
  /** Model to ask for. @default `MODEL`, read at each request; else the server's own choice */
  model?: Lazy<string | undefined>
  /** Sent as `Authorization: Bearer …`. @default `API_TOKEN`, read at each request */
  token?: Lazy<string | undefined>
  /** Further headers. */
  headers?: { [name: string]: string }
  /** Bound of a whole exchange: ms, or a string such as `'120s'`. @default '300s' */
  timeout?: number | string
  /** Gaps between tokens over this are stalls: ms or a string. @default 2000 */
  stallLimit?: number | string
  /** Limits that make a request good (`llm_goodput`), in ms. */
  slo?: Slo
  /**
   * Which gaps become samples of `llm_itl`. k6 keeps all of them in memory, about 26 bytes each.
   * @default 'none'
   */
  itl?: Itl
  /** Tags of every sample. */
  tags?: { [name: string]: string }
  /** How streams are received. @default the one in force, see `setDefaultTransport` */
  transport?: Transport
}

/** What one request may set for itself. */
export interface ChatParams {
  tags?: { [name: string]: string }
  headers?: { [name: string]: string }
  token?: string
  model?: string
  timeout?: number | string
}

export interface ChatClient {
  /** Sends a request and receives its answer as a stream. */
  stream(request: string | ChatMessage[] | ChatRequest, params?: ChatParams): Promise<ChatResult>
  /** Sends a request and receives its answer whole (`stream: false`). */
  complete(request: string | ChatMessage[] | ChatRequest, params?: ChatParams): Promise<ChatResult>
  /**
   * Sends a request for one token and records its whole time as `llm_ttft_probe`: an estimate of
   * TTFT where tokens cannot be seen. It is no sample of `llm_ttft` or `llm_request_duration`;
   * its phase is `probe`.
   */
  probe(request: string | ChatMessage[] | ChatRequest, params?: ChatParams): Promise<ChatResult>
}

const OPTIONS: readonly (keyof ChatClientOptions)[] = [
  'baseUrl',
  'api',
  'path',
  'model',
  'token',
  'headers',
  'timeout',
  'stallLimit',
  'slo',
  'itl',
  'tags',
  'transport',
]
const PARAMS: readonly (keyof ChatParams)[] = ['tags', 'headers', 'token', 'model', 'timeout']

type Mode = 'stream' | 'complete' | 'probe'

/**
 * A client of one server: it sends requests, times their streams and records the metrics.
 *
 * It may be made anywhere, at init or in VU code. A request is sent once, whatever becomes of
 * it; a failure is a result with an `error`, counted in every share, never an exception. Wrong
 * use ends the test with a message.
 */
export function createChatClient(options: ChatClientOptions = {}): ChatClient {
  checkKeys('createChatClient', options, OPTIONS)
  const api = options.api || 'openai-chat'
  const dialect = dialectOf(api)
  const timeout = durationOption('timeout', options.timeout, DEFAULT_TIMEOUT)
  const stallLimit = durationOption('stallLimit', options.stallLimit, DEFAULT_STALL_LIMIT)
  const itl = options.itl || 'none'
  if (itl !== 'none' && itl !== 'all') misuse(`itl: expected 'none' or 'all', got ${show(itl)}`)
  checkSlo(options.slo)
  baseUrl() // a missing or malformed address is found now, not at the first request

  function baseUrl(): string {
    const value = options.baseUrl === undefined ? baseUrlFromEnv() : resolve(options.baseUrl)
    if (value === undefined || value === '') {
      misuse(
        "baseUrl: expected the server's address, got nothing; pass createChatClient({ baseUrl: " +
          "'http://localhost:8000' }) or run with -e BASE_URL=http://localhost:8000",
      )
    }
    return checkUrl('baseUrl', value)
  }

  async function send(mode: Mode, input: unknown, params: ChatParams): Promise<ChatResult> {
    checkKeys('params', params, PARAMS)
    const request = Object.assign({}, toRequest(input))
    if (request.model === undefined) {
      const model = params.model || setting(options.model, 'MODEL')
      if (model !== undefined) request.model = model
    }
    if (mode === 'probe') request.max_tokens = 1
    const streaming = mode === 'stream'
    // An answer in JSON cannot be read through k6/x/sse.
    const transport =
      (streaming && (options.transport || defaultTransport())) || httpTransport
    const body = dialect.encode(request, streaming)
    const path = options.path === undefined ? dialect.path : options.path
    const tags: Tags = Object.assign(
      { model: tagValue(String(body.model || 'default')), api, phase: 'measure' },
      options.tags,
      params.tags,
      mode === 'probe' ? { phase: 'probe' } : undefined,
    )
    const recording = await transport.send({
      method: 'POST',
      url: baseUrl() + path,
      headers: headers(streaming, params),
      body: JSON.stringify(body),
      timeout: durationOption('timeout', params.timeout, timeout),
      tags: Object.assign({ name: path }, tags),
    })
    const outcome = interpretStream(recording, { api, stallLimit })
    const result = toResult(recording, outcome, streaming)

    recordEnd(result, tags)
    recordUsage(result, tags)
    if (mode === 'probe') {
      if (result.ok) record('llm_ttft_probe', result.timing.duration, tags)
      return result
    }
    recordTimes(result, itl, tags)
    if (streaming) recordStream(result, tags)
    if (options.slo) recordGoodput(result, options.slo, streaming && transport.streams, tags)
    return result
  }

  function headers(streaming: boolean, params: ChatParams): { [name: string]: string } {
    const token = params.token || setting(options.token, 'API_TOKEN')
    return Object.assign(
      {
        'Content-Type': 'application/json',
        Accept: streaming ? 'text/event-stream' : 'application/json',
      },
      token === undefined ? undefined : { Authorization: `Bearer ${token}` },
      options.headers,
      params.headers,
    )
  }

  return {
    stream: (request, params = {}) => send('stream', request, params),
    complete: (request, params = {}) => send('complete', request, params),
    probe: (request, params = {}) => send('probe', request, params),
  }
}

/** An option, else its variable: read at each request, since a scenario may set its own. */
function setting(option: Lazy<string | undefined> | undefined, name: string): string | undefined {
  const value = option === undefined ? undefined : resolve(option)
  return value === undefined || value === '' ? env.string(name) : value
}

function checkSlo(slo: Slo | undefined): void {
  if (slo === undefined) return
  checkKeys('slo', slo, ['ttft', 'tpot', 'e2el'])
  for (const name of Object.keys(slo) as (keyof Slo)[]) {
    const value = slo[name]
    if (typeof value !== 'number' || !(value > 0)) {
      misuse(`slo.${name}: expected milliseconds over 0, got ${show(value)}`)
    }
  }
}
