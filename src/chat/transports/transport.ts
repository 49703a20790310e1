import type { ErrorKind } from '../../stream/errors.ts'
import type { Recording } from '../../stream/recording.ts'

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
  /** Longest silence in ms, where the transport can tell. */
  idle?: number
  /** When to stop reading, where the transport can. */
  abortAfter?: AbortAfter
  /** What a record of the request says of it. */
  note?: RequestNote
}

/** What is known of a request that its bytes do not tell. */
export interface RequestNote {
  /** The wire format. */
  api: string
  /** Whether a stream was asked for. */
  stream: boolean
  /** The model that was asked for. */
  model?: string
  /** When it was meant to start, ms on the run's clock. */
  arrival?: number
  /** Gaps over this are stalls, ms. */
  stallLimit?: number
  /** Nobody wants its events: a transport may give what they say (`Recording.outcome`). */
  read?: boolean
}

/**
 * When a script wants no more of an answer, as a user who closes the page. The relay does it on
 * time. `k6/x/sse` looks at it when an event arrives: a silent stream ends there by its timeout only.
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
 * version in the key of default-transport.ts.
 */
export interface Transport {
  /** Short name for messages: `k6/http`, `k6/x/sse`, `relay`. */
  readonly name: string
  /** Whether it sees tokens as they arrive. */
  readonly streams: boolean
  /** Whether it can read an answer that is no stream. @default false: `k6/http` does it instead */
  readonly whole?: boolean
  /** Whether it ends a request in which nothing came for {@link HttpRequest.idle}. @default false */
  readonly idles?: boolean
  send(request: HttpRequest): Promise<Recording>
  /**
   * What failed in the run that began at a time (ms since the epoch), in the server's words, where it
   * keeps that. Waits for the answer.
   */
  failures?(began: number): Failure[] | undefined
}

/** Requests that failed alike. */
export interface Failure {
  kind: ErrorKind
  /** HTTP status, 0 where there was no answer. */
  status: number
  /** The server's words the first time, without secrets. */
  words: string
  count: number
}
