/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Socket } from 'node:net' */
/** @import { SimulatorOptions } from './options.js' */
/** @import { Entry } from './record.js' */
/** @import { Services } from './server.js' */
/** @import { Refusal } from './wire.js' */
import { now } from './clock.js'
import { epochNow } from './record.js'

/**
 * @typedef {object} Exchange One request and what is needed to answer it.
 * @property {IncomingMessage} req
 * @property {ServerResponse} res
 * @property {{ pathname: string, searchParams: URLSearchParams }} url
 * @property {string} text the body
 * @property {number} receivedAt on the monotonic clock
 * @property {SimulatorOptions} options as they were when the request came
 * @property {Entry} entry
 * @property {Services} services
 */

/**
 * Sends the status and the headers, or lets them leave with the first write.
 * @param {Exchange} exchange
 * @param {number} status
 * @param {Record<string, string | number>} headers
 * @param {boolean} atOnce
 */
export function openResponse({ res, entry }, status, headers, atOnce) {
  res.writeHead(status, headers)
  entry.status = status
  entry.headersAt = epochNow()
  if (atOnce) res.flushHeaders()
}

/**
 * Writes at once. Node collects what is written in one turn of its loop and sends it at the turn's
 * end; uncorking makes this its own send, so that the time that is noted is the time of the send.
 * @param {Exchange} exchange
 * @param {string} bytes
 * @param {string} kind
 * @param {number} tokens
 * @returns {number} the time, on the monotonic clock, right before the write
 */
export function write({ res, entry, services }, bytes, kind, tokens) {
  const time = now()
  res.write(bytes)
  res.socket?.uncork()
  services.record.wrote(entry, time, kind, tokens)
  return time
}

/**
 * Answers with a body in one piece.
 * @param {Exchange} exchange
 * @param {number} status
 * @param {string} type an empty one is left out
 * @param {string} body
 * @param {{ headers?: Record<string, string>, tokens?: number }} [more]
 */
export function sendBody(exchange, status, type, body, { headers, tokens = 0 } = {}) {
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

/**
 * @param {Exchange} exchange
 * @param {number} status
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
export function sendJson(exchange, status, body, headers) {
  sendBody(exchange, status, 'application/json', JSON.stringify(body), { headers })
}

/**
 * @param {Exchange} exchange
 * @param {Refusal} refusal
 */
export function refuse(exchange, { status, body, type, headers }) {
  if (type === undefined) sendJson(exchange, status, body, headers)
  else sendBody(exchange, status, type, String(body), { headers })
}

/**
 * Ends a response that was written in pieces.
 * @param {Exchange} exchange
 */
export function endResponse({ res, entry }) {
  res.end()
  entry.endedAt = epochNow()
}

/**
 * Cuts the connection with a TCP reset: the client reads ECONNRESET, not an end.
 * @param {Exchange} exchange
 */
export function resetConnection({ req, entry }) {
  entry.endedAt = epochNow()
  const socket = /** @type {Socket} */ (req.socket)
  socket.resetAndDestroy()
}
