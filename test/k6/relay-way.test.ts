import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isStock, onEachK6 } from '../support/each-k6.ts'
import {
  openStream,
  type RawServer,
  type RelayProcess,
  startRawServer,
  startRelayIn,
} from '../support/relay.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'

const file = (name: string) =>
  fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))
const pem = (name: string) => readFileSync(file(name), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-way-'))

/** @returns its port */
async function secureServer(name: string) {
  const server = createServer({ key: pem(`${name}-key`), cert: pem(name) }, (request, response) =>
    response.end(JSON.stringify(request.headers)),
  )
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { port: (server.address() as AddressInfo).port, stop }
}

interface Seen {
  status: number
  body: string
  kind: string | null
  message: string | null
}

onEachK6(
  'the way to the server',
  (k6) => {
    const servers: { port: number; stop(): void }[] = []
    let plain: RawServer
    let urls: Record<'known' | 'expired' | 'other' | 'blocked' | 'named', string>
    beforeAll(async () => {
      for (const name of ['server', 'expired', 'other']) servers.push(await secureServer(name))
      plain = await startRawServer((socket, request) => {
        const first = plain.requests.filter((one) => one === request).length
        if (request.startsWith('GET /stale') && first > 1) return socket.resetAndDestroy()
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
      const [known, expired, other] = servers.map(({ port }) => port)
      urls = {
        known: `https://llm.test:${known}/`,
        expired: `https://llm.test:${expired}/`,
        other: `https://llm.test:${other}/`,
        blocked: `http://blocked.test:${new URL(plain.url).port}/`,
        named: `http://no.test:${new URL(plain.url).port}/`,
      }
    })
    afterAll(() => {
      for (const server of servers) server.stop()
      plain.stop()
    })

    /** Asks each address, by the relay and by k6 itself. */
    async function ask(
      addresses: Record<string, string>,
      options: object,
      environment: Record<string, string> = {},
      more: Record<string, string> = {},
    ) {
      const allow = Object.values(addresses).flatMap((url) => ['--allow', new URL(url).origin])
      const relay = await startRelayIn({ ...process.env, ...environment }, ...allow)
      const run = await runK6(k6, 'test/k6/scripts/relay-way.js', {
        env: {
          LLM_RELAY: relay.url,
          URLS: JSON.stringify(addresses),
          OPTIONS: JSON.stringify({ hosts: { '*.test': '127.0.0.1' }, ...options }),
          ...more,
        },
        process: environment,
      })
      await relay.stop()
      expect(run.code, run.output).toBe(EXIT.ok)
      const results: { name: string; relay: Seen; k6: Seen }[] = [
        ...run.output.matchAll(/RESULT ([^\s"]+)/g),
      ].map((match) => JSON.parse(decodeURIComponent(match[1] ?? '')))
      return { run, results }
    }

    test('what the machine trusts is trusted; what is not is tls, as for k6 itself', async () => {
      const { known, expired, other } = urls
      const addresses = { known, expired, other }
      const trusting = await ask(addresses, {}, { SSL_CERT_FILE: file('ca') })
      const kinds = (seen: Seen[]) => seen.map(({ status, kind }) => kind ?? status)
      expect(kinds(trusting.results.map(({ relay }) => relay))).toEqual([200, 'tls', 'tls'])
      expect(kinds(trusting.results.map(({ k6 }) => k6))).toEqual([200, 'tls', 'tls'])
      expect(trusting.results[1]?.relay.message).toMatch(/expired/)
      expect(trusting.results[2]?.relay.message).toMatch(/other\.test/)
    })

    test('insecureSkipTLSVerify, userAgent, blacklistIPs, blockHostnames mean what they mean', async () => {
      const options = {
        insecureSkipTLSVerify: true,
        userAgent: 'mine/1.0',
        hosts: { 'llm.test': '127.0.0.1', 'blocked.test': '127.0.0.2' },
        blacklistIPs: ['127.0.0.2/31'],
        blockHostnames: ['no.test'],
      }
      const { expired, blocked, named } = urls
      const { run, results } = await ask({ expired, blocked, named }, options)
      for (const { name, relay, k6 } of results) {
        expect([relay.status, relay.kind], `${name}: ${relay.message}`).toEqual([
          k6.status,
          k6.kind,
        ])
      }
      expect(results.map(({ relay }) => relay.kind)).toEqual([null, 'dns', 'dns'])
      expect(results[0]?.relay.body).toContain('"user-agent":"mine/1.0"')
      expect(run.output).not.toMatch(/the relay does not know/)
    })

    test('noVUConnectionReuse and noConnectionReuse; what the relay does not know is said once', async () => {
      const addresses = { one: `${plain.url}/1`, two: `${plain.url}/2` }
      const alone = { ALONE: '1' }
      const opened = async (options: object) => {
        const before = plain.sockets.length
        const { run } = await ask(addresses, options, {}, alone)
        return { run, count: plain.sockets.length - before }
      }
      expect((await opened({ iterations: 3 })).count).toBe(1)
      expect((await opened({ iterations: 3, noVUConnectionReuse: true })).count).toBe(3)
      const tlsAuth = [{ cert: pem('client'), key: pem('client-key') }]
      const each = await opened({ iterations: 2, noConnectionReuse: true, tlsAuth })
      expect(each.count).toBe(4)
      expect(each.run.output.match(/the relay does not know.*tlsAuth/g)).toHaveLength(1)
    })

    test('a connection that the server had closed is stale, a reset is none, each sent once', async () => {
      const before = plain.requests.length
      const addresses = { first: `${plain.url}/stale`, again: `${plain.url}/stale` }
      const { results } = await ask(addresses, {}, {}, { ALONE: '1' })
      expect(results.map(({ relay }) => relay.kind)).toEqual([null, 'stale'])
      expect(plain.requests.length - before).toBe(2)
    })

    describe('what k6 cuts', () => {
      const DATA = 'data: {"choices":[{"index":0,"delta":{"content":"the answer"}}]}\n\n'
      const open = new Set<Socket>()
      let server: RawServer
      beforeAll(async () => {
        server = await startRawServer((socket) => {
          open.add(socket)
          socket.once('close', () => open.delete(socket))
          socket.write(openStream(DATA))
        })
      })
      afterAll(() => server.stop())

      test.each([
        ['at the end of a scenario (gracefulStop)', '1s', false],
        ['by Ctrl-C', '5m', true],
      ])('%s: cut in the record, closed towards the server, no failure', async (_, duration, stops) => {
        const record = join(directory, `${k6.name}-${duration}.jsonl`)
        const relay: RelayProcess = await startRelayIn(
          process.env,
          ...['--allow', server.url, '--record', record],
        )
        const before = server.requests.length
        const run = await runK6(k6, 'test/k6/scripts/relay-cut.js', {
          env: { BASE_URL: server.url, LLM_RELAY: relay.url, DURATION: duration },
          async during({ kill }) {
            if (!stops) return
            while (open.size < 3) await new Promise((resolve) => setImmediate(resolve))
            kill('SIGINT')
          },
        })
        while (open.size > 0) await new Promise((resolve) => setImmediate(resolve))
        await relay.stop()
        expect(run.code, run.output).toBe(stops ? EXIT.interrupted : EXIT.ok)
        expect(run.values('llm_failed')).toEqual([])
        expect(run.values('http_req_failed')).toEqual([])
        expect(server.requests.length - before).toBe(3)
        const lines = readFileSync(record, 'utf8').trim().split('\n')
        expect(lines.map((line) => JSON.parse(line))).toEqual(
          Array(3).fill(
            expect.objectContaining({ end: 'cut', status: 200, chunks: 1, scenario: 'cut' }),
          ),
        )
        expect(lines.join()).not.toMatch(/"error"|"ok"/)
      })
    })
  },
  isStock,
)

afterAll(() => rmSync(directory, { recursive: true }))
