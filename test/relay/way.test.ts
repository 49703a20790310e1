import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer, type ServerOptions } from 'node:https'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  LAST_CHUNK,
  openStream,
  startRawServer,
  startSocketServer,
  startTestRelay,
} from '../support/relay.ts'

const pem = (name: string) =>
  readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8')
const ca = pem('ca')
const trusting = { ca, insecure: false, http2: false }
const localTest = { hosts: { 'llm.test': '127.0.0.1' } }

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

function listen(server: Server, host: string | undefined = '127.0.0.1'): Promise<number> {
  ends.push(() => server.close())
  return new Promise((resolve) => {
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/** @returns its port */
async function secureServer(name: string, more: ServerOptions = {}): Promise<number> {
  const own = { key: pem(`${name}-key`), cert: pem(name), ...more }
  const server = createHttpsServer(own, (request, response) => {
    const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate()
    response.end(JSON.stringify({ client: subject?.CN ?? null, host: request.headers.host }))
  })
  server.on('tlsClientError', () => undefined)
  ends.push(() => server.closeAllConnections())
  return listen(server)
}

async function relayTo(origin: string, settings: Parameters<typeof startTestRelay>[1] = {}) {
  const relay = await startTestRelay([origin], settings)
  ends.push(relay.stop)
  return relay
}

describe('https', () => {
  test.each([
    ['an authority that nobody knows', 'server', 'localhost', undefined, /unable to verify.*--ca/],
    ['an expired certificate', 'expired', 'localhost', ca, /certificate has expired/],
    ["another host's", 'other', 'localhost', ca, /does not match.*localhost.*other\.test/],
  ])('%s: tls, in words', async (_, name, host, authority, words) => {
    const origin = `https://${host}:${await secureServer(name)}`
    const tls = { ...trusting, ca: authority }
    const relay = await relayTo(origin, { tls })
    const { document } = await relay.ask(origin, { options: { hosts: { localhost: '127.0.0.1' } } })
    expect(document).toMatchObject({ status: 0, error: { kind: 'tls', message: words } })
  })

  test('a certificate that vouches for itself', async () => {
    // The authority's own, taken for a server's: its key is not there, so a handshake of it is.
    const origin = `https://localhost:${await secureServer('server', { cert: pem('server') + ca })}`
    const relay = await relayTo(origin)
    const { document } = await relay.ask(origin, { options: { hosts: { localhost: '127.0.0.1' } } })
    expect(document.error).toMatchObject({ kind: 'tls', message: /self-signed.*--ca/ })
  })

  test('--ca trusts it, and --cert with --key say who asks', async () => {
    const port = await secureServer('server', { ca, requestCert: true, rejectUnauthorized: true })
    const origin = `https://llm.test:${port}`
    const nobody = await relayTo(origin, { tls: trusting })
    const refused = await nobody.ask(`${origin}/`, { options: localTest })
    // With TLS 1.3 a server says so after the handshake, and Node's says nothing and closes.
    expect(refused.document.error?.kind).toMatch(/^(tls|reset)$/)
    expect(refused.document.status).toBe(0)
    const tls = { ...trusting, cert: pem('client'), key: pem('client-key') }
    const known = await relayTo(origin, { tls })
    const { document } = await known.ask(`${origin}/`, { options: localTest })
    expect(document.error).toBeUndefined()
    expect(JSON.parse(document.body ?? '')).toEqual({
      client: 'k6-llm test client',
      host: `llm.test:${port}`,
    })
    expect(document.relay.connect).toBeGreaterThan(0)
  })

  test.each([
    ['--insecure', { insecure: true, http2: false }, {}],
    [
      "k6's insecureSkipTLSVerify",
      { insecure: false, http2: false },
      { insecureSkipTLSVerify: true },
    ],
  ])('%s takes any certificate', async (_, tls, options) => {
    const origin = `https://127.0.0.1:${await secureServer('expired')}`
    const relay = await relayTo(origin, { tls })
    expect((await relay.ask(origin, { options })).document).toMatchObject({ status: 200 })
  })

  test.each([
    [true, '2.0'],
    [false, '1.1'],
  ])('with --http2 %s it speaks HTTP/%s', async (http2, version) => {
    const sessions: { close(): void }[] = []
    const own = { key: pem('server-key'), cert: pem('server'), allowHTTP1: true }
    const server = createSecureServer(own, (request, response) => {
      let text = ''
      request.on('data', (piece) => {
        text += piece
      })
      request.on('end', () => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        response.write(`data: ${request.httpVersion}\n\n`)
        response.end(`data: ${text}\n\n`)
      })
    })
    server.on('session', (session) => sessions.push(session))
    ends.push(() => {
      for (const session of sessions) session.close()
    })
    const origin = `https://127.0.0.1:${await listen(server as unknown as Server)}`
    const relay = await relayTo(origin, { tls: { ca, insecure: false, http2 } })
    for (const reused of [false, true]) {
      const { document } = await relay.ask(origin, {}, '{"a":1}')
      expect(document.error).toBeUndefined()
      expect(document).toMatchObject({
        status: 200,
        data: [version, '{"a":1}'],
        relay: { reused, end: 'complete' },
      })
    }
  })
})

/** A forward proxy as there are many, which notes what it was asked for. */
async function startProxy(credentials?: string) {
  const asked: string[] = []
  const local = (host: string | undefined) => ({
    host: '127.0.0.1',
    port: Number(host?.split(':')[1]),
  })
  const wants = (given: string | undefined) =>
    credentials !== undefined && given !== `Basic ${Buffer.from(credentials).toString('base64')}`
  const proxy = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (wants(request.headers['proxy-authorization'])) {
      response.writeHead(407).end('who are you?')
      return
    }
    const { pathname, host } = new URL(request.url ?? '')
    const { method, headers } = request
    const onward = httpRequest({ ...local(host), path: pathname, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`)
    if (wants(request.headers['proxy-authorization'])) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const onward = connect(local(request.url), () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const one of [onward, socket]) one.on('error', () => undefined)
    ends.push(() => onward.destroy())
  })
  ends.push(() => proxy.closeAllConnections())
  const port = await listen(proxy)
  const user = credentials === undefined ? '' : `${credentials}@`
  return { url: `http://${user}127.0.0.1:${port}`, asked }
}

describe('proxies of the environment', () => {
  const echo = () =>
    startRawServer((socket) => socket.write(openStream('data: {"a":1}\n\n') + LAST_CHUNK))

  test.each(['HTTP_PROXY', 'http_proxy'])('%s is asked for the whole address', async (name) => {
    const server = await echo()
    const proxy = await startProxy('user:pass word'.replace(' ', '-'))
    const origin = `http://llm.test:${new URL(server.url).port}`
    const relay = await relayTo(origin, { environment: { [name]: proxy.url } })
    for (const reused of [false, true]) {
      const { document } = await relay.ask(`${origin}/v1?a=b`, {}, '{}')
      expect(document).toMatchObject({ status: 200, data: ['{"a":1}'], relay: { reused } })
    }
    expect(proxy.asked).toEqual(Array(2).fill(`POST ${origin}/v1?a=b`))
    expect(server.requests.at(-1)).toMatch(/^host: llm\.test/im)
    server.stop()
  })

  test.each(['HTTPS_PROXY', 'https_proxy'])('%s makes a tunnel', async (name) => {
    const port = await secureServer('server')
    const proxy = await startProxy('user:pass')
    const origin = `https://llm.test:${port}`
    const relay = await relayTo(origin, { tls: trusting, environment: { [name]: proxy.url } })
    const { document } = await relay.ask(`${origin}/v1`)
    expect(document.error).toBeUndefined()
    expect(JSON.parse(document.body ?? '')).toMatchObject({ host: `llm.test:${port}` })
    expect(proxy.asked).toEqual([`CONNECT llm.test:${port}`])
  })

  test('a proxy that refuses is named, and its password is not', async () => {
    const proxy = await startProxy('user:pass')
    const wrong = proxy.url.replace('pass', 'wrong')
    const origin = 'https://llm.test:1'
    const relay = await relayTo(origin, { environment: { HTTPS_PROXY: wrong } })
    const { document } = await relay.ask(origin)
    expect(document.error).toMatchObject({ kind: 'connect', message: /refuses CONNECT.* 407/ })
    expect(JSON.stringify(document)).not.toContain('wrong')
  })

  test.each([
    ['llm.test', localTest],
    ['.test', localTest],
    ['*', localTest],
  ])('NO_PROXY=%s goes without it', async (none, options) => {
    const server = await echo()
    const proxy = await startProxy()
    const origin = `http://llm.test:${new URL(server.url).port}`
    const environment = { HTTP_PROXY: proxy.url, no_proxy: none }
    const relay = await relayTo(origin, { environment })
    expect((await relay.ask(origin, { options })).document.status).toBe(200)
    expect(proxy.asked).toEqual([])
    server.stop()
  })

  test("k6's hosts hold for the proxy's name, as in k6", async () => {
    const server = await echo()
    const proxy = await startProxy()
    const origin = `http://llm.test:${new URL(server.url).port}`
    const environment = { HTTP_PROXY: proxy.url.replace('127.0.0.1', 'proxy.test') }
    const relay = await relayTo(origin, { environment })
    const options = { hosts: { 'proxy.test': '127.0.0.1' } }
    expect((await relay.ask(origin, { options })).document.status).toBe(200)
    server.stop()
  })
})

const hasIPv6 = Object.values(networkInterfaces()).some((entries) =>
  entries?.some(({ address }) => address === '::1'),
)

test.skipIf(!hasIPv6)('IPv6, on both sides', async () => {
  const server = createHttpServer((request, response) => response.end(request.headers.host))
  ends.push(() => server.closeAllConnections())
  const port = await listen(server, '::1')
  const origin = `http://[::1]:${port}`
  const relay = await relayTo(origin, { host: '::1' })
  expect(relay.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
  const { document } = await relay.ask(origin)
  expect(document).toMatchObject({ status: 200, body: `[::1]:${port}` })
  const gone = await relay.ask(origin, { options: { blacklistIPs: ['::1/128'] }, session: '2' })
  expect(gone.document.error).toMatchObject({ kind: 'dns', message: /blacklisted/ })
})

test.skipIf(process.platform === 'win32')('a Unix socket', async () => {
  const path = join(tmpdir(), `k6-llm-${process.pid}.sock`)
  const server = createHttpServer((request, response) => response.end(request.headers.host))
  ends.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const environment = { HTTP_PROXY: 'http://127.0.0.1:1' }
  const sockets = new Map([['http://llm', path]])
  const relay = await relayTo('http://llm', { sockets, environment })
  const { document } = await relay.ask('http://llm/v1')
  expect(document).toMatchObject({ status: 200, body: 'llm' })
})

describe('whose connections', () => {
  const start = () =>
    startRawServer((socket) => socket.write(openStream('data: 1\n\n') + LAST_CHUNK))

  test('a set for each user; one for all with --shared-connections', async () => {
    const server = await start()
    for (const [shared, opened] of [
      [false, 3],
      [true, 1],
    ] as const) {
      const before = server.sockets.length
      const relay = await relayTo(server.url, { shared })
      for (const session of ['1', '2', '3', '1']) await relay.ask(server.url, { session })
      expect(server.sockets.length - before).toBe(opened)
    }
    server.stop()
  })

  test('--no-reuse opens one for each request', async () => {
    const server = await start()
    const relay = await relayTo(server.url, { noReuse: true })
    for (let i = 0; i < 3; i++) await relay.ask(server.url)
    expect(server.sockets.length).toBe(3)
    expect(relay.relay.load.idle).toBe(0)
    server.stop()
  })

  test('noVUConnectionReuse: they end with their iteration', async () => {
    const server = await start()
    const relay = await relayTo(server.url)
    for (const iteration of [0, 0, 1, 1, 2]) await relay.ask(server.url, { iteration })
    await relay.ask(server.url, { iteration: 0, session: '11' })
    expect(server.sockets.length).toBe(4)
    expect(relay.relay.load.idle).toBe(2)
    server.stop()
  })

  test('a server that is slow to take a connection is given up with the request', async () => {
    const silent = await startSocketServer(() => undefined)
    const origin = silent.url.replace('http:', 'https:')
    const relay = await relayTo(origin)
    const { document } = await relay.ask(origin, { timeout: 80 })
    expect(document.error).toEqual({ kind: 'timeout', message: 'request timeout' })
    expect(document.relay.total).toBeLessThan(1000)
    silent.stop()
  })
})
