import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import { type ChatClientOptions, createChatClient } from '../../../src/client/chat-client.ts'
import { world } from '../../support/k6/execution.ts'
import { type FakeResponse, requests, respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import sse, { play } from '../../support/k6/sse.ts'

const ok: FakeResponse = {
  body: JSON.stringify({
    choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  }),
  headers: { 'Content-Type': 'application/json' },
  timings: { waiting: 100 },
}
const status = (code: number, headers = {}): FakeResponse => ({
  status: code,
  body: '{"error":{"message":"busy"}}',
  headers: { 'Content-Type': 'application/json', ...headers },
  error_code: 1000 + code,
  timings: { waiting: 10 },
})
const refused: FakeResponse = { status: 0, error: 'connection refused', error_code: 1212 }

/** Answers in turn; the last one again and again. */
function answers(...list: FakeResponse[]) {
  let next = 0
  respond(() => list[Math.min(next++, list.length - 1)] as FakeResponse)
}
const client = (options: ChatClientOptions = {}) =>
  createChatClient({ baseUrl: 'http://sim', ...options })

beforeEach(() => {
  world.reset()
  samples.length = 0
  requests.length = 0
})
afterEach(() => vi.unstubAllGlobals())

describe('retry', () => {
  test('each attempt is a request in every metric; what users saw is final:yes', async () => {
    answers(status(503), refused, ok)
    const reply = await client({ retry: { jitter: 0 }, slo: { e2el: 1000 } }).complete('hello')
    expect(reply).toMatchObject({ ok: true, attempts: 3 })
    expect(requests).toHaveLength(3)
    expect(valuesOf('llm_requests')).toEqual([1, 1, 1])
    expect(valuesOf('llm_failed')).toEqual([1, 1, 0])
    expect(valuesOf('llm_failed', { final: 'yes' })).toEqual([0])
    expect(valuesOf('llm_errors', { error_type: 'http_5xx', attempt: '1' })).toEqual([1])
    expect(valuesOf('llm_errors', { error_type: 'connect', attempt: '2' })).toEqual([1])
    expect(valuesOf('llm_goodput')).toEqual([0, 0, 1])
    expect(valuesOf('llm_retries')).toEqual([1, 1])
    expect(valuesOf('llm_abandoned')).toEqual([])
    // 10 + 500 + 0 + 1000 + 100
    expect(world.time).toBeCloseTo(1610, 0)
  })

  test('of an intended arrival: late by the first attempt, answered by the last', async () => {
    answers(status(503), ok)
    world.time = 40
    const arrival = { at: 10 } as never
    await client({ retry: { jitter: 0 } }).complete('hello', { arrival })
    expect(valuesOf('llm_arrival_lag')).toEqual([expect.closeTo(30, 0)])
    expect(valuesOf('llm_response_time')).toEqual([expect.closeTo(30 + 10 + 500 + 100, 0)])
  })

  test('is off unless asked for, and leaves no tags', async () => {
    answers(status(503), ok)
    const reply = await client().complete('hello')
    expect(reply.ok).toBe(false)
    expect(reply).not.toHaveProperty('attempts')
    expect(requests).toHaveLength(1)
    expect(samples.every(({ tags }) => !('final' in tags) && !('attempt' in tags))).toBe(true)
  })

  test('gives up after its attempts, and the last failure is the result', async () => {
    answers(status(503))
    const reply = await client({ retry: { attempts: 2 } }).complete('hello')
    expect(reply).toMatchObject({ ok: false, attempts: 2, error: { kind: 'http_5xx' } })
    expect(valuesOf('llm_failed')).toEqual([1, 1])
    expect(valuesOf('llm_failed', { final: 'yes' })).toEqual([1])
    expect(valuesOf('llm_retries')).toEqual([1])
  })

  test.each([
    ['seconds', { 'Retry-After': '7' }, 7000],
    ['milliseconds', { 'Retry-After-Ms': '2500' }, 2500],
  ])('waits as long as the server asks, in %s', async (_, headers, ms) => {
    answers(status(429, headers), ok)
    await client({ retry: { jitter: 0 } }).complete('hello')
    expect(world.time).toBeCloseTo(10 + ms + 100, 0)
  })

  test('does not come sooner for its jitter, and does not come at all for too long a wait', async () => {
    answers(status(429, { 'Retry-After': '7' }), ok)
    await client({ retry: { jitter: 1 } }).complete('hello')
    expect(world.time).toBeGreaterThan(7110)
    world.reset()
    answers(status(429, { 'Retry-After': '61' }), ok)
    const reply = await client({ retry: true }).complete('hello')
    expect(reply).toMatchObject({ ok: false, attempts: 1, error: { retryAfter: 61_000 } })
  })

  test('backs off twice as long each time, with jitter, up to its bound', async () => {
    const waits = async (jitter: number) => {
      world.reset()
      answers(status(500))
      const retry = { attempts: 5, backoff: 100, maxBackoff: 300, jitter }
      await client({ retry }).complete('hello')
      return world.time - 50
    }
    expect(await waits(0)).toBeCloseTo(100 + 200 + 300 + 300, 0)
    const drawn = await waits(1)
    expect(drawn).toBeGreaterThan(0)
    expect(drawn).toBeLessThan(900)
  })

  test('of other kinds, and of what the server has refused for good', async () => {
    answers(status(400), ok)
    expect((await client({ retry: true }).complete('hello')).attempts).toBe(1)
    answers(status(400), ok)
    expect((await client({ retry: { on: ['http_4xx'] } }).complete('hello')).attempts).toBe(2)
  })

  test('a stream that has begun to answer is not asked again', async () => {
    const transport = sseTransport(sse)
    play({
      headersAt: 5,
      steps: [
        { at: 10, event: { data: '{"choices":[{"delta":{"content":"a"}}]}' } },
        { at: 20, error: 'unexpected EOF' },
      ],
    })
    const reply = await client({ retry: true, transport }).stream('hello')
    expect(reply).toMatchObject({ attempts: 1, error: { kind: 'reset' } })
    play({ refused: 'connection refused' })
    expect((await client({ retry: true, transport }).stream('hello')).attempts).toBe(3)
  })

  test('a budget bounds retries to a share of the requests', async () => {
    answers(status(503))
    const chat = client({ retry: { budget: 0.2, attempts: 4 } })
    for (let i = 0; i < 50; i++) await chat.complete('hello')
    expect(valuesOf('llm_requests', { attempt: '1' })).toHaveLength(50)
    expect(valuesOf('llm_retries')).toHaveLength(10)
  })

  test.each([
    [{ attempts: 0 }, 'retry.attempts=0'],
    [{ on: ['busy'] }, 'retry.on=["busy"]'],
    [{ jitter: 2 }, 'retry.jitter=2'],
    [{ budget: -1 }, 'retry.budget=-1'],
    [{ backoff: 'x' }, 'retry.backoff: expected milliseconds'],
    [{ tries: 2 }, 'retry: unknown option "tries"'],
  ])('%j is refused', (retry, message) => {
    world.init = true
    expect(() => client({ retry: retry as never })).toThrow(message)
  })
})

describe('patience', () => {
  const transport = sseTransport(sse)
  const token = (at: number) => ({ at, event: { data: '{"choices":[{"delta":{"content":"a"}}]}' } })
  const end = { at: 9000, event: { data: '[DONE]' } }

  test('of a whole answer is its bound, and what it cuts off was abandoned', async () => {
    answers({ status: 0, error: 'request timeout', error_code: 1050, timings: { waiting: 3000 } })
    const reply = await client({ patience: '3s', timeout: '60s' }).complete('hello')
    expect(requests[0]?.params.timeout).toBeCloseTo(3000, 0)
    expect(reply).toMatchObject({
      ok: false,
      error: { kind: 'abandoned', message: 'the user left after 3000 ms without an answer' },
    })
    expect(valuesOf('llm_abandoned')).toEqual([1])
    expect(valuesOf('llm_failed')).toEqual([1])
    expect(valuesOf('llm_available')).toEqual([0])
    expect(valuesOf('llm_errors', { error_type: 'abandoned' })).toEqual([1])
    expect(valuesOf('llm_request_duration')).toEqual([])
  })

  test("a timeout before it is the client's", async () => {
    answers({ status: 0, error: 'request timeout', error_code: 1050, timings: { waiting: 2000 } })
    const reply = await client({ patience: '3s', timeout: '2s' }).complete('hello')
    expect(reply.error?.kind).toBe('timeout')
    expect(valuesOf('llm_abandoned')).toEqual([])
  })

  test('of a stream is for its first event, where it is stopped', async () => {
    play({ headersAt: 5, steps: [token(3500), token(3600), end] })
    const reply = await client({ patience: '3s', transport }).stream('hello')
    expect(reply.error).toMatchObject({
      kind: 'abandoned',
      message: 'the user left after 3000 ms without a token',
    })
    expect(reply.stream.events).toBe(1) // and no more was read
    expect(valuesOf('llm_ttft')).toEqual([])
    expect(valuesOf('llm_abandoned')).toEqual([1])
  })

  test('who has seen a token in time stays to the end', async () => {
    play({ headersAt: 5, steps: [token(2900), token(8000), end] })
    const reply = await client({ patience: '3s', transport }).stream('hello')
    expect(reply.error?.kind).not.toBe('abandoned')
    expect(valuesOf('llm_abandoned')).toEqual([])
  })

  test('an event without a token does not please him', async () => {
    const role = { at: 10, event: { data: '{"choices":[{"delta":{"role":"assistant"}}]}' } }
    play({ headersAt: 5, steps: [role, token(3500), end] })
    const reply = await client({ patience: '3s', transport }).stream('hello')
    // It cannot be stopped there, since nothing is decoded while a stream is open.
    expect(reply.error?.kind).toBe('abandoned')
    expect(reply.stream.events).toBe(3)
  })

  test('a stream that is silent until its timeout was abandoned before', async () => {
    play({ headersAt: 5, steps: [{ at: 10_000, error: 'context deadline exceeded' }] })
    const reply = await client({ patience: '3s', timeout: '10s', transport }).stream('hello')
    expect(reply.error?.kind).toBe('abandoned')
  })

  test('says nothing of a stream that is not seen arriving', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    answers({ ...ok, timings: { waiting: 5000 } })
    const reply = await client({ patience: '3s' }).stream('hello')
    expect(reply.error?.kind).not.toBe('abandoned')
    expect(warn.mock.calls.flat().join()).toMatch(/patience has no effect on streams/)
    warn.mockRestore()
  })

  test('bounds all attempts together: who cannot wait for the next has left', async () => {
    answers(status(429, { 'Retry-After': '5' }), ok)
    const reply = await client({ patience: '3s', retry: true }).complete('hello')
    expect(reply).toMatchObject({ attempts: 1, error: { kind: 'http_429' } })
    expect(valuesOf('llm_failed')).toEqual([1])
    expect(valuesOf('llm_abandoned')).toEqual([1])
    expect(valuesOf('llm_retries')).toEqual([])
    answers(status(429, { 'Retry-After': '2' }), ok)
    requests.length = 0
    await client({ patience: '3s', retry: { jitter: 0 } }).complete('hello')
    expect(requests[1]?.params.timeout).toBeCloseTo(3000 - 10 - 2000, 0)
  })

  test('is drawn for each request, repeats with SEED, and has the mean that is asked for', async () => {
    const draw = async (patience: NonNullable<ChatClientOptions['patience']>, n: number) => {
      requests.length = 0
      answers(ok)
      const chat = client({ patience, timeout: '1h' })
      for (let i = 0; i < n; i++) await chat.complete('hello')
      return requests.map(({ params }) => params.timeout as number)
    }
    const even = await draw({ min: '2s', max: '4s' }, 500)
    expect(Math.min(...even)).toBeGreaterThanOrEqual(1999)
    expect(Math.max(...even)).toBeLessThanOrEqual(4000)
    expect(await draw({ min: '2s', max: '4s' }, 500)).toEqual(
      even.map((value) => expect.closeTo(value, 0)),
    )
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    expect(mean(even)).toBeCloseTo(3000, -2)
    // Seeded: this is one number, not a matter of luck.
    expect(mean(await draw({ mean: '8s' }, 2000)) / 8000).toBeCloseTo(1, 1)
  })

  test.each([
    ['x', 'patience: expected milliseconds'],
    [{ min: '1s' }, 'patience.max: expected a duration'],
    [{ min: '2s', max: '1s' }, 'patience: expected min <= max'],
    [{ average: 1 }, 'patience: unknown option "average"'],
  ])('%j is refused', (patience, message) => {
    world.init = true
    expect(() => client({ patience: patience as never })).toThrow(message)
  })
})
