// One request and its answer, with the times of its phases.

import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { TLSSocket } from 'node:tls'
import { trusted } from '../certificates.ts'
import type { GoError } from './go-errors.ts'
import { goError } from './go-errors.ts'

/** as k6 names them, in ms */
interface Timings {
  duration: number
  blocked: number
  looking_up: number
  connecting: number
  tls_handshaking: number
  sending: number
  waiting: number
  receiving: number
}

interface Handlers {
  /** headers are there */
  response: (response: http.IncomingMessage) => void
  /**
   * the answer is complete,
   * or why it is not
   */
  end: (error: GoError | null) => void
}

/** Connections are kept, the last used first. */
const KEEP_ALIVE = { keepAlive: true, scheduling: 'lifo' as const }
const ca = trusted()

/** Connections of their own, for one VU or one stream. */
export function createAgents(options: http.AgentOptions = KEEP_ALIVE) {
  return {
    http: new http.Agent(options),
    https: new https.Agent({ ...options, ...(ca === undefined ? {} : { ca }) }),
  }
}

/** Sends one request; redirects are answers. */
export function exchange(
  request: {
    method: string
    url: URL
    headers: Record<string, string>
    body?: Uint8Array
    insecure: boolean
  },
  agents: { http: http.Agent; https: https.Agent },
  handlers: Handlers,
) {
  const { url } = request
  const secure = url.protocol === 'https:'
  const headers = { ...request.headers }
  if (request.body !== undefined) headers['Content-Length'] = String(request.body.length)
  const begun = performance.now()
  /** When each phase began. */
  const at = { connected: 0, looked: 0, dialled: 0, shaken: 0, sent: 0, answered: 0, ended: 0 }
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

  function fail(error: any, headersHere: boolean) {
    const where = {
      host: url.hostname,
      headers: headersHere,
      ...ends,
    }
    end(goError(fault ?? error, where))
  }

  function end(error: GoError | null) {
    if (over) return
    over = true
    at.ended = performance.now()
    socket?.off('error', onFault) // a connection that is kept serves many requests
    handlers.end(error)
  }

  return {
    /** Ends it; `end` is called with the given error. */
    stop(error: GoError | null) {
      end(error)
      call.destroy()
    },
    timings: (): Timings => timingsOf(begun, at),
    address: () => ({ ip: ends.ip, port: ends.port }),
    bytes: () => ({
      sent: (socket?.bytesWritten ?? 0) - before.sent,
      received: (socket?.bytesRead ?? 0) - before.received,
    }),
    tls: () => {
      const secureSocket = socket as TLSSocket | undefined
      if (!secure || !secureSocket?.getProtocol) return { version: '', cipher: '' }
      const version = secureSocket.getProtocol() ?? ''
      return {
        version: version.replace('TLSv1', 'tls1').replace(/^tls1$/, 'tls1.0'),
        cipher: secureSocket.getCipher()?.standardName ?? '',
      }
    },
    /** From the call to where the answer's headers were there. */
    toHeaders: () => (at.answered || at.ended) - begun,
  }
}

const premature = (): Error =>
  Object.assign(new Error('aborted'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })

function timingsOf(begun: number, at: Record<string, number>): Timings {
  const {
    answered = 0,
    connected = 0,
    dialled = 0,
    ended = 0,
    looked = 0,
    sent = 0,
    shaken = 0,
  } = at
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
