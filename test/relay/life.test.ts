import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RELAY_PATH } from '#node'
import {
  beginExchange,
  LAST_CHUNK,
  openStream,
  type RawServer,
  startRawServer,
  startRelayProcess,
  startTestRelay,
} from '../support/relay.ts'

const main = fileURLToPath(new URL('../../relay/main.ts', import.meta.url))
const DATA = 'data: {"choices":[{"index":0,"delta":{"content":"the answer"}}]}\n\n'

let server: RawServer
beforeAll(async () => {
  server = await startRawServer((socket, text) => {
    if (/ \/hang[ ?]/.test(text)) socket.write(openStream(DATA))
    else if (/ \/silent[ ?]/.test(text)) return
    else socket.write(openStream(DATA) + LAST_CHUNK)
  })
})
afterAll(() => server.stop())

/** A request as a program that is no k6 would send it. */
function rawRequest(url: string, headers: Record<string, string>, method = 'POST') {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the relay is used by nobody else', () => {
  test('it forwards only to what was allowed, and says why not', async () => {
    const relay = await startTestRelay(['http://127.0.0.1:1'])
    const { status, document } = await relay.ask(`${server.url}/ok?key=secret`)
    expect(status).toBe(403)
    expect(document.error).toMatchObject({ kind: 'relay', message: /does not forward to/ })
    expect(JSON.stringify(document)).not.toContain('secret')
    await relay.stop()
  })

  test.each([
    [{ Origin: 'http://evil.test' }, 403],
    [{ Host: 'evil.test' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{}, 400],
    [{ 'x-k6-llm-target': '%zz', 'x-k6-llm-control': '{}' }, 400],
    [{ 'x-k6-llm-target': 'file:///etc/passwd', 'x-k6-llm-control': '{}' }, 400],
    [{ 'x-k6-llm-target': 'http://127.0.0.1:1', 'x-k6-llm-control': '{"v":9}' }, 400],
    [{ 'x-k6-llm-target': 'http://127.0.0.1:1', 'x-k6-llm-control': '{"v":1}' }, 400],
  ])('%j is answered with %i, and the relay lives on', async (headers, wanted) => {
    const relay = await startTestRelay([server.url])
    const before = server.requests.length
    const { status, text } = await rawRequest(relay.url + RELAY_PATH, headers)
    expect(status).toBe(wanted)
    expect(JSON.parse(text).error).toMatchObject({ kind: 'relay', message: /./ })
    expect(server.requests.length).toBe(before)
    expect((await relay.ask(`${server.url}/ok`)).status).toBe(200)
    await relay.stop()
  })

  test('a preflight of a browser gets no leave', async () => {
    const relay = await startTestRelay([server.url])
    const { status } = await rawRequest(relay.url, { Origin: 'http://evil.test' }, 'OPTIONS')
    expect(status).toBe(403)
    await relay.stop()
  })
})

describe('under load', () => {
  test('200 requests at once each have their own answer', async () => {
    const echo = await startRawServer((socket, text) => {
      const id = / \/(\d+) /.exec(text)?.[1]
      socket.write(openStream(`data: ${id}\n\n`) + LAST_CHUNK)
    })
    const relay = await startTestRelay([echo.url])
    const ids = Array.from({ length: 200 }, (_, i) => String(i))
    const answers = await Promise.all(ids.map((id) => relay.ask(`${echo.url}/${id}`)))
    expect(answers.map(({ document }) => document.data?.[0])).toEqual(ids)
    expect(relay.relay.load).toMatchObject({ exchanges: 0, held: 0 })
    await relay.stop()
    echo.stop()
  })

  test('1,000 requests that k6 cuts leave nothing behind', async () => {
    const ends: string[] = []
    const relay = await startTestRelay([server.url], {}, (_url, _control, document) => {
      ends.push(JSON.parse(document.toString()).relay.end)
    })
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const path = i % 2 === 0 ? '/hang' : '/silent'
          const sent = relay.begin(server.url + path, { session: String(i) })
          sent.on('error', () => undefined)
          sent.end()
          if (path === '/hang') await once(sent, 'response')
          else await once(sent, 'finish')
          sent.destroy()
        }),
      )
    }
    while (relay.relay.load.exchanges > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(relay.relay.load).toEqual({ exchanges: 0, held: 0, idle: 0 })
    expect(new Set(ends)).toEqual(new Set(['cut']))
    expect((await relay.ask(`${server.url}/ok`)).document.error).toBeUndefined()
    await relay.stop()
  })

  test.skipIf(process.platform === 'win32')('and its memory does not grow', async () => {
    const relay = await startRelayProcess('--allow', server.url)
    const memory = () =>
      Number(execFileSync('ps', ['-o', 'rss=', '-p', String(relay.pid)], { encoding: 'utf8' })) /
      1024
    const cutThousand = async () => {
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, i) => {
            const sent = beginExchange(relay.url, `${server.url}/hang`, { session: String(i) })
            sent.on('error', () => undefined)
            sent.end('x'.repeat(100_000))
            await once(sent, 'response')
            sent.destroy()
          }),
        )
      }
    }
    // Until its code is compiled and its heap has the size that this load needs.
    for (let i = 0; i < 2; i++) await cutThousand()
    const before = memory()
    await cutThousand()
    // It swings by some 20 MB, and 9,000 more add none; what was kept would hold its body: 100 MB.
    expect(memory() - before).toBeLessThan(50)
    await relay.stop()
  })

  test('answers that are too large together are ended, the others are not', async () => {
    const big = await startRawServer((socket) =>
      socket.write(openStream(`data: ${'x'.repeat(600_000)}\n\n`)),
    )
    const limits = { answer: 1_000_000, total: 1_000_000 }
    const relay = await startTestRelay([big.url, server.url], { limits })
    const both = ['1', '2'].map((session) => relay.ask(big.url, { session, timeout: 1500 }))
    const first = await Promise.race(both)
    expect(first.document.error).toMatchObject({ kind: 'too_large', message: /--max-total/ })
    expect((await relay.ask(`${server.url}/ok`)).document.error).toBeUndefined()
    const kinds = (await Promise.all(both)).map(({ document }) => document.error?.kind)
    expect(kinds.sort()).toEqual(['timeout', 'too_large'])
    expect(relay.relay.load.held).toBe(0)
    await relay.stop()
    big.stop()
  })
})

describe('its end', () => {
  test('answers what is under way, then closes', async () => {
    const relay = await startTestRelay([server.url])
    const sockets = server.sockets.length
    const answer = relay.ask(`${server.url}/hang`)
    while (server.sockets.length === sockets || relay.relay.load.held === 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await relay.stop()
    const { document } = await answer
    expect(document.error).toEqual({ kind: 'relay', message: 'the relay was stopped' })
    expect(document.data).toHaveLength(1)
    const socket = server.sockets.at(-1) as Socket
    if (!socket.destroyed) await once(socket, 'close')
  })

  test.each([
    [[]],
    [['--workers', '2']],
  ])('of the command %j: one ready line, a whole record, code 0', async (more) => {
    const directory = mkdtempSync(join(tmpdir(), 'k6-llm-relay-'))
    const record = join(directory, 'requests.jsonl')
    const args = ['--import', 'tsx', main, '--port', '0', '--allow', server.url]
    const child = spawn(process.execPath, [...args, '--record', record, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (piece) => {
      said += piece
    })
    const [line] = await once(createInterface(child.stdout), 'line')
    const { url } = JSON.parse(line)
    const control = {
      v: 1,
      method: 'POST',
      headers: { Authorization: 'Bearer sk-secret-1234' },
      base: 0,
      timeout: 20_000,
      session: '1',
      vu: 1,
      tags: {},
      note: { api: 'openai-chat', stream: true },
    }
    const ask = (path: string) =>
      rawRequest(url + RELAY_PATH, {
        'x-k6-llm-target': encodeURIComponent(`${server.url}${path}?key=sk-secret-1234`),
        'x-k6-llm-control': JSON.stringify(control),
      })
    const answers = await Promise.all([ask('/ok'), ask('/ok'), ask('/ok')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const before = server.requests.length
    const hanging = ask('/hang')
    while (server.requests.length === before) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(JSON.parse((await hanging).text).error.kind).toBe('relay')
    expect(said).toBe('')
    const text = readFileSync(record, 'utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((entry) => JSON.parse(entry))
    expect(lines.map((entry) => entry.error?.kind ?? 'none').sort()).toEqual([
      'relay',
      'truncated',
      'truncated',
      'truncated',
    ])
    expect(lines[0]).toMatchObject({ status: 200, chunks: 1, url: `${server.url}/ok` })
    expect(text).not.toMatch(/secret|answer"/)
    rmSync(directory, { recursive: true })
  })

  test('--host for other machines and --insecure are said loudly', async () => {
    const args = ['--import', 'tsx', main, '--port', '0', '--allow', server.url]
    const child = spawn(process.execPath, [...args, '--host', '0.0.0.0', '--insecure'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (piece) => {
      said += piece
    })
    await once(createInterface(child.stdout), 'line')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(said).toMatch(/WARNING: --host 0\.0\.0\.0: every machine/)
    expect(said).toMatch(/WARNING: --insecure/)
  })
})
