import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** Headers of a client that say nothing of what was asked for. */
const ITS_OWN = /^(host|user-agent|connection|accept-encoding)$/i

const SSE = [
  'data: one\n\n',
  ': a comment\n\n',
  'id: 7\nevent: named\ndata: {"a":1}\n\n',
  'data: a\ndata:b\ndata:  c\n\n',
  'data: crlf\r\nid: 8\r\n\r\n',
  'retry: 10\n\n',
  'no colon\n',
  'field: unknown\n\n',
  'data\n\n',
  'data:\n\n',
  'event: only\n\n',
  'data: 한국어 🙂\n\n',
  'data: last\n\ndata: [DONE]\n\n',
].join('')

const ROUTES: Record<string, (q: IncomingMessage, r: ServerResponse) => void> = {
  '/json': (_, r) => r.end('{"list":[{"a":1},{"a":2}]}'),
  '/gzip': (_, r) => r.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('zipped')),
  '/bad-gzip': (_, r) => r.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not zipped'),
  '/reset': (q) => q.socket.resetAndDestroy(),
  '/close': (q) => q.socket.end(),
  '/hang': () => undefined,
  '/hang-body': (_, r) => r.write('begun\n'),
  '/cut'(q, r) {
    r.writeHead(200, { 'Content-Length': 100 }).write('part')
    setTimeout(() => q.socket.end(), 30)
  },
  '/reset-body'(q, r) {
    r.write('part')
    setTimeout(() => q.socket.resetAndDestroy(), 30)
  },
  '/sse': (_, r) => r.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(SSE),
  '/sse-gzip': (_, r) => r.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(SSE)),
  '/sse-cut'(q, r) {
    r.write('data: one\n\ndata: tw')
    setTimeout(() => q.socket.end(), 30)
  },
  '/ndjson': (_, r) => r.end('{"a":1}\n{"a":2}\n{"a":3}'),
  '/redirect/302': (_, r) => r.writeHead(302, { Location: '/echo' }).end('go'),
  '/redirect/307': (_, r) => r.writeHead(307, { Location: '/echo' }).end('go'),
  '/redirect/loop': (_, r) => r.writeHead(302, { Location: '/redirect/loop' }).end('go'),
}

/** Answers as no good server would, and tells what it was asked: `/echo`. */
export async function startOddServer(): Promise<{ url: string; stop(): void }> {
  const server = createServer((q, r) => {
    const path = q.url ?? ''
    const status = /^\/status\/(\d+)$/.exec(path)?.[1]
    if (status !== undefined) {
      r.writeHead(Number(status), { 'X-Many': ['a', 'b'], 'Set-Cookie': ['c=1; Path=/status'] })
      r.end(JSON.stringify({ status }))
      return
    }
    const route = ROUTES[path]
    if (route !== undefined) return route(q, r)
    let body = ''
    q.on('data', (chunk) => {
      body += chunk
    })
    q.on('end', () => {
      const headers: Record<string, string> = {}
      for (let i = 0; i < q.rawHeaders.length; i += 2) {
        const name = q.rawHeaders[i] as string
        if (!ITS_OWN.test(name)) headers[name] = q.rawHeaders[i + 1] as string
      }
      const sorted = Object.fromEntries(Object.entries(headers).sort())
      r.end(JSON.stringify({ method: q.method, headers: sorted, body }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
