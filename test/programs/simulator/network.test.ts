import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createRandom } from '../../../simulator/core/random.ts'
import { createDirection, PACKET } from '../../../simulator/network/link.ts'
import { createSlowNetwork } from '../../../simulator/network/slow-network.ts'
import { createSimulator } from '../../../simulator/server.ts'
import { parse } from './support.ts'

const direction = (options: Partial<{ bandwidth: number; latency: number; jitter: number }>) =>
  createDirection(
    { bandwidth: Infinity, latency: 0, jitter: 0, ...options },
    createRandom('network'),
  )

describe('a direction of a link', () => {
  test('takes half a round trip', () => {
    const { send } = direction({ latency: 100 })
    expect([send(0, 10), send(5, 10)]).toEqual([50, 55])
  })

  test('lets packets out one after the other', () => {
    const { send } = direction({ bandwidth: 1e6, latency: 20 })
    // 1250 bytes are 10 ms of 1 Mbit/s.
    expect([send(0, 1250), send(0, 1250), send(50, 1250)]).toEqual([20, 30, 70])
  })

  test('keeps their order, whatever the jitter', () => {
    const { send } = direction({ latency: 100, jitter: 0.5 })
    const times = Array.from({ length: 200 }, (_, i) => send(i, 1))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(Math.max(...times.map((time, i) => time - i))).toBeGreaterThan(60)
    expect(Math.min(...times.map((time, i) => time - i))).toBeGreaterThanOrEqual(25)
  })
})

describe('a slow network', () => {
  const open: { close(): unknown }[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
  })

  async function through(serve: (socket: Socket) => void, options = {}) {
    const server = createServer(serve).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const toPort = typeof address === 'object' && address ? address.port : 0
    const way = { bandwidth: Infinity, latency: 0, jitter: 0, seed: 1, ...options }
    const network = createSlowNetwork({
      ...way,
      host: '127.0.0.1',
      port: 0,
      toHost: '127.0.0.1',
      toPort,
    })
    open.push(server, network)
    return connect(await network.listen(), '127.0.0.1')
  }

  test('carries all bytes, in their order, and the end', async () => {
    const sent = Buffer.alloc(PACKET * 100 + 7, 'abcdefghij')
    const client = await through((socket) => socket.end(sent), { bandwidth: 1e9, latency: 2 })
    const chunks: Buffer[] = []
    for await (const chunk of client) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).equals(sent)).toBe(true)
  })

  test('no byte comes sooner than the bandwidth and the way allow', async () => {
    const bytes = 20_000
    const client = await through((socket) => socket.end(Buffer.alloc(bytes)), {
      bandwidth: 4e6,
      latency: 20,
    })
    const start = performance.now()
    let received = 0
    for await (const chunk of client) received += (chunk as Buffer).length
    expect(received).toBe(bytes)
    // A lower bound: 20 ms of the handshake, 10 ms of the way, 40 ms of 20,000 bytes.
    expect(performance.now() - start).toBeGreaterThan(65)
  })

  test('carries a reset', async () => {
    const client = await through((socket) => socket.resetAndDestroy())
    const [error] = await once(client, 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  })

  test('a client that leaves is gone for the server too', async () => {
    let left: (() => void) | undefined
    const gone = new Promise<void>((resolve) => {
      left = resolve
    })
    const client = await through((socket) => {
      socket.on('close', () => left?.())
      socket.on('error', () => {})
      socket.write('hello')
    })
    await once(client, 'data')
    client.destroy()
    await gone
  })

  test('stands in front of the simulator, whose record is asked for past it', async () => {
    const simulator = createSimulator({ flavor: 'vllm', ttft: 0, itl: 0, tokens: 5, latency: 10 })
    open.push(simulator)
    const { url, direct } = await simulator.listen()
    const reply = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'x' }], stream: true }),
    })
    expect(parse(await reply.text()).done).toBe(true)
    const { requests } = (await (await fetch(`${direct}/__sim/requests`)).json()) as {
      requests: unknown[]
    }
    expect(requests).toHaveLength(1)
    const config = (await (await fetch(`${direct}/__sim/config`)).json()) as object
    expect(config).toMatchObject({ latency: 10, bandwidth: 'none' })
  })
})
