import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  CONTROL_HEADER,
  RELAY_PATH,
  RELAY_PROTOCOL,
  type RelayControl,
  type RelayDocument,
  TARGET_HEADER,
} from '#node'
import { readAllowList } from '../../relay/allow.ts'
import { createRelay, type OnExchange, type Relay } from '../../relay/server.ts'
import type { RelaySettings } from '../../relay/settings.ts'

/** What came back from the relay. */
export interface RelayAnswer {
  status: number
  headers: IncomingMessage['headers']
  document: RelayDocument
}

export interface TestRelay {
  url: string
  relay: Relay
  /** Sends a request through it, as the transport in k6 does. */
  ask(target: string, control?: Partial<RelayControl>, body?: string): Promise<RelayAnswer>
  /** The same, with a way to close the connection before its end. */
  begin(target: string, control?: Partial<RelayControl>): ReturnType<typeof request>
  stop(): Promise<void>
}

/** A relay in this process, for servers on 127.0.0.1. */
export async function startTestRelay(
  allow: string[],
  settings: Partial<RelaySettings> = {},
  onExchange?: OnExchange,
): Promise<TestRelay> {
  const relay = createRelay(
    {
      host: '127.0.0.1',
      port: 0,
      allow: readAllowList(allow),
      names: new Set(),
      limits: { answer: 1048576, total: 16 * 1048576 },
      tls: { insecure: false, http2: false },
      noReuse: false,
      shared: false,
      environment: {},
      ...settings,
    },
    onExchange,
  )
  const port = await relay.listen()
  const host = settings.host ?? '127.0.0.1'
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`

  const begin: TestRelay['begin'] = (target, control) => beginExchange(url, target, control)

  return {
    url,
    relay,
    begin,
    ask: (target, control, body) =>
      new Promise((resolve, reject) => {
        const sent = begin(target, control)
        sent.on('error', reject)
        sent.on('response', (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (piece) => {
            text += piece
          })
          response.on('error', reject)
          response.on('end', () => {
            const status = response.statusCode ?? 0
            resolve({ status, headers: response.headers, document: JSON.parse(text) })
          })
        })
        sent.end(body)
      }),
    stop: () => relay.close(),
  }
}

/** Sends a request through the relay at an address, as the transport in k6 does. */
export function beginExchange(
  relay: string,
  target: string,
  control: Partial<RelayControl> = {},
): ReturnType<typeof request> {
  const whole: RelayControl = {
    v: RELAY_PROTOCOL,
    method: 'POST',
    headers: {},
    base: 0,
    timeout: 20_000,
    session: '1',
    vu: 1,
    tags: {},
    ...control,
  }
  return request(relay + RELAY_PATH, {
    method: 'POST',
    headers: {
      [TARGET_HEADER]: encodeURIComponent(target),
      [CONTROL_HEADER]: JSON.stringify(whole).replace(
        /[\u007f-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    },
  })
}

/** A server that writes its own bytes. */
export interface RawServer {
  url: string
  /** Sockets that were opened so far. */
  sockets: Socket[]
  /** Requests that were read so far. */
  readonly requests: string[]
  stop(): void
}

/** Calls back for each request, with its bytes as text; nothing is answered by itself. */
export async function startRawServer(
  onRequest: (socket: Socket, request: string) => void,
): Promise<RawServer> {
  const requests: string[] = []
  const server = await startSocketServer((socket) => {
    let text = ''
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      if (text.length < end + 4 + length) return
      const whole = text.slice(0, end + 4 + length)
      text = text.slice(whole.length)
      requests.push(whole)
      onRequest(socket, whole)
    })
  })
  return { ...server, requests }
}

/** Calls back for each connection. */
export async function startSocketServer(
  onSocket: (socket: Socket) => void,
): Promise<Omit<RawServer, 'requests'>> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    sockets,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** An event stream in one chunk of `Transfer-Encoding: chunked`, without the chunk that ends it. */
export function openStream(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body)}`
}

export function chunk(body: string): string {
  return `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`
}

/** The chunk that ends a body. */
export const LAST_CHUNK = '0\r\n\r\n'

const main = fileURLToPath(new URL('../../relay/main.ts', import.meta.url))

/** A relay in a process of its own, as a user starts it. */
export interface RelayProcess {
  url: string
  pid: number
  stop(): Promise<void>
}

export async function startRelayProcess(...args: string[]): Promise<RelayProcess> {
  return startRelayIn(process.env, ...args)
}

/** The same, with other variables of its environment. */
export async function startRelayIn(
  environment: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<RelayProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  })
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the relay ended with code ${code}`)
    }),
  ])
  const { url }: { url: string } = JSON.parse(line)
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
