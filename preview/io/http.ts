// The I/O thread's side of k6/http.
import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { Hop, HttpAnswer, HttpCall, Request } from '../calls.ts'
import { joined } from '../headers.ts'
import { messageOf } from '../script-values.ts'
import { type Agents, type Exchange, exchange } from './exchange.ts'
import { type GoError, TIMEOUT, verbOf } from './go-errors.ts'
import { next, readUrl } from './redirect.ts'

/** @param elapsed ms since the start of the run */
export function httpCall(
  call: HttpCall,
  agents: Agents,
  elapsed: () => number,
  answer: (answer: HttpAnswer) => void,
): { stop(): void } {
  const hops: Hop[] = []
  let running: Exchange | undefined
  const deadline =
    call.timeout > 0 ? setTimeout(() => running?.stop(TIMEOUT), call.timeout) : undefined

  const done = (last: Hop, stopped = false) => {
    clearTimeout(deadline)
    answer({ kind: 'http', hops, last, stopped })
  }

  const send = (request: Request) => {
    const { url, error: invalid } = readUrl(request.url)
    if (url === undefined) {
      const hop = unsent(request, invalid, elapsed())
      hops.push(hop)
      return done(hop)
    }
    let response: IncomingMessage | undefined
    const chunks: Buffer[] = []
    const current = exchange({ ...request, url, insecure: call.insecure }, agents, {
      response(given) {
        response = given
        given.on('data', (chunk) => chunks.push(chunk))
      },
      end(error) {
        const raw = Buffer.concat(chunks)
        const hop = hopOf({ request, response, raw, error, current, at: elapsed() })
        hops.push(hop)
        const step = error === null ? next(request, hop.status, hop.location) : undefined
        if (step === undefined || call.redirects === 0) return done(hop)
        if (hops.length > call.redirects) return done(hop, true)
        // By then the connection is free for it.
        setImmediate(send, step)
      },
    })
    running = current
  }
  send(call)
  return { stop: () => running?.stop(TIMEOUT) }
}

/** What is known of an exchange when it has ended. */
interface Ended {
  request: Request
  response: IncomingMessage | undefined
  /** the body as it came */
  raw: Buffer
  error: GoError | null
  current: Exchange
  at: number
}

function hopOf({ request, response, raw, error, current, at }: Ended): Hop {
  const address = current.address()
  const bytes = current.bytes()
  const timings = current.timings()
  const reached = timings.blocked > 0
  const hop: Hop = {
    ...emptyHop(request, at),
    url: request.url.replace(/#.*$/, ''),
    timings,
    remoteIp: reached ? address.ip : '',
    remotePort: reached ? address.port : 0,
    bytesSent: bytes.sent,
    bytesReceived: bytes.received,
  }
  if (response === undefined) {
    return error === null
      ? hop
      : { ...hop, ...faultOf({ ...error, full: `${verbOf(request)} ${error.full}` }) }
  }
  const { body, fault } = unpacked(response, raw, error)
  if (body !== null) hop.body = new Uint8Array(body)
  if (fault !== null) return { ...hop, ...faultOf(fault) }
  const tls = current.tls()
  const status = response.statusCode ?? 0
  return {
    ...hop,
    status,
    statusText: response.statusMessage ?? '',
    proto: `HTTP/${response.httpVersion}`,
    headers: joined(response.rawHeaders),
    setCookies: response.headers['set-cookie'] ?? [],
    location: response.headers.location,
    tlsVersion: tls.version,
    tlsCipher: tls.cipher,
    errorCode: status >= 400 ? 1000 + status : 0,
  }
}

const faultOf = ({ text, full, code }: GoError) => ({
  error: text,
  fullError: full,
  errorCode: code,
})

function unpacked(
  response: IncomingMessage,
  raw: Buffer,
  fault: GoError | null,
): { body: Buffer | null; fault: GoError | null } {
  const encoding = response.headers['content-encoding']
  if (fault !== null || !encoding || raw.length === 0) return { body: raw, fault }
  try {
    return { body: decoded(raw, encoding), fault }
  } catch (error) {
    return { body: null, fault: badPacking(error, raw.length) }
  }
}

/**
 * @param error of zlib
 * @param length of the body
 */
function badPacking(error: unknown, length: number): GoError {
  const text = (why: string) => `error decompressing response body (${why})`
  if (length < 10 || !/header/.test(messageOf(error))) {
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

function unsent(request: Request, error: GoError, at: number): Hop {
  const invalid = error.invalid === true
  const full = invalid ? error.full : `${verbOf(request)} ${error.full}`
  const hop = { ...emptyHop(request, at), ...faultOf({ ...error, full }), invalid }
  return invalid ? { ...hop, url: '' } : hop
}

/** Of a request that has no answer. */
const emptyHop = ({ method, url }: Request, at: number): Hop => ({
  method,
  url,
  status: 0,
  statusText: '',
  proto: '',
  headers: {},
  setCookies: [],
  location: undefined,
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
  error: '',
  fullError: '',
  errorCode: 0,
  bytesSent: 0,
  bytesReceived: 0,
  invalid: false,
  at,
})
