import { describe, expect, test, vi } from 'vitest'
import { createRecord, keepBody } from '../../../simulator/record/record.ts'
import { bearer, logIn, readJson, type Started, start } from './support.ts'

const messages = [{ role: 'user', content: 'hello' }]

describe('the record of a stream', () => {
  test('has what was sent and when', async () => {
    const { stream, last } = await start({ flavor: 'vllm', tokens: 3 })
    const began = Date.now()
    const { chunks } = await stream({ stream_options: {} }, { 'x-test': 'yes' })
    const entry = await last()
    expect(entry).toMatchObject({
      id: chunks[0].id,
      ordinal: 1,
      answer: 1,
      method: 'POST',
      path: '/v1/chat/completions',
      api: 'openai-chat',
      model: 'sim-7b',
      flavor: 'vllm',
      stream: true,
      kinds: ['role', 'token', 'token', 'token', 'finish', 'usage', 'done'],
      tokens: [0, 1, 1, 1, 0, 0, 0],
      status: 200,
      fault: null,
      promptTokens: 2,
      completionTokens: 3,
      closedByClient: false,
      body: { messages, stream: true, stream_options: {} },
    })
    expect(entry.headers).toMatchObject({ 'content-type': 'application/json', 'x-test': 'yes' })
    const times = [entry.receivedAt, entry.headersAt, ...entry.sentAt, entry.endedAt].map(Number)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    // Wall clock; a test must not fail when that is set right meanwhile.
    expect(Math.abs((entry.receivedAt ?? 0) - began)).toBeLessThan(60_000)
  })

  test('hides credentials', async () => {
    const simulator = await start()
    await simulator.send('/api/chat', { messages }, bearer(await logIn(simulator)))
    expect((await simulator.last()).headers.authorization).toBe('present')
  })

  test('of a whole answer has one write', async () => {
    const { send, last } = await start({ flavor: 'vllm', tokens: 3 })
    await send('/v1/chat/completions', { messages })
    expect(await last()).toMatchObject({ stream: false, kinds: ['body'], tokens: [3] })
  })

  test('says when the client left, and the generation stops', async () => {
    const { url, requests } = await start({ flavor: 'vllm', itl: 2, tokens: 100_000 })
    const leave = new AbortController()
    const reply = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages, stream: true }),
      signal: leave.signal,
    })
    await reply.body?.getReader().read()
    leave.abort()
    await vi.waitFor(async () => expect((await requests())[0]?.closedByClient).toBe(true))
    const [left] = await requests()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await requests())[0]?.completionTokens).toBe(left?.completionTokens)
  })

  test.each([
    ['a stream', { messages, stream: true }, {}],
    ['a stream with late headers', { messages, stream: true }, { headers: 'first-token' }],
    ['a whole answer', { messages }, {}],
  ])('%s that has not begun can be left too', async (_, request, options) => {
    const { url, requests } = await start({ flavor: 'vllm', ttft: 100, ...options })
    const leave = new AbortController()
    const read = fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: leave.signal,
    }).then((reply) => reply.text())
    await vi.waitFor(async () => expect((await requests())[0]?.startedAt).not.toBeFalsy())
    leave.abort()
    await expect(read).rejects.toThrow()
    await vi.waitFor(async () => expect((await requests())[0]?.closedByClient).toBe(true))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await requests()).toMatchObject([{ sentAt: [], completionTokens: 0 }])
  })
})

describe('GET /__sim/requests', () => {
  test('filters by path, ordinal and number', async () => {
    const { send, stream, requests } = await start({ flavor: 'vllm' })
    await stream()
    await send('/health')
    await stream()
    const ordinals = async (query: string) => (await requests(query)).map((entry) => entry.ordinal)
    expect(await ordinals('')).toEqual([1, 2, 3])
    expect(await ordinals('?path=/v1/chat/completions')).toEqual([1, 3])
    expect(await ordinals('?since=1')).toEqual([2, 3])
    expect(await ordinals('?limit=1')).toEqual([3])
    expect(await ordinals('?limit=0')).toEqual([])
    expect((await send('/__sim/requests?limit=x')).status).toBe(400)
  })

  test('counts', async () => {
    const { send, stream } = await start({ flavor: 'vllm' })
    await stream()
    await stream({}, { 'x-sim-fault': '503' })
    await send('/health')
    expect(await readJson(await send('/__sim/requests?summary=1'))).toEqual({
      total: 3,
      open: 0,
      closedByClient: 0,
      byPath: { '/v1/chat/completions': 2, '/health': 1 },
      byStatus: { 200: 2, 503: 1 },
      byFault: { none: 2, 503: 1 },
      dropped: 0,
    })
  })

  test('is emptied by DELETE, and the ordinals go on', async () => {
    const { url, stream, requests } = await start({ flavor: 'vllm' })
    await stream()
    await fetch(`${url}/__sim/requests`, { method: 'DELETE' })
    expect(await requests()).toEqual([])
    await stream()
    expect((await requests())[0]?.ordinal).toBe(2)
  })
})

describe('the bounds of the record', () => {
  const request = { method: 'GET', headers: {} } as Parameters<
    ReturnType<typeof createRecord>['open']
  >[0]

  test('10,000 requests, the oldest dropped', () => {
    const record = createRecord()
    for (let i = 0; i < 10_001; i++) record.open(request, '/', 'vllm')
    const entries = record.select(new URLSearchParams())
    expect(entries.length).toBeLessThanOrEqual(10_000)
    expect(entries.length + record.dropped).toBe(10_001)
    expect(entries.at(-1)?.ordinal).toBe(10_001)
  })

  test('40,000 writes of a request, the others counted', () => {
    const record = createRecord()
    const entry = record.open(request, '/', 'vllm')
    for (let i = 0; i < 40_005; i++) record.wrote(entry, 0, 'token', 1)
    expect(entry.sentAt).toHaveLength(40_000)
    expect(entry).toMatchObject({ unlisted: 5, completionTokens: 40_005 })
  })

  test('bodies of some size', () => {
    expect(keepBody(`{"text":"${'x'.repeat(5000)}"}`)).toEqual({ truncated: true, bytes: 5011 })
    expect(keepBody('no json')).toBe('no json')
    expect(keepBody('')).toBeNull()
  })
})

describe('POST /__sim/config', () => {
  test('changes the settings of the requests to come', async () => {
    const { configure, stream, last } = await start({ flavor: 'vllm', tokens: 2 })
    const { status, body } = await configure({ tokens: 4, fault: { truncated: 0 }, ttft: 3 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ tokens: 4, fault: { truncated: 0 }, ttft: 3, flavor: 'vllm' })
    await stream()
    expect((await last()).completionTokens).toBe(4)
  })

  test.each([
    ['a wrong value', { ttft: 'abc' }, /^ttft "abc": expected milliseconds.*like 300$/],
    ['an unknown name', { tttft: 1 }, /^tttft: no such option; expected one of flavor/],
    ['one that is fixed', { port: 1 }, /^port: fixed at the start/],
    ['a list', [], /^config \[\]: expected an object/],
    ['a wrong fault', { fault: 'resett=0.1' }, /^fault "resett=0.1": expected faults/],
    ['rates above 1', { fault: { reset: 0.7, 500: 0.7 } }, /add up to 1/],
    ['auth that nobody can pass', { requireAuth: true }, /vllm has no login/],
    [
      'an unknown profile',
      { switchFaultFor: 'fail=other' },
      /^switchFaultFor other: expected a profile/,
      'gateway' as const,
    ],
  ])('refuses %s with 400 and changes nothing', async (_, changes, message, flavor?: 'gateway') => {
    const { configure, simulator } = await start({ flavor: flavor ?? 'vllm' })
    const before = simulator.options
    const { status, body } = await configure(changes as Record<string, unknown>)
    expect(status).toBe(400)
    expect(body.detail).toMatch(message)
    expect(simulator.options).toBe(before)
  })

  test('gives back what GET shows, without secrets', async () => {
    const { send, configure } = await start({ apiKey: 'sk-1', user: 'kim:pass' })
    const config = await readJson(await send('/__sim/config'))
    expect(config).toMatchObject({ apiKey: 'present', user: 'kim', ttft: 0 })
    const { flavor, host, port, apiKey, user, models, profiles, ...rest } = config
    const { bandwidth, latency, jitter, ...live } = rest
    expect((await configure(live)).body).toEqual(config)
  })

  test('with a seed starts the random sequence anew', async () => {
    const simulator = await start({ flavor: 'vllm', tokens: 30 })
    const texts = async ({ stream }: Started) => [
      (await stream()).content,
      (await stream()).content,
    ]
    const first = await texts(simulator)
    expect(await texts(simulator)).not.toEqual(first)
    await simulator.configure({ seed: 1 })
    expect(await texts(simulator)).toEqual(first)
  })
})

test('/__sim needs no credentials, and says what it has', async () => {
  const { send } = await start({ flavor: 'vllm', apiKey: 'sk-1' })
  expect((await send('/__sim/config')).status).toBe(200)
  const reply = await send('/__sim/nothing')
  expect(reply.status).toBe(404)
  expect((await readJson(reply)).detail).toMatch('POST /__sim/models/reset')
})
