import { runClock } from '../../core/clock.ts'
import { warnOnce } from '../../core/env.ts'
import { misuse, show } from '../../core/errors.ts'
import { classifyTransport } from '../../stream/errors.ts'
import type { Recording } from '../../stream/recording.ts'
import type { HttpRequest, Transport } from './transport.ts'

/** The module `k6/x/sse`, as far as it is used. */
export interface SseModule {
  open(url: string, params: object, setup: (client: SseClient) => void): SseResponse
}

export interface SseClient {
  on(name: 'event' | 'error' | 'open', handler: (value: unknown) => void): void
  close(): void
}

interface SseEvent {
  name: string
  data: string
}

interface SseResponse {
  status: number
  headers: { [name: string]: string } | null
  error: string
}

/** A line of the body that is no SSE field comes as an error with this before it. */
const RAW = 'unknown event: '

/**
 * The transport that sees tokens arrive: the k6 extension `k6/x/sse`.
 *
 * The module is passed in, never imported here: a bundle that names `k6/x/sse` does not load on
 * a stock k6. One request at a time in a VU (the extension blocks it), one connection a stream.
 *
 * @param sse `import sse from 'k6/x/sse'`
 */
export function sseTransport(sse: SseModule): Transport {
  if (!sse || typeof sse.open !== 'function') {
    misuse(
      `sseTransport(${show(sse)}): expected the module of the extension, ` +
        "`import sse from 'k6/x/sse'`",
    )
  }
  let bounded: boolean | undefined

  return {
    name: 'k6/x/sse',
    streams: true,
    async send(request: HttpRequest): Promise<Recording> {
      if (bounded === undefined) bounded = knowsTimeout(sse, request.url)
      return receive(sse, request)
    },
  }
}

/** Opens the stream and stores what arrives. Nothing is decoded until it has ended. */
function receive(sse: SseModule, request: HttpRequest): Recording {
  const clock = runClock()
  const at: number[] = []
  const data: string[] = []
  const event: string[] = []
  const raw: string[] = []
  const rawAt: number[] = []
  let count = 0
  let client: SseClient | undefined
  let headersAt: number | undefined
  let closed = false
  let broken: string | undefined
  let aborted = false
  const bounded = request.abortAfter !== undefined
  const stopEvents = request.abortAfter?.events ?? Infinity
  let stopAt = Infinity
  let firstBy = Infinity
  let response: SseResponse

  const params = {
    method: request.method,
    headers: request.headers,
    body: request.body || '',
    timeout: `${Math.ceil(request.timeout)}ms`,
    tags: request.tags,
  }
  const startedAt = clock.currentTestRunDuration
  if (request.abortAfter?.ms !== undefined) stopAt = startedAt + request.abortAfter.ms
  if (request.abortAfter?.firstMs !== undefined) firstBy = startedAt + request.abortAfter.firstMs
  try {
    response = sse.open(request.url, params, (opened) => {
      headersAt = clock.currentTestRunDuration
      client = opened
      opened.on('event', (value) => {
        const arrived = clock.currentTestRunDuration
        if (closed) return
        const text = (value as SseEvent).data
        if (text === '') return // a comment: a ping
        // By index: `push` costs 0.4 us more, a tenth of all that an event may.
        at[count] = arrived
        data[count] = text
        const name = (value as SseEvent).name
        if (name !== '') event[count] = name // most servers name none: nothing to keep
        count++
        // A server may keep the connection open after it.
        if (text === '[DONE]') {
          closed = true
          opened.close()
        } else if (
          bounded &&
          (count >= stopEvents || arrived >= stopAt || (count === 1 && arrived > firstBy))
        ) {
          aborted = true
          closed = true
          opened.close()
        }
      })
      opened.on('error', (value) => {
        const arrived = clock.currentTestRunDuration
        if (closed) return
        const text = describe(value)
        if (text.slice(0, RAW.length) === RAW) {
          raw.push(text.slice(RAW.length).replace(/[\r\n]+$/, ''))
          rawAt.push(arrived)
          return
        }
        broken = text
        closed = true
        opened.close() // without it `open` would not return before the iteration is cut off
      })
    })
  } catch (error) {
    // k6's option `throw`: the failure before the headers comes as an exception.
    response = { status: 0, headers: null, error: describe(error) }
  }
  const endedAt = clock.currentTestRunDuration
  // Gives the idle connection back; one is leaked for every stream otherwise.
  if (client && !closed) client.close()

  const recording: Recording = {
    source: 'stream',
    startedAt,
    endedAt,
    status: response.status,
    headers: response.headers || {},
    at,
    data,
    event: event.length === 0 ? event : data.map((_, i) => (event[i] || '').replace(/\r$/, '')),
    raw,
    rawAt,
  }
  if (headersAt !== undefined) recording.headersAt = headersAt
  const message = broken === undefined ? response.error : broken
  if (aborted) recording.error = { kind: 'aborted', message: 'stopped by abortAfter' }
  else if (message) recording.error = { kind: classifyTransport(message), message }
  return recording
}

/**
 * Whether the extension has `timeout` (from 0.1.11 on). Asked without traffic: it reads its
 * options in their order before it connects, so one that knows `timeout` complains of its value,
 * and one that does not runs into the option after it.
 */
function knowsTimeout(sse: SseModule, url: string): boolean {
  const unread = 'timeout was not read'
  let complaint = unread
  try {
    const params = Object.defineProperty({ timeout: 'none' }, 'headers', {
      enumerable: true,
      get() {
        throw new Error(unread)
      },
    })
    sse.open(url, params, () => undefined)
  } catch (error) {
    complaint = describe(error)
  }
  if (complaint.indexOf(unread) === -1) return true
  warnOnce(
    'this k6/x/sse has no timeout (it came with 0.1.11): a stream that stalls ends only with ' +
      'its scenario',
  )
  return false
}

/** The text of a Go error, which JSON would write as `{}`. */
function describe(error: unknown): string {
  const value = error as { error?: () => string; message?: string } | string | null
  if (value && typeof value === 'object') {
    if (typeof value.error === 'function') return value.error()
    if (typeof value.message === 'string') return value.message
  }
  return String(value)
}
