import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { performance } from 'node:perf_hooks'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { readErrorBody } from '#node'

/** One exchange, with the time of each phase. Times are ms since the request was begun. */
export interface Exchange {
  method: string
  url: string
  /** absent where no headers came */
  status?: number
  /** by small letters */
  headers: Record<string, string>
  /** when each phase ended; absent where there was none */
  at: {
    dns?: number
    connect?: number
    tls?: number
    headers?: number
    firstByte?: number
    total: number
  }
  /** that was connected to */
  address?: string
  /** pieces of the body, as they came in */
  arrivals: { at: number; bytes: number }[]
  /** the same decoded */
  pieces: { at: number; text: string }[]
  body: string
  error: Failure | undefined
}

/** Why an exchange did not come to its end. */
export interface Failure {
  /** Node's, such as `ECONNRESET`; `ETIMEDOUT` for our own timeout */
  code: string
  message: string
}

export interface RequestOptions {
  /** @default GET */
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  /** the body */
  json?: unknown
  /** ms of the whole exchange */
  timeout: number
  /** accept any certificate */
  insecure?: boolean
}

/** Sends to a path of the server that is looked at. */
export type Send = (path: string, options?: Partial<RequestOptions>) => Promise<Exchange>

/** No answer that is asked for is longer. */
const MOST_BYTES = 2e6

/**
 * Sends a request on a connection of its own, as k6/x/sse does, and keeps when what came.
 *
 * @returns never rejects: a failure is its `error`
 */
export function exchange(
  url: string,
  { method = 'GET', headers = {}, json, timeout, insecure }: RequestOptions,
): Promise<Exchange> {
  const begun = performance.now()
  const now = () => performance.now() - begun
  const seen: Exchange = {
    method,
    url,
    headers: {},
    at: { total: 0 },
    arrivals: [],
    pieces: [],
    body: '',
    error: undefined,
  }
  return new Promise((resolve) => {
    let done = false
    const finish = (error?: Failure) => {
      if (done) return
      done = true
      clearTimeout(timer)
      seen.error = error
      seen.at.total = now()
      seen.body = seen.pieces.map((piece) => piece.text).join('')
      req.destroy()
      resolve(seen)
    }
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const body = json === undefined ? undefined : JSON.stringify(json)
    const req = send(url, {
      method,
      agent: false,
      headers: {
        // As k6/x/sse asks: whether a proxy compresses shows only then.
        'accept-encoding': 'gzip',
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
        ...headers,
      },
      rejectUnauthorized: insecure !== true,
    })
    const timer = setTimeout(
      () => finish({ code: 'ETIMEDOUT', message: `no end within ${timeout / 1000} s` }),
      timeout,
    )
    req.on('socket', (socket) => {
      socket.on('lookup', (error, address) => {
        if (!error) seen.address = address
        seen.at.dns = now()
      })
      socket.on('connect', () => {
        seen.address = socket.remoteAddress ?? seen.address
        seen.at.connect = now()
      })
      socket.on('secureConnect', () => {
        seen.at.tls = now()
      })
    })
    req.on('response', (response) => {
      seen.at.headers = now()
      seen.status = response.statusCode
      seen.headers = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      )
      const decoded = decode(response)
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        const at = now()
        seen.at.firstByte ??= at
        bytes += chunk.length
        seen.arrivals.push({ at, bytes: chunk.length })
        if (bytes > MOST_BYTES) finish({ code: 'TOO_LONG', message: `over ${MOST_BYTES} bytes` })
      })
      const text = new TextDecoder()
      decoded.on('data', (chunk: Buffer) => {
        seen.pieces.push({ at: now(), text: text.decode(chunk, { stream: true }) })
      })
      decoded.on('end', () => finish())
      decoded.on('error', (error: Error) => finish(toError(error)))
      response.on('error', (error) => finish(toError(error)))
      response.on('aborted', () =>
        finish({ code: 'ECONNRESET', message: 'the connection was cut' }),
      )
    })
    req.on('error', (error) => finish(toError(error)))
    req.end(body)
  })
}

function decode(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding'] ?? ''
  if (encoding === 'gzip') return response.pipe(createGunzip({ flush: 2, finishFlush: 2 }))
  if (encoding === 'deflate') return response.pipe(createInflate({ flush: 2, finishFlush: 2 }))
  if (encoding === 'br') return response.pipe(createBrotliDecompress())
  return response
}

function toError(error: NodeJS.ErrnoException & { errors?: Error[] }): Failure {
  const { code, message, errors } = error
  return { code: code ?? 'ERROR', message: message || errors?.[0]?.message || String(error) }
}

/** What the server says of its refusal. */
export function told({ body }: Exchange): string {
  return readErrorBody(body).message
}
