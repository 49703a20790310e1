import type { Recording, RelayFigures } from '../../stream/recording.ts'
import type { AbortAfter, HttpRequest, RequestNote } from './transport.ts'

/**
 * What k6 and the relay say to each other. A request goes to the relay's {@link PATH} as a POST
 * with its own body and two headers; its own headers travel in the second one, since on the way
 * k6's HTTP would change some of them and a web page could send the others.
 */
export const PATH = '/exchange'
/** The address that is meant, percent-encoded. */
export const TARGET_HEADER = 'x-k6-llm-target'
/** {@link RelayControl} as JSON in ASCII. */
export const CONTROL_HEADER = 'x-k6-llm-control'
export const PROTOCOL = 1

/** What the relay is to do with a request. Times in ms. */
export interface RelayControl {
  v: typeof PROTOCOL
  method: HttpRequest['method']
  headers: { [name: string]: string }
  /** The start on k6's clock: all times of the document count on from here. */
  base: number
  /** Bound of the whole exchange. */
  timeout: number
  /** Longest silence, of headers or between two pieces. */
  idle?: number
  abortAfter?: AbortAfter
  /** Requests with the same words here share connections: a VU's. */
  session: string
  /** Where connections end with their iteration (`noVUConnectionReuse`): which one this is. */
  iteration?: number
  /** k6's options that concern the way to the server, those that were set. */
  options?: RelayedOptions
  /** For the relay's record. */
  vu: number
  scenario?: string
  tags: { [name: string]: string }
  note?: RequestNote
}

/** Options of k6 (`exec.test.options`) that the relay honours. */
export interface RelayedOptions {
  hosts?: { [host: string]: string }
  blockHostnames?: string[]
  blacklistIPs?: string[]
  insecureSkipTLSVerify?: boolean
  noConnectionReuse?: boolean
  dns?: { policy?: string | null; select?: string | null }
}

/** A cookie that the server set, as k6's jar takes it. */
export interface RelayedCookie {
  name: string
  value: string
  attributes: { [name: string]: string | number | boolean }
}

/**
 * The relay's answer: the recording of the exchange, on k6's clock, and what only the relay knows.
 */
export interface RelayDocument extends Recording {
  v: typeof PROTOCOL
  cookies?: RelayedCookie[]
  relay: RelayNotes
}

/** Times in ms from the start, by the relay's monotonic clock. */
export interface RelayNotes extends RelayFigures {
  /** The start by its wall clock, ms since the epoch. */
  wall: number
  /** From the start to the end. */
  total: number
  /** How it ended: the server's end, what was wanted, or what broke. `cut`: k6 closed it. */
  end: 'complete' | 'aborted' | 'failed' | 'cut'
  /** The request was written. */
  sent?: number
  /** An open connection served. */
  reused: boolean
  /** Bytes of the body, decoded. */
  bytes: number
}

/** Where the relay tells by GET what failed in a run, `?began=` its start in ms since the epoch. */
export const FAILURES_PATH = '/failures'
