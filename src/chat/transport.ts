import { misuse, show } from '../core/errors.ts'
import type { Recording } from '../stream/recording.ts'

/** One HTTP exchange, ready to be sent. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers: { [name: string]: string }
  /** Body text; absent for none. */
  body?: string
  /** Bound of the whole exchange in ms. */
  timeout: number
  /** Tags of the metrics that k6 itself records. */
  tags: { [name: string]: string }
  /** What the server answers is no failure: nothing goes into `http_req_failed`. */
  anyStatus?: boolean
  /** When to stop reading, where the transport can. */
  abortAfter?: AbortAfter
}

/**
 * When a script wants no more of an answer, as a user who closes the page. It is looked at when
 * an event arrives: a stream that is silent can be ended by its timeout only.
 */
export interface AbortAfter {
  /** After so many events of any kind. */
  events?: number
  /** At the first event that arrives so many ms after the request was handed over. */
  ms?: number
  /** At the first event, where that comes later than so many ms. */
  firstMs?: number
}

/**
 * A way to send a request and to receive its bytes. It sends once, never throws for what a
 * server or network does, and yields a {@link Recording}.
 *
 * The shape is shared between copies of the library in one script, so it changes only with the
 * version in {@link KEY}.
 */
export interface Transport {
  /** Short name for messages: `k6/http`, `k6/x/sse`. */
  readonly name: string
  /** Whether it sees tokens as they arrive. */
  readonly streams: boolean
  send(request: HttpRequest): Promise<Recording>
}

/**
 * Where the transport in force lives. Not in a module variable: a script may load the library by
 * two paths or URLs, which are two modules, and `globalThis` is what they share in a VU.
 */
const KEY = 'k6-llm/transport@1'

const shared = globalThis as unknown as { [key: string]: Transport | undefined }

/**
 * Makes a transport the one that every client of this script streams through.
 *
 * Call it at init. `dist/xk6-sse.js` does it for the extension `k6/x/sse`.
 */
export function setDefaultTransport(transport: Transport): void {
  if (!transport || typeof transport.send !== 'function') {
    misuse(
      `setDefaultTransport(${show(transport)}): expected a transport such as sseTransport(sse) ` +
        "with `import sse from 'k6/x/sse'`",
    )
  }
  shared[KEY] = transport
}

/** The transport in force, or `undefined` where none was set (then `k6/http` serves). */
export function defaultTransport(): Transport | undefined {
  return shared[KEY]
}

/**
 * Whether tokens can be seen arriving: true with the extension (`import '…/xk6-sse.js'`), false
 * on stock k6, whose `k6/http` returns when the whole body is there. Known at init.
 */
export function canStream(): boolean {
  return defaultTransport()?.streams === true
}
