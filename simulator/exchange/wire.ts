import type { Random } from '../core/random.ts'
import type { AnswerEvent } from '../events/event.ts'
import type { Whole } from '../events/whole.ts'
import type { SimulatorOptions } from '../options/options.ts'
import type { MetricRow } from '../record/series.ts'
import type { BadRequest, ChatRequest, Finish, ReadContext } from '../request/request.ts'
import type { Credentials } from './auth.ts'
import type { Refusal } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { FlavorState } from './services.ts'

// What a server is made of. In the comments of the flavors `streams/NAME` is a file of
// test/fixtures/streams.

/** A server, as the simulator speaks it. */
export interface Flavor {
  /** when response headers leave */
  headers: 'early' | 'first-token'
  /** ms, 0: it sends none */
  pingInterval: number
  routes: Route[]
  /** on paths that are not there */
  manners: Manners
  /** paths that need credentials even if nothing is there */
  guards?: (path: string) => boolean
  /** names of /metrics; absent: there is none */
  metrics?: MetricRow[]
  /** what it remembers */
  createState?: (readOptions: () => SimulatorOptions) => FlavorState
}

export interface Route {
  method: string
  path: string
  /** as the record names it */
  api: string
  handle: (exchange: Exchange) => void | Promise<void>
}

/** How a server says no. */
export interface Manners {
  credentials: Credentials
  /** a body */
  error: (status: number, message: string, param?: string | null) => unknown
  unauthorized: (verdict: 'missing' | 'bad') => Refusal
  badJson: (reason: string) => Refusal
  badRequest: (error: BadRequest, stream: boolean) => Refusal
  unknownModel: (model: string, stream: boolean, exchange: Exchange) => Refusal
  notFound: (method: string, path: string) => Refusal
  notAllowed: (method: string, path: string) => Refusal
  checkHeaders?: (exchange: Exchange) => Refusal | undefined
  /** generation broke before anything was sent */
  failed: Refusal
  overloaded: Refusal
  /** of 429, beside Retry-After */
  limitHeaders?: (seconds: number) => Record<string, string>
}

/** How one endpoint of a server speaks. */
export interface Wire {
  /** as the record names it */
  api: string
  manners: Manners
  /** the request's content type is not looked at */
  anyType?: boolean
  read: (fields: Record<string, unknown>, context: ReadContext) => ChatRequest
  /** the name of the model that answers; undefined: it does not serve that one */
  resolve: (asked: string | undefined, exchange: Exchange) => string | undefined
  /** of an answer */
  id: (random: Random, exchange: Exchange) => string
  encoder: (answer: Answer) => (event: AnswerEvent) => Encoded
  /** the body without a stream */
  whole: (answer: Answer, whole: Whole) => unknown
  /** content type */
  streamType: string
  /** of an answer */
  headers?: (answer: Answer, whole?: Whole) => Record<string, string>
  /** its first event does not wait for a token */
  opensAtOnce?: boolean
  /** whether the last token carries this finish */
  rides?: (finish: Finish) => boolean
  /** the last token is the end of sequence, counted but without a text */
  eos?: boolean
  /** an event has one token, always */
  single?: boolean
  /** it can call tools */
  tools?: boolean
  /** after a silence, or always at the interval */
  pings?: 'silence' | 'steady'
  /** hears llama.cpp's `sse_ping_interval` and `return_progress` */
  progress?: boolean
  /** a stream ends with an event that says nothing else */
  done: boolean
  /** that event comes after an error too */
  doneAfterError: boolean
  /** why it never sends 200 and then an error as the first event */
  noErrorFirst?: string
  /** an event of JSON that is cut */
  broken: string
  /** holds a request back, or answers it otherwise */
  before?: (exchange: Exchange, request: ChatRequest, proceed: Proceed) => void
}

/** What is known of the load that a request waited for. */
export interface Held {
  /** whether it is the first answer after a load; asked once */
  cold?: () => boolean
  /** ms that the load took */
  loadMs?: number
}

/** Answers, with times that count from `since` on the monotonic clock */
export type Proceed = (since: number, held?: Held) => void

/** One write of an answer, as the record lists it. */
export interface Write {
  kind: string
  tokens: number
  /** empty: the tokens count, but the client does not see them */
  bytes: string
}

/**
 * A text is one write with its event's kind and tokens. No write
 * at all: the event has no bytes on this wire, or is kept for a later write.
 */
export type Encoded = string | Write[]

/** What an encoder knows beforehand. */
export interface Answer {
  id: string
  /** seconds */
  created: number
  model: string
  promptTokens: number
  request: ChatRequest
  options: SimulatorOptions
  /** false: leave out all usage, by fault */
  counts: boolean
  /** that loading the model took, in which the request was held */
  loadMs: number
  /** hex digits for further ids */
  nextId: (length: number) => string
}
