import { baseUrlFromEnv, checkUrl, env } from '../core/env.ts'
import { misuse } from '../core/errors.ts'
import { checkKeys, durationOption, type Lazy, resolve } from '../core/options.ts'
import type { ChatRequest } from '../stream/dialect.ts'
import { type Api, checkApi, dialectOf } from '../stream/dialects/index.ts'
import { interpretStream } from '../stream/interpret.ts'
import { parseOutcome } from '../stream/read-outcome.ts'
import type { Recording } from '../stream/recording.ts'
import { DEFAULT_STALL_LIMIT } from '../stream/timing.ts'
import { apiEndpoint } from './address.ts'
import { abortOf, idleOf } from './bounds.ts'
import { defaultTransport } from './default-transport.ts'
import { toRequest } from './request.ts'
import { type ChatResult, toResult } from './result.ts'
import { httpTransport } from './transports/http.ts'
import type { AbortAfter, Transport } from './transports/transport.ts'
import { promptsOf, publicWords } from './words.ts'

/** Bound of a request where none is set: the 300 s that the guide sets for long answers. */
export const DEFAULT_TIMEOUT = 300000

/** Where a request goes and how. */
export interface ServerOptions {
  /**
   * Address of the server. A version or the API's own path at its end (`/v1`) is no part of it, a
   * query (`?api-version=…`) goes with each request, user and password go as `Authorization`. A
   * function is asked at each request.
   * @default `API_BASE_URL`, else `BASE_URL`, read at each request
   */
  baseUrl?: Lazy<string | undefined>
  /** The server's wire format. @default 'openai-chat' */
  api?: Api
  /** Path below `baseUrl`, which then is taken as it is. @default the API's own, such as `/v1/chat/completions` */
  path?: string
  /** Model to ask for. @default `MODEL`, read at each request; else the server's own choice */
  model?: Lazy<string | undefined>
  /**
   * Sent as `Authorization: Bearer …`, with `anthropic-messages` as `x-api-key` too.
   * @default `API_TOKEN`, read at each request
   */
  token?: Lazy<string | undefined>
  /** Further headers. */
  headers?: { [name: string]: string }
  /** Bound of a whole exchange: ms, or a string such as `'120s'`. @default '300s' */
  timeout?: number | string
  /**
   * Longest silence, before the headers and between two pieces of the answer: ms, or a string such
   * as `'20s'`. A request that is silent for longer fails there with kind `timeout`, and its
   * connection is closed. Through the relay only; elsewhere it has no effect, which is said.
   * @default none
   */
  idle?: number | string
  /** Gaps between tokens over this are stalls: ms or a string. @default 2000 */
  stallLimit?: number | string
  /** How streams are received. @default the one in force, see `setDefaultTransport` */
  transport?: Transport
}

/** What one request may set for itself. */
export interface ChatParams {
  tags?: { [name: string]: string }
  headers?: { [name: string]: string }
  token?: string
  model?: string
  /**
   * What `openSession` found in `setup()`: its `api`, `model` and `token` go before the
   * environment's and after what the client was given.
   */
  session?: Found | null
  timeout?: number | string
  idle?: number | string
  /**
   * Stop reading after so many events, or at the first event after so many ms. The result is
   * `aborted`, which is no failure. Without effect where tokens are not seen arriving.
   */
  abortAfter?: AbortAfter
  /**
   * When it was meant to begin, from `arrivals.wait()`: records `llm_arrival_lag` and
   * `llm_response_time`. Of a session give it to the first request.
   */
  arrival?: Arrival
}

/** How a server is to be asked, as `setup()` found it. */
export interface Found {
  api?: Api
  model?: string
  token?: string
}

/** When a request was meant to begin. */
export interface Arrival {
  /** Ordinal in its schedule, from 0. */
  index: number
  /** ms on the run's clock. */
  at: number
  /** Of a trace: the lengths that it tells, for `syntheticPrompts().next(arrival.shape)`. */
  shape?: { inputTokens: number; outputTokens: number; blocks?: number[] }
}

/** One request and what it came to; nothing is recorded yet. */
export interface Exchange {
  result: ChatResult
  recording: Recording
  /** Whether tokens could be seen arriving. */
  observed: boolean
  /** What is said of its failure, fit for a log. */
  words?: string
}

/** What one attempt of a request is bound by, besides its parameters. */
export interface AttemptInfo {
  /** In place of the request's own, ms. */
  timeout?: number
  /** A stream whose first event comes later than this, in ms, is stopped there. */
  firstWithin?: number
}

/** Sends one request, streamed or not, and reads its answer. */
export type Send = (
  streaming: boolean,
  request: ChatRequest,
  params: ChatParams,
  tags: { [name: string]: string },
  attempt?: AttemptInfo,
) => Promise<Exchange>

export const SERVER_OPTIONS: readonly (keyof ServerOptions)[] = [
  'baseUrl',
  'api',
  'path',
  'model',
  'token',
  'headers',
  'timeout',
  'idle',
  'stallLimit',
  'transport',
]
const PARAMS: readonly (keyof ChatParams)[] = [
  'tags',
  'headers',
  'token',
  'model',
  'session',
  'timeout',
  'idle',
  'abortAfter',
  'arrival',
]

/**
 * Makes the function that talks to one server: encode, send once, read after the end.
 *
 * Options are checked now; addresses, models and tokens from the environment are read at each
 * request, since a scenario may set its own.
 */
export function createExchange(options: ServerOptions & { keep?: string }): Send {
  apiOf(options)
  const timeout = durationOption('timeout', options.timeout, DEFAULT_TIMEOUT)
  const idle = durationOption('idle', options.idle, 0)
  const stallLimit = durationOption('stallLimit', options.stallLimit, DEFAULT_STALL_LIMIT)
  serverUrl(options.baseUrl) // a missing or malformed address is found now, not at a request

  return async (streaming, request, params, tags, attempt = {}) => {
    const api = apiOf(options, params)
    const dialect = dialectOf(api) // not sooner: a VU that sends nothing does without it
    // An answer in JSON cannot be read through k6/x/sse.
    const chosen = options.transport || defaultTransport()
    const transport = chosen && (streaming || chosen.whole) ? chosen : httpTransport
    const whole = dialect.wholePath || dialect.path
    const own = streaming ? [dialect.path, whole] : [whole, dialect.path]
    const address = serverUrl(options.baseUrl)
    const { url, headers } = apiEndpoint(address, api, own, options.path)
    const token = params.token || setting(options.token, 'API_TOKEN', params.session?.token)
    const sent = Object.assign(
      {
        'Content-Type': 'application/json',
        Accept: streaming ? 'text/event-stream' : 'application/json',
      },
      headers,
      credentials(api, token, url),
      options.headers,
      params.headers,
    )
    const recording = await transport.send({
      method: 'POST',
      url,
      headers: sent,
      body: JSON.stringify(dialect.encode(request, streaming)),
      timeout: attempt.timeout || durationOption('timeout', params.timeout, timeout),
      tags: Object.assign({ name: options.path === undefined ? own[0] : options.path }, tags),
      idle: idleOf(durationOption('idle', params.idle, idle), transport),
      abortAfter: abortOf(params.abortAfter, attempt.firstWithin, transport),
      note: {
        api,
        stream: streaming,
        model: request.model,
        arrival: params.arrival?.at,
        stallLimit,
        // What is kept is kept whole, and `echo` cannot be told apart without the prompt.
        read: options.keep !== 'recording' && !request.echo,
      },
    })
    const outcome =
      recording.outcome === undefined
        ? interpretStream(recording, { api, stallLimit, request, stream: streaming })
        : parseOutcome(recording.outcome, recording.gaps)
    const result = toResult(recording, outcome, streaming)
    const { error } = result
    return {
      result,
      recording,
      observed: streaming && transport.streams,
      words: error ? publicWords(error.message, sent, promptsOf(request)) : undefined,
    }
  }
}

/**
 * Makes a request of what a script passed, with the model that is asked for: the request's own,
 * else the parameter's, the client's, `MODEL`. Ends the test where it is none.
 */
export function prepare(options: ServerOptions, input: unknown, params: ChatParams): ChatRequest {
  checkKeys('params', params, PARAMS)
  const request = Object.assign({}, toRequest(input))
  if (request.model === undefined) {
    const model = params.model || setting(options.model, 'MODEL', params.session?.model)
    if (model !== undefined) request.model = model
  }
  return request
}

/** The address in force; ends the test where there is none. */
export function serverUrl(option: Lazy<string | undefined> | undefined): string {
  const value = option === undefined ? baseUrlFromEnv() : resolve(option)
  if (value === undefined || value === null || value === '') {
    misuse(
      "baseUrl: expected the server's address, got nothing; pass { baseUrl: " +
        "'http://localhost:8000' } or run with -e BASE_URL=http://localhost:8000",
    )
  }
  return checkUrl('baseUrl', value)
}

/** The wire of a request: the client's, else what `setup()` found. */
export function apiOf({ api }: Pick<ServerOptions, 'api'>, { session }: ChatParams = {}): Api {
  return checkApi(api || session?.api || 'openai-chat')
}

/** An option, else what `setup()` found, else its variable. */
export function setting(
  option: Lazy<string | undefined> | undefined,
  name: string,
  found?: string,
): string | undefined {
  const value = option === undefined ? undefined : resolve(option)
  // k6 turns what setup() returned as undefined into null.
  if (value !== undefined && value !== null && value !== '') return value
  return found || env.string(name)
}

/** The headers that say who asks, as a wire has them. */
export function credentials(
  api: Api | undefined,
  token: string | undefined,
  url: string,
): { [name: string]: string } | undefined {
  const headers = api === undefined ? undefined : dialectOf(api).headers
  return headers ? headers(token, url) : authorization(token)
}

/** The header of a bearer token, where there is one. */
export function authorization(token: string | undefined): { [name: string]: string } | undefined {
  return token === undefined ? undefined : { Authorization: `Bearer ${token}` }
}
