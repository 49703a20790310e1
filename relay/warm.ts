import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RELAY_PROTOCOL, type RelayControl } from '#node'
import { type ExchangeRoom, startExchange } from './exchange.ts'

/** From then on an exchange takes no longer than the ones after it. */
const ROUNDS = 60
const EVENTS = 40

/**
 * Sends requests to a server of its own, before the relay says that it is ready: the first one of
 * a process takes some 40 ms (the parser is compiled, nothing is optimised), which would be in the
 * first user's time to first token.
 */
export async function warmUp(room: ExchangeRoom): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    let left = EVENTS
    const next = () => {
      left--
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"token ${left}"}}]}\n\n`)
      if (left > 0) setImmediate(next)
      else response.end('data: [DONE]\n\n')
    }
    next()
  })
  // `exclusive`: among workers it would be the one that the first process hears of.
  const own = { port: 0, host: '127.0.0.1', exclusive: true }
  await new Promise<void>((resolve) => server.listen(own, resolve))
  const target = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/warm`)
  for (let round = 0; round < ROUNDS; round++) await once(target, room, `${round % 4}`)
  room.pool.close()
  server.close()
  server.closeAllConnections()
}

function once(target: URL, room: ExchangeRoom, session: string): Promise<void> {
  const control: RelayControl = {
    v: RELAY_PROTOCOL,
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    base: 0,
    timeout: 1000,
    session,
    vu: 0,
    tags: {},
  }
  return new Promise((resolve) => {
    startExchange(
      {
        control,
        body: Buffer.from('{}'),
        userAgent: 'warm',
        route: { target, options: {}, tls: { insecure: false, http2: false } },
        poolKey: session,
        fresh: false,
      },
      room,
      {
        onHead: () => undefined,
        onEnd(document) {
          JSON.stringify(document)
          resolve()
        },
      },
    )
  })
}
