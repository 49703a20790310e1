import { connect, createServer, type Socket } from 'node:net'
import { at, now } from '../core/clock.ts'
import { createRandom } from '../core/random.ts'
import { createDirection, type LinkOptions, PACKET } from './link.ts'

/** So much may be on its way before the sender is made to wait: a small router's buffer. */
const BUFFER = 64 * 1024

interface NetworkOptions extends LinkOptions {
  /** address to listen on */
  host: string
  /** 0: a free one */
  port: number
  /** of the jitter */
  seed: number
  toHost: string
  toPort: number
}

/**
 * A slow network in front of a server: a TCP proxy, so it serves http, https and anything else. Each
 * connection is a user of its own with the whole bandwidth. Opening one costs a round trip.
 *
 * A client that reads slowly is something else: the buffers of its socket and of the server's swallow
 * whole answers, and the server sees no difference.
 */
export function createSlowNetwork(options: NetworkOptions) {
  const sockets = new Set<Socket>()
  let connections = 0

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    connections += 1
    const target = connect({ host: options.toHost, port: options.toPort, noDelay: true })
    const draw = (way: string) => createRandom(options.seed, 'link', connections, way)
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
    // TCP's handshake, which the client has had with this process already.
    const opened = now() + options.latency
    pass(client, target, createDirection(options, draw('up')), opened)
    pass(target, client, createDirection(options, draw('down')), opened)
    client.resume()
  })

  return {
    /** @returns the port */
    listen: (): Promise<number> =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(options.port, options.host, () => {
          server.off('error', reject)
          const address = server.address()
          resolve(typeof address === 'object' && address ? address.port : options.port)
        })
      }),
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export type SlowNetwork = ReturnType<typeof createSlowNetwork>

/** What is between the two ends, in its order. */
interface Packet {
  /** on the monotonic clock */
  due: number
  run: () => void
  bytes: number
}

/**
 * Carries what one end sends to the other, its end and its reset included.
 *
 * @param opened nothing leaves before
 */
function pass(
  from: Socket,
  to: Socket,
  direction: ReturnType<typeof createDirection>,
  opened: number,
) {
  const onWay: Packet[] = []
  let held = 0
  let cancel = () => {}

  const deliver = () => {
    for (;;) {
      const next = onWay[0]
      if (!next) return
      if (next.due > now()) {
        cancel = at(next.due, deliver)
        return
      }
      onWay.shift()
      held -= next.bytes
      next.run()
      if (held < BUFFER && from.isPaused()) from.resume()
    }
  }
  const put = (bytes: number, run: () => void) => {
    const due = direction.send(Math.max(now(), opened), bytes)
    held += bytes
    onWay.push({ due, run, bytes })
    if (onWay.length === 1) cancel = at(due, deliver)
  }

  from.on('data', (chunk) => {
    for (let start = 0; start < chunk.length; start += PACKET) {
      const packet = chunk.subarray(start, start + PACKET)
      put(packet.length, () => to.writable && to.write(packet))
    }
    if (held >= BUFFER) from.pause()
  })
  from.on('end', () => put(0, () => to.end()))
  // A reset is on its way as long as anything else.
  from.on('error', () => put(0, () => to.resetAndDestroy()))
  to.once('close', () => {
    cancel()
    onWay.length = 0
  })
}
