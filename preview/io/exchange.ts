// One request and its answer, with the times of its phases.

import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { TLSSocket } from 'node:tls'
import type { Request, Timings } from '../calls.ts'
import { trusted } from '../certificates.ts'
import { type GoError, goError } from './go-errors.ts'

interface Handlers {
  /** headers are there */
  response: (response: http.IncomingMessage) => void
  /** the answer is complete, or why it is not */
  end: (error: GoError | null) => void
}

/** Connections that are kept between requests. */
export interface Agents {
  http: http.Agent
  https: https.Agent
}

/** A request under way. */
export interface Exchange {
  /** ends it; `end` is called with the given error */
  stop(error: GoError | null): void
  timings(): Timings
  /** of the server */
  address(): { ip: string; port: number }
  bytes(): { sent: number; received: number }
  tls(): { version: string; cipher: string }
  /** ms from the call to where the answer's headers were there */
  toHeaders(): number
}

const ca = trusted()

/** Connections of their own, for one VU or one stream; kept, and the last used first. */
export function createAgents(
  options: http.AgentOptions = { keepAlive: true, scheduling: 'lifo' },
): Agents {
  return {
    http: new http.Agent(options),
    https: new https.Agent({ ...options, ...(ca === undefined ? {} : { ca }) }),
  }
}

/** Sends one request; redirects are answers. */
export function exchange(
  request: Omit<Request, 'url'> & { url: URL; insecure: boolean },
  agents: Agents,
  handlers: Handlers,
): Exchange {
  const { url } = request
  const secure = url.protocol === 'https:'
  const headers = { ...request.headers }
  if (request.body !== undefined) headers['Content-Length'] = String(request.body.length)
  const begun = performance.now()
  const at: Phases = {
    connected: 0,
    looked: 0,
    dialled: 0,
    shaken: 0,
    sent: 0,
    answered: 0,
    ended: 0,
  }
  const before = { sent: 0, received: 0 }
  let socket: Socket | undefined
  /** the socket's own, which says more than what the request says */
  let fault: Error | undefined
  let over = false
  /** Both ends of the connection; a socket forgets them when it is destroyed. */
  const ends = { ip: '', port: 0, local: '', remote: '' }
  const remember = (given: Socket) => {
    const { localAddress, localPort, remoteAddress = '', remotePort = 0 } = given
    ends.ip = remoteAddress
    ends.port = remotePort
    ends.local = `${localAddress}:${localPort}`
    ends.remote = `${remoteAddress}:${remotePort}`
  }

  const call = (secure ? https : http).request({
    method: request.method,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    headers,
    agent: secure ? agents.https : agents.http,
    ...(secure ? { rejectUnauthorized: !request.insecure } : {}),
  })
  const onFault = (error: Error) => {
    fault ??= error
  }
  call.on('socket', (given) => {
    socket = given
    before.sent = given.bytesWritten
    before.received = given.bytesRead
    given.on('error', onFault)
    if (!given.connecting) {
      remember(given)
      at.connected = performance.now()
      return
    }
    at.looked = performance.now()
    given.once('lookup', () => {
      at.looked = performance.now()
    })
    given.once('connect', () => {
      remember(given)
      at.dialled = performance.now()
      if (!secure) at.connected = at.dialled
    })
    given.once('secureConnect', () => {
      at.shaken = performance.now()
      at.connected = at.shaken
    })
  })
  call.on('finish', () => {
    at.sent = Math.max(performance.now(), at.connected)
  })
  call.on('response', (response) => {
    at.answered = performance.now()
    response.on('end', () => {
      if (response.complete) end(null)
    })
    response.on('error', (error) => fail(error, true))
    response.on('close', () => {
      if (!response.complete) fail(fault ?? premature(), true)
    })
    handlers.response(response)
  })
  call.on('error', (error) => fail(error, at.answered > 0))
  call.end(request.body)

  function fail(error: Error, headers: boolean) {
    end(goError(fault ?? error, { host: url.hostname, headers, ...ends }))
  }

  function end(error: GoError | null) {
    if (over) return
    over = true
    at.ended = performance.now()
    socket?.off('error', onFault) // a connection that is kept serves many requests
    handlers.end(error)
  }

  return {
    stop(error) {
      end(error)
      call.destroy()
    },
    timings: () => timingsOf(begun, at),
    address: () => ({ ip: ends.ip, port: ends.port }),
    bytes: () => ({
      sent: (socket?.bytesWritten ?? 0) - before.sent,
      received: (socket?.bytesRead ?? 0) - before.received,
    }),
    tls() {
      if (!(socket instanceof TLSSocket)) return { version: '', cipher: '' }
      const version = socket.getProtocol() ?? ''
      return {
        version: version.replace('TLSv1', 'tls1').replace(/^tls1$/, 'tls1.0'),
        cipher: socket.getCipher()?.standardName ?? '',
      }
    },
    toHeaders: () => (at.answered || at.ended) - begun,
  }
}

const premature = (): Error =>
  Object.assign(new Error('aborted'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })

/** When each phase began; 0 where it did not. */
interface Phases {
  connected: number
  looked: number
  dialled: number
  shaken: number
  sent: number
  answered: number
  ended: number
}

function timingsOf(begun: number, at: Phases): Timings {
  const { answered, connected, dialled, ended, looked, sent, shaken } = at
  const blocked = connected > 0 ? connected - begun : 0
  const connecting = dialled > 0 ? dialled - looked : 0
  const sending = connected > 0 && sent > 0 ? sent - connected : 0
  const waiting = sent > 0 && connected > 0 ? Math.max(0, (answered || ended) - sent) : 0
  const receiving = answered > 0 ? ended - answered : 0
  return {
    duration: sending + waiting + receiving,
    blocked,
    looking_up: 0, // as in k6, where it is part of `blocked`
    connecting,
    tls_handshaking: shaken > 0 ? shaken - dialled : 0,
    sending,
    waiting,
    receiving,
  }
}
