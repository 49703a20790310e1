import type { Dispatcher } from 'undici'
import { RELAY_PROTOCOL, type RelayControl, type RelayDocument, type RelayNotes } from '#node'
import { type BodyDecoder, createBodyDecoder } from './body/decoding.ts'
import { createEventCutter } from './body/events.ts'
import { hasOutput, readHere } from './body/reading.ts'
import { createTextDecoder } from './body/text.ts'
import { createDeadlines } from './deadlines.ts'
import { describeFailure, type Failure } from './failures.ts'
import type { LagWatch } from './lag.ts'
import type { Memory } from './memory.ts'
import { type Connection, type ConnectionPool, isPlain } from './target/connections.ts'
import { readCookies, requestHeaders, responseHeaders, wantsClose } from './target/headers.ts'
import type { Route } from './target/socket.ts'
import { proxyAuthorization } from './target/tunnel.ts'

/** After `[DONE]` a server has so long to end its answer, so that its connection can be kept. */
const DONE_GRACE = 250

/** What all exchanges of a relay share. */
export interface ExchangeRoom {
  pool: ConnectionPool
  memory: Memory
  lag: LagWatch
}

/** One request as k6 handed it over. */
export interface ExchangeRequest {
  control: RelayControl
  body: Buffer | undefined
  userAgent: string | undefined
  route: Route
  /** Whose connection it uses. */
  poolKey: string
  /** A connection of its own. */
  fresh: boolean
}

export interface ExchangeEvents {
  /** The server's status has come. */
  onHead(status: number): void
  /** The last word, said once: a `RelayDocument` as JSON. */
  onEnd(status: number, document: string): void
}

/** An exchange that is under way. */
export interface Exchange {
  /** k6 has closed its connection. */
  cut(): void
  /** The relay stops. */
  stop(): void
}

/** Sends one request on, once, and notes what comes back and when. */
export function startExchange(
  request: ExchangeRequest,
  room: ExchangeRoom,
  events: ExchangeEvents,
): Exchange {
  const { control, route } = request
  const wall = Date.now()
  const start = performance.now()
  const onK6 = (time: number) => round(control.base + time - start)
  const account = room.memory.open()
  const deadlines = createDeadlines(start)
  const text = createTextDecoder()
  const cutter = createEventCutter()
  const watch = { delay: 0 }
  let connection: Connection | undefined
  let reused = false
  let sentAt: number | undefined
  let headersAt: number | undefined
  let done = false // `[DONE]` came
  let doneAt: number | undefined // and the server kept the connection open
  let status = 0
  let headers: Record<string, string | string[] | undefined> = {}
  let decoder: BodyDecoder | undefined
  let answered = false // anything of an answer came
  let bytes = 0
  let ended = false

  function finish(end: RelayNotes['end'], error?: Failure) {
    if (ended) return
    ended = true
    const endedAt = end === 'complete' && doneAt !== undefined ? doneAt : performance.now()
    deadlines.clear()
    decoder?.destroy()
    if (connection !== undefined) {
      if (end === 'complete' && doneAt === undefined && !request.fresh) {
        room.pool.release(request.poolKey, connection)
      } else connection.destroy()
    }
    room.lag.unwatch(watch)
    account.close()
    const rest = text.end()
    if (rest !== '') cutter.feed(rest, onK6(endedAt))
    const cookies = readCookies(headers)
    const opening = connection?.opening
    const recording = {
      startedAt: control.base,
      ...(headersAt !== undefined && { headersAt: onK6(headersAt) }),
      endedAt: onK6(endedAt),
      status,
      headers: responseHeaders(headers),
      ...(error && { error }),
      ...cutter.end(),
    }
    const document: RelayDocument = {
      v: RELAY_PROTOCOL,
      // Nobody reads what k6 has left; the record does it in its own thread.
      ...(end === 'cut' ? recording : readHere(recording, control.note)),
      ...(cookies.length > 0 && { cookies }),
      relay: {
        wall,
        total: round(endedAt - start),
        end,
        ...(sentAt !== undefined && { sent: round(sentAt - start) }),
        ...(opening !== undefined && { connect: round(opening) }),
        reused: reused && opening === undefined,
        delay: round(watch.delay),
        bytes,
      },
    }
    events.onEnd(status, JSON.stringify(document))
  }

  const fail = (failure: Failure) => finish('failed', failure)
  const leave = () => finish('aborted', { kind: 'aborted', message: 'stopped by abortAfter' })

  function broke(error: unknown) {
    const fresh = connection?.opening !== undefined
    fail(
      describeFailure(error, {
        connected: connection?.connected === true,
        answered,
        stale: reused && !fresh && !answered,
      }),
    )
  }

  /** Runs what undici calls: a fault of ours must end this exchange, and no other. */
  function guarded(step: () => void) {
    if (ended) return
    try {
      step()
    } catch (error) {
      fail({ kind: 'relay', message: `the relay failed: ${nameOf(error)}` })
    }
  }

  const sink = {
    onData(piece: Buffer, time: number) {
      guarded(() => {
        bytes += piece.length
        const tooMuch = account.add(piece.length)
        if (tooMuch !== undefined) return fail({ kind: 'too_large', message: tooMuch })
        const decoded = text.decode(piece)
        if (decoded !== '') cutter.feed(decoded, onK6(time))
        const { abortAfter } = control
        if (cutter.problem !== undefined) fail({ kind: 'decode', message: cutter.problem })
        else if (abortAfter?.events !== undefined && cutter.count >= abortAfter.events) leave()
        else if (!done && cutter.last === '[DONE]') {
          done = true
          deadlines.at(time - start + DONE_GRACE, () => {
            doneAt = time
            finish('complete')
          })
        }
      })
    },
    onEnd: () => finish('complete'),
    onError: broke,
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {
      sentAt = performance.now()
    },
    onResponseStart(_controller, code, given) {
      const time = performance.now()
      guarded(() => {
        answered = true
        deadlines.alive(time)
        if (code < 200) return // informational: the answer is still to come
        headersAt = time
        status = code
        headers = given
        decoder = createBodyDecoder(textOf(given['content-encoding']), sink)
        events.onHead(code)
      })
    },
    onResponseData(_controller, piece) {
      const time = performance.now()
      guarded(() => {
        deadlines.alive(time)
        decoder?.write(piece, time)
      })
    },
    onResponseEnd() {
      guarded(() => decoder?.end())
    },
    onResponseError(_controller, error) {
      broke(error)
    },
  }

  function send() {
    const acquired = room.pool.acquire(request.poolKey, route)
    connection = acquired.connection
    reused = acquired.reused
    const list = requestHeaders(control.headers, request.userAgent)
    const credentials = route.proxy && isPlain(route) && proxyAuthorization(route.proxy)
    if (credentials) list.push('Proxy-Authorization', credentials)
    const path = route.target.pathname + route.target.search
    if (isPlain(route) && !has(list, 'host')) list.push('Host', route.target.host)
    connection.client.dispatch(
      {
        path: isPlain(route) ? route.target.origin + path : path,
        method: control.method,
        headers: list,
        body: request.body,
        reset: request.fresh || wantsClose(control.headers),
      },
      handler,
    )
  }

  deadlines.at(control.timeout, () => fail({ kind: 'timeout', message: 'request timeout' }))
  deadlines.idle(control.idle, () =>
    fail({ kind: 'timeout', message: `nothing came for ${control.idle} ms (idle)` }),
  )
  deadlines.at(control.abortAfter?.ms, leave)
  deadlines.at(control.abortAfter?.firstMs, () => {
    if (!hasOutput(cutter.result(), control.note)) leave()
  })
  room.lag.watch(watch)
  guarded(send)

  return {
    cut: () => finish('cut'),
    stop: () => fail({ kind: 'relay', message: 'the relay was stopped' }),
  }
}

function has(list: readonly string[], name: string): boolean {
  return list.some((entry, i) => i % 2 === 0 && entry.toLowerCase() === name)
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value
}

/** Whole microseconds. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
