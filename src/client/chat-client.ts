import { endpoint } from '../chat/address.ts'
import { type ConnectResult, measureConnection } from '../chat/connect.ts'
import { type EmbedResult, requestEmbeddings } from '../chat/embed.ts'
import {
  apiOf,
  type ChatParams,
  createExchange,
  DEFAULT_TIMEOUT,
  type Exchange,
  prepare,
  SERVER_OPTIONS,
  type ServerOptions,
  serverUrl,
} from '../chat/exchange.ts'
import type { ChatResult } from '../chat/result.ts'
import { env, warnOnce } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { phaseNow } from '../core/phase.ts'
import { recordArrival } from '../metrics/arrival.ts'
import { watchFirst } from '../metrics/first-failures.ts'
import { recordGoodput, type Slo } from '../metrics/goodput.ts'
import { record, type Tags, tagValue } from '../metrics/recorder.ts'
import {
  type Itl,
  recordEnd,
  recordRelay,
  recordStart,
  recordStream,
  recordTimes,
  recordUsage,
} from '../metrics/request.ts'
import type { ChatMessage, ChatRequest } from '../stream/dialect.ts'
import { spreadStart } from '../workload/start-spread.ts'
import { createPersistence, type Patience, type Retry } from './persistence.ts'

export interface ChatClientOptions extends ServerOptions {
  /** Limits that make a request good (`llm_goodput`), in ms. */
  slo?: Slo
  /**
   * Which gaps become samples of `llm_itl`. k6 keeps every sample in memory, about 26 bytes each.
   * `'sample'`: one in ten, each gap of the run with the same chance, so percentiles are those of
   * all gaps; p99 wants some 10,000 tokens. `'all'`: every one.
   * @default 'none'
   */
  itl?: Itl
  /** Tags of every sample. */
  tags?: { [name: string]: string }
  /**
   * `'recording'`: the result carries the raw recording (arrival times and data), for the
   * definition table or a look of your own. It costs the memory of the whole stream.
   * @default 'nothing'
   */
  keep?: 'nothing' | 'recording'
  /**
   * How long users wait: for the first token of a stream that is seen arriving, for the whole of a
   * whole answer. Who waited in vain leaves: a failure of the kind `abandoned`, counted in
   * `llm_abandoned`. @default for ever
   */
  patience?: Patience
  /**
   * Whether what failed is sent again, after a pause that honours `Retry-After`. Each attempt is a
   * request of its own in every metric, tags `attempt` and `final`. `true`: the defaults.
   * @default false
   */
  retry?: Retry | boolean
  /**
   * Whether the test is ended where the first three requests of a user all fail by what waiting does
   * not mend: HTTP 3xx and 4xx (not 408, 409, 429 and their like), dns, a refused connection, tls. It is
   * said in the server's words either way. `false` for a test that means to meet such errors.
   * @default `STOP_ON_MISUSE`, else true
   */
  stopOnMisuse?: boolean
}

export interface ChatClient {
  /** Sends a request and receives its answer as a stream. */
  stream(request: string | ChatMessage[] | ChatRequest, params?: ChatParams): Promise<ChatResult>
  /** Sends a request and receives its answer whole (`stream: false`). */
  complete(request: string | ChatMessage[] | ChatRequest, params?: ChatParams): Promise<ChatResult>
  /**
   * Sends a request for one token and records its whole time as `llm_ttft_probe`: an estimate of
   * TTFT where tokens cannot be seen. It is no sample of `llm_ttft` or `llm_request_duration`;
   * its phase is `probe`, in a
   * warm-up or cool-down that.
   */
  probe(request: string | ChatMessage[] | ChatRequest, params?: ChatParams): Promise<ChatResult>
  /**
   * Opens a connection to the server by `k6/http`, with a request for headers only, and records
   * what it took as `llm_connect`: with `k6/x/sse` every stream opens one, inside its TTFT. An
   * estimate, never taken off. Call it in `setup()`, or before a VU's first request: a VU that
   * has a connection measures nothing.
   */
  connect(params?: Pick<ChatParams, 'tags' | 'timeout'>): Promise<ConnectResult>
  /**
   * Asks for embeddings (OpenAI's `/v1/embeddings`; vLLM, SGLang, llama.cpp, TGI, Ollama, LiteLLM
   * have it) and records the request like any other, with `api: 'embeddings'`.
   */
  embed(input: string | string[], params?: ChatParams): Promise<EmbedResult>
}

const OPTIONS = (SERVER_OPTIONS as readonly string[]).concat(
  'slo',
  'itl',
  'tags',
  'keep',
  'patience',
  'retry',
  'stopOnMisuse',
)

/**
 * A client of one server: it sends requests, times their streams and records the metrics.
 *
 * It may be made anywhere, at init or in VU code. A request is sent once, whatever becomes of
 * it, unless `retry` says otherwise; a failure is a result with an `error`, counted in every share, never an exception. Wrong
 * use ends the test with a message.
 */
export function createChatClient(options: ChatClientOptions = {}): ChatClient {
  checkKeys('createChatClient', options, OPTIONS)
  const itl = options.itl || 'none'
  if (itl !== 'none' && itl !== 'sample' && itl !== 'all') {
    misuse(`itl: expected 'none', 'sample' or 'all', got ${show(itl)}`)
  }
  if (itl === 'all') {
    warnOnce(
      "itl: 'all' keeps every gap in k6's memory, about 26 bytes each (94 MB for an hour at 1000 " +
        "tokens/s, twice that with a threshold on a tag of it); itl: 'sample' keeps one in ten",
    )
  }
  const keep = options.keep || 'nothing'
  if (keep !== 'nothing' && keep !== 'recording') {
    misuse(`keep: expected 'nothing' or 'recording', got ${show(keep)}`)
  }
  const slo = options.slo
  if (slo !== undefined) checkSlo(slo)
  const send = createExchange(options)
  const persist =
    options.patience !== undefined || options.retry
      ? createPersistence({
          patience: options.patience,
          retry: options.retry,
          timeout: durationOption('timeout', options.timeout, DEFAULT_TIMEOUT),
        })
      : undefined
  const { stopOnMisuse } = options
  if (stopOnMisuse !== undefined && typeof stopOnMisuse !== 'boolean') {
    misuse(`stopOnMisuse: expected true or false, got ${show(stopOnMisuse)}`)
  }
  const stop = stopOnMisuse ?? (env.boolean('STOP_ON_MISUSE', true) as boolean)

  function tagsOf(request: ChatRequest, params: ChatParams, phase?: Tags): Tags {
    return Object.assign(
      {
        model: tagValue(request.model || 'default'),
        api: apiOf(options, params),
        phase: phaseNow(),
      },
      options.tags,
      params.tags,
      phase,
    )
  }

  async function chat(streaming: boolean, input: unknown, params: ChatParams): Promise<ChatResult> {
    const request = prepare(options, input, params)
    // Of a schedule each request has its own time.
    if (!params.arrival) spreadStart()
    if (persist === undefined) {
      const tags = tagsOf(request, params)
      recordStart(tags)
      const sent = await send(streaming, request, params, tags)
      if (params.arrival) {
        recordArrival(params.arrival, sent.recording.startedAt, sent.result, tags)
      }
      return finish(sent, streaming, tags)
    }
    // Of each attempt: in which phase it starts is its own.
    let tags: Tags = {}
    let began: number | undefined
    const { result } = await persist({
      streaming,
      timeout:
        params.timeout === undefined ? undefined : durationOption('timeout', params.timeout, 0),
      tags: () => Object.assign({}, tags),
      send(attempt) {
        tags = tagsOf(request, params)
        recordStart(tags)
        return send(streaming, request, params, tags, attempt)
      },
      record(exchange, more, final) {
        const own = Object.assign({}, tags, more)
        const { result, recording } = exchange
        if (began === undefined) began = recording.startedAt
        // From the intended start to the end of the last attempt: what the user waited.
        if (params.arrival && final) {
          recordArrival(params.arrival, recording.startedAt, result, own, began)
        }
        finish(exchange, streaming, own)
      },
    })
    return result
  }

  function finish(exchange: Exchange, streaming: boolean, tags: Tags): ChatResult {
    const { result, recording, observed } = exchange
    if (keep === 'recording') result.recording = recording
    recordEnd(result, tags)
    recordUsage(result, tags)
    recordTimes(result, itl, tags, streaming)
    if (recording.relay) recordRelay(recording.relay, tags)
    if (streaming) recordStream(result, tags)
    if (slo) recordGoodput(result, slo, observed, tags)
    watch(exchange)
    return result
  }

  /** The last of a request: it may end the test. */
  function watch({ result, words }: Exchange): void {
    const error = result.error
    // Who left did so by words of our own.
    const own = words === undefined || error?.kind === 'abandoned'
    watchFirst(error, own ? error?.message || '' : words, stop)
  }

  return {
    stream: (request, params = {}) => chat(true, request, params),
    complete: (request, params = {}) => chat(false, request, params),
    async probe(input, params = {}) {
      const request = Object.assign(prepare(options, input, params), { max_tokens: 1 })
      const phase = phaseNow()
      const tags = tagsOf(request, params, { phase: phase === 'measure' ? 'probe' : phase })
      recordStart(tags)
      const sent = await send(false, request, params, tags)
      const { result } = sent
      recordEnd(result, tags)
      recordUsage(result, tags)
      if (result.ok) record('llm_ttft_probe', result.timing.duration, tags)
      watch(sent)
      return result
    },
    async connect(params = {}) {
      checkKeys('connect', params, ['tags', 'timeout'])
      const timeout = durationOption('timeout', params.timeout, 10000)
      const tags = Object.assign({ api: apiOf(options) }, options.tags, params.tags)
      const result = await measureConnection(
        endpoint(serverUrl(options.baseUrl), '/').url,
        timeout,
        tags,
      )
      record('llm_connect', result.duration, tags)
      return result
    },
    async embed(input, params = {}) {
      const request = prepare(options, { prompt: '' }, params)
      const tags = Object.assign(tagsOf(request, params), { api: 'embeddings' })
      recordStart(tags)
      const { result, words } = await requestEmbeddings(options, request.model, input, params, tags)
      recordEnd(result, tags)
      recordUsage(result, tags)
      if (result.ok) {
        const source = Object.assign({ source: 'body' }, tags)
        record('llm_request_duration', result.timing.duration, source)
      }
      watchFirst(result.error, words, stop)
      return result
    },
  }
}

function checkSlo(slo: Slo): void {
  checkKeys('slo', slo, ['ttft', 'tpot', 'e2el'])
  for (const name of Object.keys(slo) as (keyof Slo)[]) {
    const value = slo[name]
    if (typeof value !== 'number' || !(value > 0)) {
      misuse(`slo.${name}: expected milliseconds over 0, got ${show(value)}`)
    }
  }
}
