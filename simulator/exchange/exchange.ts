import type { IncomingMessage, ServerResponse } from 'node:http'
import { now } from '../core/clock.ts'
import type { SimulatorOptions } from '../options/options.ts'
import { type Entry, epochNow } from '../record/record.ts'
import type { Refusal } from './errors.ts'
import type { Services } from './services.ts'

/** What of an address is in a request. */
export interface RequestUrl {
  pathname: string
  searchParams: URLSearchParams
}

/** One request and what is needed to answer it. */
export interface Exchange {
  req: IncomingMessage
  res: ServerResponse
  url: RequestUrl
  /** the body */
  text: string
  /** on the monotonic clock */
  receivedAt: number
  /** as they were when the request came */
  options: SimulatorOptions
  entry: Entry
  services: Services
}

/** Sends the status and the headers, or lets them leave with the first write. */
export function openResponse(
  { res, entry }: Exchange,
  status: number,
  headers: Record<string, string | number>,
  atOnce: boolean,
) {
  res.writeHead(status, headers)
  entry.status = status
  entry.headersAt = epochNow()
  if (atOnce) res.flushHeaders()
}

/**
 * Writes at once. Node collects what is written in one turn of its loop and sends it at the turn's
 * end; uncorking makes this its own send, so that the time that is noted is the time of the send.
 *
 * @returns the time, on the monotonic clock, right before the write
 */
export function write(
  { res, entry, services }: Exchange,
  bytes: string,
  kind: string,
  tokens: number,
): number {
  const time = now()
  res.write(bytes)
  res.socket?.uncork()
  services.record.wrote(entry, time, kind, tokens)
  return time
}

interface BodyExtras {
  headers?: Record<string, string>
  /** that are in the body */
  tokens?: number
}

/**
 * Answers with a body in one piece.
 *
 * @param type an empty one is left out
 */
export function sendBody(
  exchange: Exchange,
  status: number,
  type: string,
  body: string,
  { headers, tokens = 0 }: BodyExtras = {},
) {
  const { res, entry, services } = exchange
  openResponse(
    exchange,
    status,
    {
      ...(type !== '' && { 'content-type': type }),
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
    false,
  )
  services.record.wrote(entry, now(), 'body', tokens)
  res.end(body)
  entry.endedAt = epochNow()
}

export function sendJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers?: Record<string, string>,
) {
  sendBody(exchange, status, 'application/json', JSON.stringify(body), { headers })
}

export function refuse(exchange: Exchange, { status, body, type, headers }: Refusal) {
  if (type === undefined) sendJson(exchange, status, body, headers)
  else sendBody(exchange, status, type, String(body), { headers })
}

/** Ends a response that was written in pieces. */
export function endResponse({ res, entry }: Exchange) {
  res.end()
  entry.endedAt = epochNow()
}

/** Cuts the connection with a TCP reset: the client reads ECONNRESET, not an end. */
export function resetConnection({ req, entry }: Exchange) {
  entry.endedAt = epochNow()
  req.socket.resetAndDestroy()
}
