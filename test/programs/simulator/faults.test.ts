import { describe, expect, test, vi } from 'vitest'
import { faultNames } from '../../../simulator/options/faults.ts'
import { bearer, logIn, parse, readJson, readStream, start, tokenChunks } from './support.ts'

const messages = [{ role: 'user', content: 'x' }]
const streamed = { messages, stream: true, stream_options: {} }
const whole = { messages }

/** A stream under a fault, with what had arrived if the connection broke. */
async function provoke(fault: string, request: Record<string, unknown> = streamed) {
  const simulator = await start({ flavor: 'vllm' })
  const reply = await simulator.send('/v1/chat/completions', request, { 'x-sim-fault': fault })
  let text = ''
  let error: unknown
  try {
    for await (const chunk of reply.body ?? []) text += Buffer.from(chunk).toString()
  } catch (thrown) {
    error = thrown
  }
  const type = reply.headers.get('content-type') ?? ''
  return { ...simulator, reply, text, type, error, ...parse(text) }
}

const causeOf = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code

describe('statuses', () => {
  test.each([
    '401',
    '403',
    '404',
    '422',
    '500',
    '503',
  ])('%s, in each front’s shape', async (name) => {
    const vllm = await provoke(name)
    expect(vllm.reply.status).toBe(Number(name))
    expect(JSON.parse(vllm.text)).toHaveProperty('error')
    const gateway = await start()
    const reply = await gateway.send('/api/chat', streamed, { 'x-sim-fault': name })
    expect(reply.status).toBe(Number(name))
    expect(await reply.json()).toHaveProperty('detail')
    expect((await gateway.last()).fault).toBe(name)
  })

  test('429 says when to come back, in seconds or as a date', async () => {
    expect((await provoke('429')).reply.headers.get('retry-after')).toBe('1')
    expect((await provoke('429:7')).reply.headers.get('retry-after')).toBe('7')
    const date = (await provoke('429:date')).reply.headers.get('retry-after') ?? ''
    expect(date).toMatch(/GMT$/)
    expect(Date.parse(date)).toBeGreaterThan(Date.now() - 10_000)
  })

  test('502 is nginx’s page, 529 Anthropic’s error', async () => {
    const page = await provoke('502')
    expect(page.type).toBe('text/html')
    expect(page.text).toMatch('<center><h1>502 Bad Gateway</h1></center>')
    expect(JSON.parse((await provoke('529')).text)).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
    })
  })
})

describe('cut streams', () => {
  test.each([
    ['reset', 5],
    ['reset:2', 2],
    ['reset:0', 0],
    ['reset:99', 8],
  ])('%s: a TCP reset after the tokens', async (fault, tokens) => {
    const { error, chunks, finish, last } = await provoke(fault)
    expect(causeOf(error)).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    // What a client had not read yet may be lost with the reset.
    expect(tokenChunks(chunks).length).toBeLessThanOrEqual(tokens)
    expect(finish).toEqual([])
    const entry = await last()
    expect(entry.completionTokens).toBe(tokens)
    expect(entry).toMatchObject({ closedByClient: false, status: 200, fault })
  })

  test('reset-before-headers', async () => {
    const { send, last } = await start({ flavor: 'vllm' })
    const sent = send('/v1/chat/completions', streamed, { 'x-sim-fault': 'reset-before-headers' })
    await expect(sent).rejects.toThrow()
    expect(await last()).toMatchObject({ status: 0, closedByClient: false, headersAt: null })
  })

  test.each(['stall:2:0.02', 'stall-before-headers:0.02'])('%s ends by itself', async (fault) => {
    const { send, last } = await start({ flavor: 'vllm' })
    const read = async () =>
      (await send('/v1/chat/completions', streamed, { 'x-sim-fault': fault })).text()
    await expect(read()).rejects.toThrow()
    const entry = await last()
    expect((entry.endedAt ?? 0) - (entry.receivedAt ?? 0)).toBeGreaterThanOrEqual(19)
    expect(entry.completionTokens ?? 0).toBe(fault.startsWith('stall:') ? 2 : 0)
  })

  test.each([
    'stall:2',
    'stall-before-headers',
  ])('%s ends when the client leaves', async (fault) => {
    const { url, requests } = await start({ flavor: 'vllm' })
    const leave = new AbortController()
    const read = fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sim-fault': fault },
      body: JSON.stringify(streamed),
      signal: leave.signal,
    }).then((reply) => reply.text())
    await vi.waitFor(async () => expect(await requests()).toHaveLength(1))
    leave.abort()
    await expect(read).rejects.toThrow()
    await vi.waitFor(async () => expect((await requests())[0]?.closedByClient).toBe(true))
  })

  test.each([
    ['truncated', 5],
    ['truncated:3', 3],
    ['truncated:8', 8],
  ])('%s: a clean end, nothing after the tokens', async (fault, tokens) => {
    const { error, chunks, finish, usage, done } = await provoke(fault, {
      ...streamed,
      max_tokens: 8,
    })
    expect(error).toBeUndefined()
    expect(tokenChunks(chunks)).toHaveLength(tokens)
    expect({ finish, usage, done }).toEqual({ finish: [], usage: [], done: false })
  })

  test('truncated hides the finish that rides on a last token', async () => {
    const request = { ...streamed, max_tokens: 3 }
    expect((await provoke('truncated:3', request)).finish).toEqual([])
  })
})

describe('errors in a stream', () => {
  test('error-event: Python’s spacing, after the tokens, then [DONE]', async () => {
    const { data, chunks, done, reply, finish } = await provoke('error-event:2')
    expect(reply.status).toBe(200)
    expect(tokenChunks(chunks)).toHaveLength(2)
    expect(data.at(-2)).toBe(
      '{"error": {"message": "EngineCore encountered an issue. See stack trace (above) for the root cause.", "type": "InternalServerError", "param": null, "code": 500}}',
    )
    expect({ done, finish }).toEqual({ done: true, finish: [] })
  })

  test('error-event-no-done', async () => {
    const { data, chunks } = await provoke('error-event-no-done')
    expect(tokenChunks(chunks)).toHaveLength(5)
    expect(data.at(-1)).toMatch(/^\{"error": /)
  })

  test('error-first: HTTP 200, SGLang’s full queue, [DONE]', async () => {
    const { data, reply } = await provoke('error-first')
    expect(reply.status).toBe(200)
    expect(data).toEqual([
      '{"error": {"object": "error", "message": "The request queue is full.", "type": "SERVICE_UNAVAILABLE", "param": null, "code": 503}}',
      '[DONE]',
    ])
  })

  test.each([
    ['malformed', 5],
    ['malformed:1', 1],
    ['malformed:0', 0],
    ['malformed:99', 8],
  ])('%s: one event of broken JSON, the rest as ever', async (fault, before) => {
    const { data, chunks, done, usage, last } = await provoke(fault)
    expect(data.filter((one) => one !== '[DONE]')).toHaveLength(chunks.length + 1)
    expect(tokenChunks(chunks)).toHaveLength(8)
    expect({ done, usages: usage.length }).toEqual({ done: true, usages: 1 })
    const { kinds } = await last()
    const earlier = kinds.slice(0, kinds.indexOf('malformed'))
    expect(earlier.filter((kind) => kind === 'token')).toHaveLength(before)
  })
})

describe('other ways to answer', () => {
  test('buffer: all events at one time, as text/plain', async () => {
    const { type, chunks, done, last } = await provoke('buffer')
    expect(type).toBe('text/plain; charset=utf-8')
    expect(tokenChunks(chunks)).toHaveLength(8)
    expect(done).toBe(true)
    const entry = await last()
    expect(new Set(entry.sentAt).size).toBe(1)
    expect(entry.kinds).toEqual(['role', ...Array(8).fill('token'), 'finish', 'usage', 'done'])
  })

  test('plain-type: a stream with the wrong type', async () => {
    const { type, done, last } = await provoke('plain-type')
    expect(type).toBe('text/plain; charset=utf-8')
    expect(done).toBe(true)
    expect(new Set((await last()).sentAt).size).toBeGreaterThan(1)
  })

  test('json-instead: a whole completion', async () => {
    const { type, text } = await provoke('json-instead')
    expect(type).toBe('application/json')
    expect(JSON.parse(text)).toMatchObject({ object: 'chat.completion' })
  })

  test('empty: 200 and nothing', async () => {
    const { reply, text, type } = await provoke('empty')
    expect([reply.status, text, type]).toEqual([200, '', 'text/event-stream; charset=utf-8'])
  })

  test('no-usage and no-done leave out one event', async () => {
    const noUsage = await provoke('no-usage')
    expect([noUsage.usage.length, noUsage.done]).toEqual([0, true])
    const noDone = await provoke('no-done')
    expect([noDone.usage.length, noDone.done]).toEqual([1, false])
  })

  test('slow-headers: all of it later', async () => {
    const { done, last } = await provoke('slow-headers:20')
    expect(done).toBe(true)
    const entry = await last()
    expect((entry.headersAt ?? 0) - (entry.receivedAt ?? 0)).toBeGreaterThanOrEqual(20 - 0.001)
    expect((entry.startedAt ?? 0) - (entry.receivedAt ?? 0)).toBeCloseTo(20, 1)
  })
})

describe('without a stream', () => {
  test.each([
    ['error-event', 500],
    ['error-event-no-done', 500],
    ['error-first', 503],
  ])('%s is a status', async (fault, status) => {
    expect((await provoke(fault, whole)).reply.status).toBe(status)
  })

  test('reset and stall break the connection within the body', async () => {
    for (const fault of ['reset', 'stall:0:0.02']) {
      const { reply, error, text } = await provoke(fault, whole)
      expect(reply.status).toBe(200)
      expect(causeOf(error)).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
      expect(() => JSON.parse(text)).toThrow()
    }
  })

  test.each(['truncated', 'malformed'])('%s: half of the JSON, a clean end', async (fault) => {
    const { error, text } = await provoke(fault, whole)
    expect(error).toBeUndefined()
    expect(text).toMatch(/^\{"id"/)
    expect(() => JSON.parse(text)).toThrow()
  })

  test.each(['buffer', 'plain-type'])('%s: the wrong type', async (fault) => {
    const { type, text } = await provoke(fault, whole)
    expect(type).toBe('text/plain; charset=utf-8')
    expect(JSON.parse(text)).toHaveProperty('choices')
  })

  test('no-usage leaves the usage out, no-done changes nothing', async () => {
    expect(JSON.parse((await provoke('no-usage', whole)).text)).not.toHaveProperty('usage')
    expect(JSON.parse((await provoke('no-done', whole)).text)).toHaveProperty('usage')
  })
})

describe('which requests have a fault', () => {
  test.each([
    'nothing',
    'reset:x',
    'reset:1:2',
    '500:1',
    'reset:-1',
    '',
  ])('not one with the header "%s": 400 that lists them', async (header) => {
    const { reply, text } = await provoke(header)
    expect(reply.status).toBe(400)
    expect(JSON.parse(text).detail).toMatch(`x-sim-fault ${header}: expected`)
    expect(JSON.parse(text).detail).toMatch(faultNames.join(', '))
  })

  test('a share of them by rate, the same ones with the same seed', async () => {
    const runs = []
    for (const seed of [1, 1, 2]) {
      const { stream, requests } = await start({
        flavor: 'vllm',
        seed,
        tokens: 1,
        fault: '500=0.3,truncated:0=0.3',
      })
      for (let i = 0; i < 40; i++) await stream()
      runs.push((await requests()).map((entry) => entry.fault))
    }
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]).not.toEqual(runs[2])
    expect(new Set(runs[0])).toEqual(new Set([null, '500', 'truncated:0']))
  })

  test('the header goes before the rate, and none means none', async () => {
    const { stream } = await start({ flavor: 'vllm', fault: { 500: 1 } })
    expect((await stream()).response.status).toBe(500)
    expect((await stream({}, { 'x-sim-fault': 'none' })).response.status).toBe(200)
    expect((await stream({}, { 'x-sim-fault': '503' })).response.status).toBe(503)
  })

  test('on the gateway’s chat too', async () => {
    const simulator = await start({ fault: { truncated: 1 } })
    const headers = bearer(await logIn(simulator))
    const answer = await readStream(await simulator.send('/api/chat', streamed, headers))
    expect(tokenChunks(answer.chunks)).toHaveLength(5)
    expect((await simulator.send('/api/models/status')).status).toBe(200)
    expect(await readJson(await simulator.send('/health'))).toHaveProperty('status')
  })
})
