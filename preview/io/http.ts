// The I/O thread's side of k6/http.
import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { joined } from '../http/headers.ts'
import { exchange } from './exchange.ts'
import type { GoError } from './go-errors.ts'
import { TIMEOUT } from './go-errors.ts'
import { next, readUrl } from './redirect.ts'

/** @param call see http/request.js */
export function httpCall(
  call: any,
  agents: any,
  elapsed: () => number,
  answer: (answer: object) => void,
): { stop(): void } {
  const hops: any[] = []
  let running: ReturnType<typeof exchange> | undefined
  const deadline =
    call.timeout > 0 ? setTimeout(() => running?.stop(TIMEOUT), call.timeout) : undefined

  const done = (stopped = false) => {
    clearTimeout(deadline)
    answer({ hops, stopped })
  }

  const send = (request: {
    method: string
    url: string
    headers: Record<string, string>
    body?: Uint8Array
  }) => {
    const { url, error: invalid } = readUrl(request.url)
    if (url === undefined) {
      hops.push(unsent(request, invalid as any, elapsed()))
      return done()
    }
    let response: IncomingMessage | undefined
    const chunks: Buffer[] = []
    const current = exchange({ ...request, url, insecure: call.insecure }, agents, {
      response(given) {
        response = given
        given.on('data', (chunk) => chunks.push(chunk))
      },
      end(error) {
        const hop = hopOf(request, response, Buffer.concat(chunks), error, current)
        hop.at = elapsed()
        hops.push(hop)
        const step = error === null ? next(request, hop.status, hop.location) : undefined
        if (step === undefined || call.redirects === 0) return done()
        if (hops.length > call.redirects) return done(true)
        // By then the connection is free for it.
        setImmediate(send, step)
      },
    })
    running = current
  }
  send(call)
  return { stop: () => running?.stop(TIMEOUT) }
}

function hopOf(
  request: { method: string; url: string },
  response: IncomingMessage | undefined,
  raw: Buffer,
  error: GoError | null,
  current: ReturnType<typeof exchange>,
): any {
  const address = current.address()
  const bytes = current.bytes()
  const tls = current.tls()
  const reached = current.timings().blocked > 0
  const hop = {
    method: request.method,
    url: request.url.replace(/#.*$/, ''),
    status: 0,
    statusText: '',
    proto: '',
    headers: {},
    setCookies: [],
    location: undefined,
    body: null,
    timings: current.timings(),
    remoteIp: reached ? address.ip : '',
    remotePort: reached ? address.port : 0,
    tlsVersion: '',
    tlsCipher: '',
    error: '',
    fullError: '',
    errorCode: 0,
    bytesSent: bytes.sent,
    bytesReceived: bytes.received,
  }
  let body: any = raw
  let fault = error
  if (fault === null && response !== undefined) {
    const encoding = response.headers['content-encoding']
    if (encoding && raw.length > 0) {
      try {
        body = decoded(raw, encoding)
      } catch (error) {
        fault = badPacking(error, raw.length)
        body = null
      }
    }
  }
  if (response !== undefined && body !== null) Object.assign(hop, { body: new Uint8Array(body) })
  if (fault !== null) {
    const verb = request.method.charAt(0) + request.method.slice(1).toLowerCase()
    const full = response === undefined ? `${verb} "${request.url}": ${fault.full}` : fault.full
    return Object.assign(hop, { error: fault.text, fullError: full, errorCode: fault.code })
  }
  if (response === undefined) return hop
  const status = response.statusCode ?? 0
  return Object.assign(hop, {
    status,
    statusText: response.statusMessage ?? '',
    proto: `HTTP/${response.httpVersion}`,
    headers: joined(response.rawHeaders),
    setCookies: response.headers['set-cookie'] ?? [],
    location: response.headers.location,
    tlsVersion: tls.version,
    tlsCipher: tls.cipher,
    errorCode: status >= 400 ? 1000 + status : 0,
  })
}

/**
 * @param error of zlib
 * @param length of the body
 */
function badPacking(error: unknown, length: number) {
  const text = (why: string) => `error decompressing response body (${why})`
  const { message } = error as Error
  if (length < 10 || !/header/.test(message)) {
    return { text: text('unexpected EOF'), full: text('unexpected EOF'), code: 1701 }
  }
  const full = text('gzip: invalid header')
  return { text: text(full), full, code: 1701 }
}

function decoded(raw: Buffer, encodings: string) {
  let bytes = raw
  for (const encoding of encodings.split(',').reverse()) {
    const name = encoding.trim().toLowerCase()
    if (name === 'gzip' || name === 'x-gzip') bytes = gunzipSync(bytes)
    else if (name === 'deflate') bytes = inflateSync(bytes)
    else if (name === 'br') bytes = brotliDecompressSync(bytes)
  }
  return bytes
}

function unsent(
  request: { method: string; url: string },
  error: GoError & { invalid?: boolean },
  at: number,
) {
  const verb = request.method.charAt(0) + request.method.slice(1).toLowerCase()
  return {
    method: request.method,
    url: error.invalid ? '' : request.url,
    status: 0,
    statusText: '',
    proto: '',
    headers: {},
    setCookies: [],
    body: null,
    timings: {
      duration: 0,
      blocked: 0,
      looking_up: 0,
      connecting: 0,
      tls_handshaking: 0,
      sending: 0,
      waiting: 0,
      receiving: 0,
    },
    remoteIp: '',
    remotePort: 0,
    tlsVersion: '',
    tlsCipher: '',
    error: error.text,
    fullError: error.invalid ? error.full : `${verb} "${request.url}": ${error.full}`,
    errorCode: error.code,
    bytesSent: 0,
    bytesReceived: 0,
    invalid: error.invalid === true,
    at,
  }
}
