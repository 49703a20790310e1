import { Client } from 'undici'
import { cancelOpening, type Opening, openSocket, type Route } from './socket.ts'

/** As Go's client: an idle connection is kept until the server closes it or says how long it will. */
const KEPT_IDLE = 600_000
/** Go's bound for response headers. */
const HEADERS_LIMIT = 10 * 1024 * 1024

/** One connection to a server. It carries one request at a time and is opened by the first. */
export class Connection {
  readonly client: Client
  /** ms that opening took, for the present request; `undefined` where none was opened. */
  opening: number | undefined
  /** It stands. */
  connected = false
  readonly #opening: Opening = { cancelled: false }

  constructor(route: Route, onGone: (connection: Connection) => void) {
    this.client = new Client(
      route.proxy && isPlain(route) ? route.proxy.origin : route.target.origin,
      {
        connect: (_options, done) => {
          const began = performance.now()
          this.connected = false
          openSocket(route, this.#opening).then(
            (socket) => {
              this.opening = performance.now() - began
              this.connected = true
              done(null, socket)
            },
            (error: Error) => done(error, null),
          )
        },
        pipelining: 1,
        keepAliveTimeout: KEPT_IDLE,
        keepAliveMaxTimeout: KEPT_IDLE,
        headersTimeout: 0, // deadlines are the exchange's own
        bodyTimeout: 0,
        maxHeaderSize: HEADERS_LIMIT,
        allowH2: route.tls.http2,
      },
    )
    this.client.on('disconnect', () => {
      this.connected = false
      onGone(this)
    })
  }

  /** Closes it at once, whatever it is doing; the server sees its end. */
  destroy(): void {
    if (!this.connected) cancelOpening(this.#opening)
    this.client.destroy().catch(() => undefined)
  }
}

/** Whether a proxy is asked for the whole address, without a tunnel. */
export function isPlain(route: Route): boolean {
  return route.proxy !== undefined && route.target.protocol === 'http:'
}

/**
 * The open connections that no request uses, by whom they belong to: as in k6 each user has its
 * own, so that a load balancer sees as many as there are users.
 */
export class ConnectionPool {
  readonly #idle = new Map<string, Connection[]>()
  /** The iteration that each session is in, where its connections end with it. */
  readonly #iterations = new Map<string, number>()

  /** An idle connection, the one that was used last, or a new one. */
  acquire(key: string, route: Route): { connection: Connection; reused: boolean } {
    const idle = this.#idle.get(key)?.pop()
    if (idle === undefined) {
      const connection = new Connection(route, (gone) => this.#forget(key, gone))
      return { connection, reused: false }
    }
    idle.opening = undefined
    return { connection: idle, reused: true }
  }

  /** Gives a connection back that has carried its request to the end. */
  release(key: string, connection: Connection): void {
    if (!connection.connected) {
      connection.destroy()
      return
    }
    const idle = this.#idle.get(key)
    if (idle === undefined) this.#idle.set(key, [connection])
    else idle.push(connection)
  }

  /** A session is in this iteration: what it left open in the one before is closed. */
  begin(session: string, iteration: number): void {
    const before = this.#iterations.get(session)
    if (before === iteration) return
    this.#iterations.set(session, iteration)
    const start = `${session} ${before} `
    for (const [key, connections] of this.#idle) {
      if (before === undefined || !key.startsWith(start)) continue
      this.#idle.delete(key)
      for (const connection of connections) connection.destroy()
    }
  }

  /** How many idle connections there are. */
  get idle(): number {
    let sum = 0
    for (const connections of this.#idle.values()) sum += connections.length
    return sum
  }

  close(): void {
    for (const connections of this.#idle.values()) {
      for (const connection of connections) connection.destroy()
    }
    this.#idle.clear()
  }

  #forget(key: string, gone: Connection): void {
    const idle = this.#idle.get(key)
    const at = idle?.indexOf(gone) ?? -1
    if (idle === undefined || at === -1) return
    idle.splice(at, 1)
    if (idle.length === 0) this.#idle.delete(key)
    gone.destroy()
  }
}
