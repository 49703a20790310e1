import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** Of the names that the example imports, by its documentation; nothing of k6-utils' own code. */
const STAND_IN = `
export function randomString(length) {
  let text = ''
  while (text.length < length) text += String.fromCharCode(97 + Math.floor(Math.random() * 26))
  return text
}
export function normalDistributionStages(users, seconds) {
  return [{ duration: seconds / 2 + 's', target: users }, { duration: seconds / 2 + 's', target: 1 }]
}
`

const portOf = (server: Server | HttpServer) => (server.address() as AddressInfo).port

onEachK6('k6-utils of jslib', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-jslib-'))
  const asked: string[] = []
  const elsewhere: string[] = []
  let jslib: Server
  let proxy: HttpServer
  let simulator: Simulator

  beforeAll(async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'jslib.k6.io' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'jslib.k6.io' }] }],
    })
    writeFileSync(join(directory, 'cert.pem'), cert)
    jslib = createServer({ key, cert }, (request, response) => {
      asked.push(new URL(request.url ?? '/', 'https://jslib.k6.io').pathname) // k6 adds ?_k6=1
      response.writeHead(200, { 'Content-Type': 'application/javascript' }).end(STAND_IN)
    })
    // k6 asks for the address that is written; this proxy has it meet the stand-in.
    proxy = createHttpServer((_, response) => response.writeHead(403).end())
    proxy.on('connect', (request, socket) => {
      if (request.url !== 'jslib.k6.io:443') {
        elsewhere.push(request.url ?? '')
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
        return
      }
      const there = connect(portOf(jslib), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        there.pipe(socket).pipe(there)
      })
      there.on('error', () => socket.destroy())
      socket.on('error', () => there.destroy())
    })
    for (const server of [jslib, proxy]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    }
    simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '1')
  })
  afterAll(async () => {
    jslib.close()
    proxy.close()
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test('is imported by its own address beside the library', async () => {
    const run = await runK6(k6, 'examples/k6-utils.js', {
      env: {
        BASE_URL: simulator.url,
        TEST_DURATION: '4s',
        MAX_VUS: '3',
        RESULTS_DIR: directory,
      },
      process: {
        HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
        SSL_CERT_FILE: join(directory, 'cert.pem'),
      },
    })
    expect(run.output).not.toMatch(/level=error|Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    expect(new Set(asked)).toEqual(new Set(['/k6-utils/1.4.0/index.js']))
    expect(elsewhere).toEqual([])
    expect(run.values('llm_requests').length).toBeGreaterThan(2)
    expect(Math.max(...run.values('vus'))).toBeLessThanOrEqual(3)
  })
})
