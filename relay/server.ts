import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  RELAY_FAILURES_PATH,
  RELAY_PATH,
  RELAY_PROTOCOL,
  type RelayControl,
  type RelayFailure,
} from '#node'
import { refuseCaller, refuseTarget } from './allow.ts'
import { readOrder } from './control.ts'
import { type Exchange, type ExchangeRoom, startExchange } from './exchange.ts'
import { createLagWatch } from './lag.ts'
import { createMemory } from './memory.ts'
import type { RelaySettings } from './settings.ts'
import { createStarts } from './starts.ts'
import { ConnectionPool } from './target/connections.ts'
import { proxyFor } from './target/proxies.ts'
import type { Route } from './target/socket.ts'
import { warmUp } from './warm.ts'

/** k6 keeps its connections as long as it runs; the relay is never the one that closes them. */
const KEPT_IDLE = 3_600_000
/** The script's headers come in one header of ours. */
const HEADERS_LIMIT = 1024 * 1024
/** Most bytes of a request's body: k6 has none, a relay for all needs one. */
const BODY_LIMIT = 256 * 1024 * 1024
/** k6 gets its answers within this when the relay stops, ms. */
const STOP_GRACE = 1000
/** The status of an answer that has none of a server's. */
const NO_ANSWER = 599

/** What is told of every exchange when it has ended. */
export type OnExchange = (target: URL, control: RelayControl, document: Buffer) => void

export interface Relay {
  /** The port that it listens on. */
  listen(): Promise<number>
  /** Ends the exchanges under way with an answer, then closes. */
  close(): Promise<void>
  /** Exchanges under way, bytes kept, idle connections to servers. */
  readonly load: { exchanges: number; held: number; idle: number }
}

/** What is compiled and optimised is so for the whole process. */
let isWarm = false

/**
 * A relay in this process.
 *
 * @param failures tells what failed so far in the run that began at a time
 */
export function createRelay(
  settings: RelaySettings,
  onExchange?: OnExchange,
  failures?: (began: number) => Promise<RelayFailure[]>,
): Relay {
  const room: ExchangeRoom = {
    pool: new ConnectionPool(),
    memory: createMemory(settings.limits),
    lag: createLagWatch(),
  }
  const running = new Set<Exchange>()
  const starts = createStarts()

  /** The relay's own server, while it warms up. */
  let warming: string | undefined

  const open = () =>
    createServer(
      { keepAliveTimeout: KEPT_IDLE, maxHeaderSize: HEADERS_LIMIT, noDelay: true },
      (request, response) => {
        const refusal = refuseCaller(request.headers, settings.names)
        if (refusal !== undefined) return refuse(response, 403, refusal)
        if (request.method === 'GET' && request.url === '/') {
          return answer(
            response,
            200,
            Buffer.from(JSON.stringify({ relay: 'k6-llm', v: RELAY_PROTOCOL })),
          )
        }
        const [path, query] = (request.url ?? '').split('?')
        if (request.method === 'GET' && path === RELAY_FAILURES_PATH && failures) {
          const began = Number(new URLSearchParams(query).get('began') ?? Number.NaN)
          if (!Number.isFinite(began)) return refuse(response, 400, '?began= is missing')
          void failures(began).then((list) =>
            answer(response, 200, Buffer.from(JSON.stringify(list))),
          )
          return
        }
        if (request.method !== 'POST' || request.url !== RELAY_PATH) {
          return refuse(response, 404, `the relay takes POST ${RELAY_PATH}`)
        }
        take(request, response)
      },
    )
  const server = open()

  function take(request: IncomingMessage, response: ServerResponse) {
    const order = readOrder(request.headers)
    if ('problem' in order) return refuse(response, 400, order.problem)
    const { target, control } = order
    const refusal = refuseTarget(target, settings.allow)
    if (refusal !== undefined && target.origin !== warming) return refuse(response, 403, refusal)
    let route: Route
    try {
      route = routeTo(target, control)
    } catch (error) {
      return refuse(response, 400, error instanceof Error ? error.message : 'no way to the server')
    }
    const pieces: Buffer[] = []
    let size = 0
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size <= BODY_LIMIT) pieces.push(piece)
    })
    request.on('end', () => {
      if (size > BODY_LIMIT) return refuse(response, 413, 'the request is larger than 256 MiB')
      const body = size === 0 ? undefined : Buffer.concat(pieces)
      const userAgent = request.headers['user-agent']
      starts.add(() => {
        if (!response.destroyed) run(target, control, body, route, userAgent, response)
      })
    })
  }

  function run(
    target: URL,
    control: RelayControl,
    body: Buffer | undefined,
    route: Route,
    userAgent: string | undefined,
    response: ServerResponse,
  ) {
    const session = settings.shared ? '' : control.session
    if (control.iteration !== undefined) room.pool.begin(session, control.iteration)
    const poolKey = `${session} ${control.iteration ?? ''} ${target.origin} ${JSON.stringify(route.options)}`
    const fresh = settings.noReuse || route.options.noConnectionReuse === true
    let isCut = false
    const exchange = startExchange({ control, body, userAgent, route, poolKey, fresh }, room, {
      onHead(status) {
        if (isCut) return
        head(response, status)
        response.flushHeaders() // k6's `waiting` stays the time to the server's headers
      },
      onEnd(status, document) {
        running.delete(exchange)
        const bytes = Buffer.from(document)
        if (!isCut) answer(response, status, bytes)
        if (target.origin !== warming) onExchange?.(target, control, bytes)
      },
    })
    running.add(exchange)
    response.on('close', () => {
      if (response.writableFinished) return
      isCut = true
      exchange.cut()
    })
  }

  function routeTo(target: URL, control: RelayControl): Route {
    const options = control.options ?? {}
    const path = settings.sockets?.get(target.origin)
    const proxy = path === undefined ? proxyFor(target, settings.environment) : undefined
    return { target, proxy, path, options, tls: settings.tls }
  }

  return {
    async listen() {
      if (!isWarm) {
        await warmUp(open(), (origin) => {
          warming = origin
        })
        warming = undefined
        room.pool.close()
        isWarm = true
      }
      return new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(settings.port, settings.host, () => {
          server.off('error', reject)
          resolve((server.address() as AddressInfo).port)
        })
      })
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      for (const exchange of [...running]) exchange.stop()
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), STOP_GRACE)
      await closed
      clearTimeout(late)
      room.pool.close()
    },
    get load() {
      return { exchanges: running.size, held: room.memory.held, idle: room.pool.idle }
    },
  }
}

/** An answer that says why there is none: it is the relay's, never the server's. */
function refuse(response: ServerResponse, status: number, message: string): void {
  const document = { v: RELAY_PROTOCOL, status: 0, error: { kind: 'relay', message } }
  // What is left of the request would be read as the next one.
  response.setHeader('Connection', 'close')
  answer(response, status, Buffer.from(JSON.stringify(document)))
}

function answer(response: ServerResponse, status: number, body: Buffer): void {
  if (!response.headersSent) {
    head(response, status)
    response.setHeader('Content-Length', body.length)
  }
  response.end(body)
}

function head(response: ServerResponse, status: number): void {
  response.statusCode = carried(status)
  response.setHeader('Content-Type', 'application/json')
}

/** The server's status, but for those after which k6 reads no body. */
function carried(status: number): number {
  if (status === 0) return NO_ANSWER
  return status < 200 || status === 204 || status === 205 || status === 304 ? 200 : status
}
