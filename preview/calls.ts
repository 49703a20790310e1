// What a VU asks of the I/O thread, and what comes back.

/** A request as it goes out. */
export interface Request {
  method: string
  url: string
  headers: Record<string, string>
  body?: Uint8Array
}

/** A request of k6/http. */
export interface HttpCall extends Request {
  kind: 'http'
  /** ms; 0 for none */
  timeout: number
  /** how many are followed */
  redirects: number
  /** trusts any certificate */
  insecure: boolean
  /** takes a connection that is open, and leaves it open */
  reuse: boolean
}

/** A stream of k6/x/sse. */
export interface SseCall extends Request {
  kind: 'sse'
  /** ms; 0 for none */
  timeout: number
  insecure: boolean
}

export type Call = HttpCall | SseCall

/** A VU to the I/O thread. */
export type ToIo = { id: number } & (Call | { kind: 'close' })

/** As k6 names them, in ms. */
export interface Timings {
  duration: number
  blocked: number
  looking_up: number
  connecting: number
  tls_handshaking: number
  sending: number
  waiting: number
  receiving: number
}

/** One answer: a redirect, or the last. */
export interface Hop {
  method: string
  url: string
  /** 0 where none came */
  status: number
  statusText: string
  proto: string
  headers: Record<string, string>
  setCookies: string[]
  location: string | undefined
  body: Uint8Array | null
  timings: Timings
  remoteIp: string
  remotePort: number
  tlsVersion: string
  tlsCipher: string
  /** what `response.error` has */
  error: string
  /** what the log has */
  fullError: string
  errorCode: number
  bytesSent: number
  bytesReceived: number
  /** the address was none: k6 counts no request */
  invalid: boolean
  /** ms since the start of the run */
  at: number
}

/** What a request of k6/http came to: redirects first, one hop at least. */
export interface HttpAnswer {
  kind: 'http'
  hops: Hop[]
  last: Hop
  /** it was redirected more often than it may be */
  stopped: boolean
}

/** An event as the extension gives it. */
export interface SseEvent {
  id: string
  name: string
  data: string
  comment: string
}

/** While a stream is open. */
export type SsePart =
  /** `sending`: ms to the headers */
  | { kind: 'headers'; status: number; sending: number }
  | { kind: 'event'; event: SseEvent }
  | { kind: 'error'; text: string }

/** How a stream ended. */
export interface SseEnd {
  kind: 'end'
  url: string
  /** 0 where it was not opened */
  status: number
  headers: Record<string, string>
  error: string
  /** ms until it failed */
  sending: number
  bytesSent: number
  bytesReceived: number
}

export type Answer = HttpAnswer | SsePart | SseEnd

/** The I/O thread to a VU. */
export type FromIo = { id: number } & Answer
