/** @import { IncomingMessage } from 'node:http' */
import { now, toEpoch } from './clock.js'

/**
 * @typedef {object} Entry What the simulator knows about one request. Times are wall-clock ms since
 *   1970 with a fraction; null: did not happen.
 * @property {string} id the answer's id, or `req-ORDINAL`
 * @property {number} ordinal counts all requests from 1; never starts again
 * @property {number | null} answer counts the chats from 1: with the seed, the key of all randomness
 * @property {string} method
 * @property {string} path
 * @property {string} api what the path is, like `openai-chat`, `models` or `server`
 * @property {string | null} model that answered
 * @property {string} flavor
 * @property {boolean} stream
 * @property {number | null} receivedAt the request was there in full
 * @property {number | null} startedAt from when ttft counts: later than receivedAt when held
 * @property {number | null} admittedAt its first step began; null where it shares the machine with none
 * @property {number | null} headersAt
 * @property {number[]} sentAt one for each write, taken right before it
 * @property {string[]} kinds of the same writes: an event kind, or `body`
 * @property {number[]} tokens in the same writes
 * @property {number} unlisted writes beyond the bound on sentAt
 * @property {number | null} endedAt
 * @property {number} status 0 when none was sent
 * @property {string | null} fault as it was asked for
 * @property {number | null} promptTokens
 * @property {number | null} completionTokens sent so far
 * @property {boolean} closedByClient
 * @property {Record<string, string>} headers
 * @property {unknown} body parsed, or `{ truncated: true, bytes }`
 */

const MAX_REQUESTS = 10_000
/** Over all requests; with kinds and tokens about 100 MB. */
const MAX_WRITES = 4_000_000
const MAX_WRITES_OF_ONE = 40_000
/** A longer body is not kept: 10,000 of them would fill the memory. */
const MAX_BODY_BYTES = 4096

const KEPT_HEADERS =
  /^(content-type|accept|accept-encoding|user-agent|traceparent|anthropic-.*|x-.*)$/
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'x-admin-key'])

/**
 * The list of requests, the oldest dropped when it is full.
 */
export function createRecord() {
  /** @type {Set<Entry>} in the order of their coming */
  const entries = new Set()
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
    /**
     * @param {IncomingMessage} req
     * @param {string} path
     * @param {string} flavor
     * @returns {Entry}
     */
    open(req, path, flavor) {
      while (entries.size >= MAX_REQUESTS || writes >= MAX_WRITES) dropOldest()
      ordinal += 1
      /** @type {Entry} */
      const entry = {
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

    /**
     * @param {Entry} entry
     * @param {number} time on the monotonic clock
     * @param {string} kind
     * @param {number} tokens
     */
    wrote(entry, time, kind, tokens) {
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

    /**
     * Tokens that were generated and counted, but that the client does not see.
     * @param {Entry} entry
     * @param {number} tokens
     */
    hid(entry, tokens) {
      entry.completionTokens = (entry.completionTokens ?? 0) + tokens
    },

    /**
     * @param {URLSearchParams} query `path`, `since` (ordinals above it), `limit` (the newest)
     */
    select(query) {
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

/** @typedef {ReturnType<typeof createRecord>} RequestRecord */

/**
 * Counts instead of the requests themselves.
 * @param {Entry[]} entries
 */
export function summarize(entries) {
  return {
    total: entries.length,
    open: entries.filter((entry) => entry.endedAt === null).length,
    closedByClient: entries.filter((entry) => entry.closedByClient).length,
    byPath: countBy(entries, (entry) => entry.path),
    byStatus: countBy(entries, (entry) => String(entry.status)),
    byFault: countBy(entries, (entry) => entry.fault ?? 'none'),
  }
}

/**
 * The wall clock now, for an entry's times.
 */
export const epochNow = () => toEpoch(now())

/**
 * The body as the record keeps it.
 * @param {string} text
 */
export function keepBody(text) {
  if (text === '') return null
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_BODY_BYTES) return { truncated: true, bytes }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * @param {Entry[]} entries
 * @param {(entry: Entry) => string} key
 */
function countBy(entries, key) {
  /** @type {Record<string, number>} */
  const counts = {}
  for (const entry of entries) counts[key(entry)] = (counts[key(entry)] ?? 0) + 1
  return counts
}

/**
 * @param {IncomingMessage} req
 */
function keepHeaders(req) {
  /** @type {Record<string, string>} */
  const kept = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (CREDENTIALS.has(name)) kept[name] = 'present'
    else if (KEPT_HEADERS.test(name)) kept[name] = String(value)
  }
  return kept
}
