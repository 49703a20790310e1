import { once } from 'node:events'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  chunk,
  LAST_CHUNK,
  openStream,
  type RawServer,
  startRawServer,
  startSocketServer,
  startTestRelay,
  type TestRelay,
} from '../support/relay.ts'

const DATA = 'data: {"a":1}\n\n'
const whole = (head: string, body: string | Buffer = '') =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ])

/** What a server does, by the path that is asked for. */
const SERVER: Record<string, (socket: Socket) => void> = {
  '/ok': (s) => s.write(openStream(DATA) + LAST_CHUNK),
  '/close': (s) => s.end(),
  '/reset': (s) => s.resetAndDestroy(),
  '/hang': () => undefined,
  '/hang-body': (s) => s.write(openStream(DATA)),
  '/cut-length': (s) => s.end(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${DATA}`),
  '/cut-chunks': (s) => s.end(openStream(DATA)),
  '/reset-body': (s) => s.write(openStream(DATA), () => setTimeout(() => s.resetAndDestroy(), 20)),
  '/no-http': (s) => s.end('220 mail.test ESMTP\r\n'),
  '/two-lengths': (s) =>
    s.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
  '/length-and-chunks': (s) =>
    s.end(
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    ),
  '/bad-chunk': (s) =>
    s.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\na\r\n0\r\n\r\n'),
  '/switch': (s) => s.end('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  '/early-hints': (s) =>
    s.write(`HTTP/1.1 103 Early Hints\r\n\r\n${openStream(DATA)}${LAST_CHUNK}`),
  '/204': (s) => s.write('HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n'),
  '/205': (s) => s.write(whole('205 Reset')),
  '/304': (s) => s.write('HTTP/1.1 304 Not Modified\r\n\r\n'),
  '/302': (s) => s.write(whole('302 Found\r\nLocation: http://elsewhere.test/', 'go')),
  '/503': (s) => s.write(whole('503 No', '{"error":{"message":"overloaded"}}')),
  '/headers': (s) => s.write(whole(`200 OK\r\nX-Long: ${'x'.repeat(100_000)}`, 'fine')),
  '/cookies': (s) => s.write(whole('200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; Path=/')),
  '/gzip': (s) => s.write(whole('200 OK\r\nContent-Encoding: gzip', gzipSync(DATA))),
  '/deflate': (s) => s.write(whole('200 OK\r\nContent-Encoding: deflate', deflateSync(DATA))),
  '/raw-deflate': (s) =>
    s.write(whole('200 OK\r\nContent-Encoding: deflate', deflateRawSync(DATA))),
  '/br': (s) => s.write(whole('200 OK\r\nContent-Encoding: br', brotliCompressSync(DATA))),
  '/twice': (s) =>
    s.write(whole('200 OK\r\nContent-Encoding: br, gzip', gzipSync(brotliCompressSync(DATA)))),
  '/bad-gzip': (s) => s.write(whole('200 OK\r\nContent-Encoding: gzip', 'not zipped')),
  '/zstd': (s) => s.write(whole('200 OK\r\nContent-Encoding: zstd', DATA)),
  '/huge': (s) => s.write(openStream(`${DATA}data: ${'x'.repeat(1_100_000)}\n\n`) + LAST_CHUNK),
  '/bomb': (s) =>
    s.write(whole('200 OK\r\nContent-Encoding: gzip', gzipSync(Buffer.alloc(50_000_000, 'x')))),
  '/done-and-open': (s) => s.write(openStream(`${DATA}data: [DONE]\n\n`)),
}

let server: RawServer
let relay: TestRelay
beforeAll(async () => {
  server = await startRawServer((socket, request) => {
    SERVER[/^\S+ (\/[^?\s]*)/.exec(request)?.[1] ?? '']?.(socket)
  })
  relay = await startTestRelay([server.url, 'http://127.0.0.1:1', 'http://no.invalid'])
})
afterAll(async () => {
  await relay.stop()
  server.stop()
})

/** Each in a session of its own, so on a connection of its own. */
const ask = (path: string, more = {}) =>
  relay.ask(server.url + path, { session: path + JSON.stringify(more), ...more })

describe('what a server or network does wrong has its kind, and what came is kept', () => {
  test.each([
    ['/close', 'reset', 0, ''],
    ['/reset', 'reset', 0, ''],
    ['/cut-length', 'reset', 200, DATA],
    ['/cut-chunks', 'reset', 200, DATA],
    ['/reset-body', 'reset', 200, DATA],
    ['/no-http', 'decode', 0, ''],
    ['/two-lengths', 'decode', 0, ''],
    ['/length-and-chunks', 'decode', 0, ''],
    ['/bad-chunk', 'decode', 200, ''],
    ['/switch', 'decode', 0, ''],
    ['/bad-gzip', 'decode', 200, ''],
    ['/zstd', 'decode', 200, ''],
    ['/huge', 'too_large', 200, DATA],
    ['/bomb', 'too_large', 200, undefined],
  ])('%s: %s', async (path, kind, status, came) => {
    const answer = await ask(path)
    expect(answer.document.error?.kind, answer.document.error?.message).toBe(kind)
    expect(answer.document.error?.message).toMatch(/\S/)
    expect(answer.document.status).toBe(status)
    expect(answer.status).toBe(status || 599)
    expect(answer.document.relay.end).toBe('failed')
    if (came === DATA) expect(answer.document.data).toEqual(['{"a":1}'])
    else if (came === '') expect(answer.document.body).toBe('')
    expect(relay.relay.load.exchanges).toBe(0)
  })

  test.each([
    ['http://127.0.0.1:1/', 'connect', /ECONNREFUSED/],
    ['http://no.invalid/', 'dns', /no\.invalid/],
  ])('%s: %s', async (url, kind, words) => {
    const { status, document } = await relay.ask(url)
    expect(status).toBe(599)
    expect(document).toMatchObject({ status: 0, error: { kind, message: words } })
  })

  test('an https address of a plain server: tls', async () => {
    const plain = await startSocketServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    const url = plain.url.replace('http:', 'https:')
    const secure = await startTestRelay([url])
    const { document } = await secure.ask(url)
    expect(document.error?.kind, document.error?.message).toBe('tls')
    await secure.stop()
    plain.stop()
  })

  test('a request that the server closed an idle connection on: stale, and sent once', async () => {
    const session = { session: 'stale' }
    await ask('/ok', session)
    const socket = server.sockets.at(-1)
    const before = server.requests.length
    const closing = once(socket as Socket, 'data')
    const answer = ask('/reset', session)
    await closing
    const { document } = await answer
    expect(document).toMatchObject({ error: { kind: 'stale' }, relay: { reused: true } })
    expect(server.requests.length).toBe(before + 1)
  })
})

describe('what is no fault is none', () => {
  test.each([
    ['/ok', 200, 200],
    ['/early-hints', 200, 200],
    ['/204', 204, 200],
    ['/205', 205, 200],
    ['/304', 304, 200],
    ['/302', 302, 302],
    ['/503', 503, 503],
    ['/headers', 200, 200],
  ])('%s: status %i, carried by %i', async (path, status, carried) => {
    const answer = await ask(path)
    expect(answer.document.error).toBeUndefined()
    expect(answer.document.status).toBe(status)
    expect(answer.status).toBe(carried)
    expect(answer.document.relay.end).toBe('complete')
  })

  test('a redirect is told and not followed', async () => {
    const { document } = await ask('/302')
    expect(document.headers.location).toBe('http://elsewhere.test/')
  })

  test.each([
    '/gzip',
    '/deflate',
    '/raw-deflate',
    '/br',
    '/twice',
  ])('%s is undone', async (path) => {
    const { document, headers } = await ask(path)
    expect(document).toMatchObject({ source: 'stream', data: ['{"a":1}'] })
    expect(headers['content-encoding']).toBeUndefined()
  })

  test("cookies are told apart, and are none of the relay's", async () => {
    const { document, headers } = await ask('/cookies')
    expect(document.cookies?.map((cookie) => cookie.name)).toEqual(['a', 'b'])
    expect(headers['set-cookie']).toBeUndefined()
    expect(document.headers).not.toHaveProperty('set-cookie')
  })

  test('a server that leaves the connection open after [DONE] ends there', async () => {
    const { document } = await ask('/done-and-open')
    expect(document.error).toBeUndefined()
    expect(document.endedAt).toBe(document.at?.at(-1))
  })
})

describe('deadlines strike on time, and the server sees the connection close', () => {
  // Late by what a busy machine makes of it, never early.
  test.each([
    ['timeout, before headers', '/hang', { timeout: 120 }, 'timeout', 120],
    ['timeout, in the body', '/hang-body', { timeout: 120 }, 'timeout', 120],
    ['idle, before headers', '/hang', { idle: 80 }, 'timeout', 80],
    ['idle, in the body', '/hang-body', { idle: 80 }, 'timeout', 80],
    ['abortAfter.ms in silence', '/hang-body', { abortAfter: { ms: 90 } }, 'aborted', 90],
    ['firstMs without an event', '/hang', { abortAfter: { firstMs: 70 } }, 'aborted', 70],
    ['abortAfter.events', '/hang-body', { abortAfter: { events: 1 } }, 'aborted', 0],
  ])('%s', async (_, path, control, kind, ms) => {
    const answer = ask(path, { ...control, headers: { 'X-Case': String(ms) } })
    const { document } = await answer
    expect(document.error?.kind).toBe(kind)
    expect(document.endedAt).toBeGreaterThanOrEqual(ms)
    expect(document.endedAt).toBeLessThan(ms + 1000)
    expect(document.relay.total).toBe(document.endedAt)
    const socket = server.sockets.at(-1) as Socket
    if (!socket.destroyed) await once(socket, 'close')
  })

  test('patience waits for a token, not for any event', async () => {
    const note = { api: 'openai-chat', stream: true }
    const { document } = await ask('/hang-body', { note, abortAfter: { firstMs: 60 } })
    expect(document.error?.kind).toBe('aborted')
    expect(document.endedAt).toBeGreaterThanOrEqual(60)
  })

  test('a request that k6 closes is cut, and closes the way to the server', async () => {
    const ends: string[] = []
    const own = await startTestRelay([server.url], {}, (_url, _control, document) => {
      ends.push(JSON.parse(document.toString()).relay.end)
    })
    const sent = own.begin(`${server.url}/hang-body`)
    sent.on('error', () => undefined)
    sent.end()
    await once(sent, 'response')
    const socket = server.sockets.at(-1) as Socket
    sent.destroy()
    if (!socket.destroyed) await once(socket, 'close')
    await own.stop()
    expect(ends).toEqual(['cut'])
  })
})

describe('the way to the server', () => {
  test('a connection is kept for its user, and is no other user’s', async () => {
    const first = await ask('/ok', { session: 'u1' })
    const again = await ask('/ok', { session: 'u1' })
    const other = await ask('/ok', { session: 'u2' })
    expect(first.document.relay).toMatchObject({ reused: false, connect: expect.any(Number) })
    expect(again.document.relay.reused).toBe(true)
    expect(again.document.relay.connect).toBeUndefined()
    expect(other.document.relay.reused).toBe(false)
  })

  test('noConnectionReuse opens one for each, and says so to the server', async () => {
    const options = { noConnectionReuse: true }
    await ask('/ok', { session: 'n', options })
    const { document } = await ask('/ok', { session: 'n', options })
    expect(document.relay.reused).toBe(false)
    expect(server.requests.at(-1)).toMatch(/connection: close/i)
  })

  test('every method, with and without a body; headers in UTF-8', async () => {
    await relay.ask(`${server.url}/ok`, { method: 'PUT', headers: { 'X-N': '한' } }, '{"a":1}')
    expect(server.requests.at(-1)).toMatch(/^PUT \/ok HTTP\/1\.1\r\n[\s\S]*\r\n\r\n\{"a":1\}$/)
    const name = /x-n: (.*)\r\n/i.exec(server.requests.at(-1) ?? '')?.[1] ?? ''
    expect(Buffer.from(name, 'latin1').toString()).toBe('한')
    await relay.ask(`${server.url}/ok`, { method: 'GET' })
    expect(server.requests.at(-1)).toMatch(/^GET \/ok HTTP\/1\.1\r\n/)
    expect(server.requests.at(-1)).toMatch(/accept-encoding: identity/i)
  })

  test("k6's hosts send a name elsewhere", async () => {
    const port = new URL(server.url).port
    const own = await startTestRelay([`http://llm.test:${port}`])
    const options = { hosts: { 'llm.test': '127.0.0.1' } }
    const { document } = await own.ask(`http://llm.test:${port}/ok`, { options })
    expect(document.status).toBe(200)
    expect(server.requests.at(-1)).toContain(`host: llm.test:${port}`)
    const blocked = { ...options, blacklistIPs: ['127.0.0.0/8'] }
    const refused = await own.ask(`http://llm.test:${port}/ok`, { options: blocked, session: 'b' })
    expect(refused.document.error).toMatchObject({ kind: 'dns', message: /blacklisted/ })
    await own.stop()
  })

  test('pieces have the time at which they came', async () => {
    const slow = await startRawServer((socket) => {
      socket.write(openStream(DATA))
      setTimeout(() => socket.write(chunk(DATA) + LAST_CHUNK), 100)
    })
    const own = await startTestRelay([slow.url])
    const { document } = await own.ask(slow.url, { base: 5000 })
    const [first = 0, second = 0] = document.at ?? []
    expect(first).toBeGreaterThan(5000)
    expect(second - first).toBeGreaterThan(50)
    await own.stop()
    slow.stop()
  })
})
