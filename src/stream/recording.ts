import { withoutSecrets } from '../core/env.ts'
import type { ErrorKind } from './errors.ts'

/**
 * What a transport saw of one request: arrival times and raw data, nothing interpreted.
 *
 * While a stream is open nothing else is done, since the time that a handler takes delays the
 * next reading. All times are milliseconds on the run's clock (`core/clock`).
 */
export interface Recording {
  /** `stream`: events were seen as they arrived; `body`: the whole body came at once. */
  source: 'stream' | 'body'
  /** Just before the request was handed over. */
  startedAt: number
  /** Response headers; absent where they were never seen. */
  headersAt?: number
  /** The end: last byte, error or deadline. */
  endedAt: number
  /** HTTP status, 0 where there was no response. */
  status: number
  /** Response headers, names in any case. */
  headers: { [name: string]: string }
  /** `source: 'body'`: the body as text. */
  body?: string
  /** `source: 'stream'`: arrival of each event. */
  at?: number[]
  /** `source: 'stream'`: data of each event. */
  data?: string[]
  /** `source: 'stream'`: name of each event, `''` where it had none; empty where none had one. */
  event?: string[]
  /** `source: 'stream'`: lines that are no SSE field (NDJSON rows, lines of an error body). */
  raw?: string[]
  /** Arrival of each raw line. */
  rawAt?: number[]
  /** Bytes of an unfinished event or row remained at the end. */
  unterminated?: boolean
  /** What was said, read already (`read-outcome.ts`), in place of times and data of events. */
  outcome?: string
  /** With `outcome`: between its generated events, ms. */
  gaps?: number[]
  /** What the relay knows of itself; see `chat/transports/relay-protocol.ts`. */
  relay?: RelayFigures
  /** What ended the exchange, where it did not end well. */
  error?: TransportError
}

/** What going through the relay took, in ms. */
export interface RelayFigures {
  /** k6's own time of the exchange less the relay's; only k6 knows it. */
  overhead?: number
  /** Longest delay of the relay's event loop meanwhile. */
  delay: number
  /** Opening a connection to the server, where one was made. */
  connect?: number
}

/** A failure below the protocol: the exchange itself broke. */
export interface TransportError {
  kind: ErrorKind
  message: string
}

/** A response header, whatever the case of its name. */
export function header(recording: Recording, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const key of Object.keys(recording.headers)) {
    if (key.toLowerCase() === wanted) return recording.headers[key]
  }
  return undefined
}

/**
 * What is wrong where the server sends elsewhere: following turns a POST into a GET. `k6/x/sse`
 * follows whatever is asked of it; a server that then allows POST and was sent none tells it.
 */
export function interpretRedirect(recording: Recording, posted?: boolean): string | undefined {
  const status = recording.status
  if (posted && status === 405 && /\bPOST\b/i.test(header(recording, 'allow') || '')) {
    return 'a POST became a GET on its way, as a redirect makes it: give the address that it leads to'
  }
  const to = status >= 300 && status < 400 ? header(recording, 'location') : undefined
  return to === undefined
    ? undefined
    : `redirected to ${withoutSecrets(to)}, which is not followed: give that address`
}

/**
 * `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3); OpenAI adds one in ms.
 *
 * @returns ms to wait, or `undefined` where the server does not say
 */
export function interpretRetryAfter(recording: Recording): number | undefined {
  const ms = Number(header(recording, 'retry-after-ms') || NaN)
  if (ms >= 0) return ms
  const value = (header(recording, 'retry-after') || '').trim()
  if (value === '') return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
