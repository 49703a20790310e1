import type { IncomingMessage } from 'node:http'
import { now, toEpoch } from '../core/clock.ts'

/**
 * What the simulator knows about one request. Times are wall-clock ms since
 * 1970 with a fraction; null: did not happen.
 */
export interface Entry {
  /** the answer's id, or `req-ORDINAL` */
  id: string
  /** counts all requests from 1; never starts again */
  ordinal: number
  /** counts the chats from 1: with the seed, the key of all randomness */
  answer: number | null
  method: string
  path: string
  /** what the path is, like `openai-chat`, `models` or `server` */
  api: string
  /** that answered */
  model: string | null
  flavor: string
  stream: boolean
  /** the request was there in full */
  receivedAt: number | null
  /** from when ttft counts: later than receivedAt when held */
  startedAt: number | null
  /** its first step began; null where it shares the machine with none */
  admittedAt: number | null
  headersAt: number | null
  /** one for each write, taken right before it */
  sentAt: number[]
  /** of the same writes: an event kind, or `body` */
  kinds: string[]
  /** in the same writes */
  tokens: number[]
  /** writes beyond the bound on sentAt */
  unlisted: number
  endedAt: number | null
  /** 0 when none was sent */
  status: number
  /** as it was asked for */
  fault: string | null
  promptTokens: number | null
  /** sent so far */
  completionTokens: number | null
  closedByClient: boolean
  headers: Record<string, string>
  /** parsed, or `{ truncated: true, bytes }` */
  body: unknown
}

const MAX_REQUESTS = 10_000
/** Over all requests; with kinds and tokens about 100 MB. */
const MAX_WRITES = 4_000_000
const MAX_WRITES_OF_ONE = 40_000
/** A longer body is not kept: 10,000 of them would fill the memory. */
const MAX_BODY_BYTES = 4096

const KEPT_HEADERS =
  /^(content-type|accept|accept-encoding|user-agent|traceparent|anthropic-.*|x-.*)$/
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'x-admin-key'])

/** The list of requests, the oldest dropped when it is full. */
export function createRecord() {
  /** in the order of their coming */
  const entries = new Set<Entry>()
  let ordinal = 0
  let writes = 0
  let dropped = 0

  const dropOldest = () => {
    for (const oldest of entries) {
      entries.delete(oldest)
      writes -= oldest.sentAt.length
      dropped += 1
      return
    }
  }

  return {
    open(req: IncomingMessage, path: string, flavor: string): Entry {
      while (entries.size >= MAX_REQUESTS || writes >= MAX_WRITES) dropOldest()
      ordinal += 1
      const entry: Entry = {
        id: `req-${ordinal}`,
        ordinal,
        answer: null,
        method: req.method ?? '',
        path,
        api: 'server',
        model: null,
        flavor,
        stream: false,
        receivedAt: null,
        startedAt: null,
        admittedAt: null,
        headersAt: null,
        sentAt: [],
        kinds: [],
        tokens: [],
        unlisted: 0,
        endedAt: null,
        status: 0,
        fault: null,
        promptTokens: null,
        completionTokens: null,
        closedByClient: false,
        headers: keepHeaders(req),
        body: null,
      }
      entries.add(entry)
      return entry
    },

    /** @param time on the monotonic clock */
    wrote(entry: Entry, time: number, kind: string, tokens: number) {
      if (tokens > 0) entry.completionTokens = (entry.completionTokens ?? 0) + tokens
      if (entry.sentAt.length >= MAX_WRITES_OF_ONE) {
        entry.unlisted += 1
        return
      }
      // One that was dropped while it streams does not count any more.
      if (entries.has(entry)) writes += 1
      entry.sentAt.push(toEpoch(time))
      entry.kinds.push(kind)
      entry.tokens.push(tokens)
    },

    /** Tokens that were generated and counted, but that the client does not see. */
    hid(entry: Entry, tokens: number) {
      entry.completionTokens = (entry.completionTokens ?? 0) + tokens
    },

    /** @param query `path`, `since` (ordinals above it), `limit` (the newest) */
    select(query: URLSearchParams) {
      const path = query.get('path')
      const since = Number(query.get('since') ?? 0)
      const limit = query.get('limit')
      const chosen = [...entries].filter(
        (entry) => entry.ordinal > since && (path === null || entry.path === path),
      )
      return limit === null ? chosen : chosen.slice(Math.max(0, chosen.length - Number(limit)))
    },

    clear() {
      entries.clear()
      writes = 0
      dropped = 0
    },

    get dropped() {
      return dropped
    },
  }
}

export type RequestRecord = ReturnType<typeof createRecord>

/** Counts instead of the requests themselves. */
export function summarize(entries: Entry[]) {
  return {
    total: entries.length,
    open: entries.filter((entry) => entry.endedAt === null).length,
    closedByClient: entries.filter((entry) => entry.closedByClient).length,
    byPath: countBy(entries, (entry) => entry.path),
    byStatus: countBy(entries, (entry) => String(entry.status)),
    byFault: countBy(entries, (entry) => entry.fault ?? 'none'),
  }
}

/** The wall clock now, for an entry's times. */
export const epochNow = () => toEpoch(now())

/** The body as the record keeps it. */
export function keepBody(text: string): unknown {
  if (text === '') return null
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_BODY_BYTES) return { truncated: true, bytes }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function countBy(entries: Entry[], key: (entry: Entry) => string) {
  const counts: Record<string, number> = {}
  for (const entry of entries) counts[key(entry)] = (counts[key(entry)] ?? 0) + 1
  return counts
}

function keepHeaders(req: IncomingMessage) {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (CREDENTIALS.has(name)) kept[name] = 'present'
    else if (KEPT_HEADERS.test(name)) kept[name] = String(value)
  }
  return kept
}
