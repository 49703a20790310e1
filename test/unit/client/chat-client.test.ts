import { beforeEach, describe, expect, test } from 'vitest'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { body, chunk, completion, usageChunk } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import sse, { opened, play } from '../../support/k6/sse.ts'

const baseUrl = 'http://sim'
const transport = sseTransport(sse)
const env = globalThis as unknown as { __ENV: Record<string, string>; __VU: number }

/** Two events of two tokens each, 20 ms apart, first at 300 ms. */
const twoEvents = {
  headersAt: 10,
  steps: [
    {
      at: 290,
      event: {
        data: '{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
      },
    },
    { at: 300, event: { data: chunk('ab') } },
    { at: 320, event: { data: chunk('cd', 'stop') } },
    { at: 321, event: { data: usageChunk(7, 4) } },
    { at: 322, event: { data: '[DONE]' } },
  ],
}

beforeEach(() => {
  world.reset()
  world.tick = 0
  env.__ENV = {}
  env.__VU = 1
  samples.length = 0
  requests.length = 0
  play(twoEvents)
})

describe('a stream that is seen arriving', () => {
  test('gives text, counts and times', async () => {
    const chat = createChatClient({ baseUrl, model: 'm{1},2', transport })
    const reply = await chat.stream('Hi', { tags: { kind: 'simple' } })
    expect(reply).toMatchObject({
      ok: true,
      status: 200,
      text: 'abcd',
      finishReason: 'stop',
      usage: { promptTokens: 7, completionTokens: 4 },
      timing: { source: 'stream', ttfb: 10, ttft: 300, ttfo: 300, gaps: [20], duration: 320 },
      stream: { events: 5, chunks: 2, truncated: false },
      error: null,
    })
    expect(reply.timing.tpot).toBeCloseTo(20 / 3)
    const tags = { model: 'm_1__2', api: 'openai-chat', phase: 'measure', kind: 'simple' }
    expect(valuesOf('llm_ttft', tags)).toEqual([300])
    expect(valuesOf('llm_request_duration', tags)).toEqual([320])
    expect(valuesOf('llm_tpot')[0]).toBeCloseTo(20 / 3)
    expect(valuesOf('llm_tokens_per_second')[0]).toBeCloseTo(150)
    expect(valuesOf('llm_completion_tokens')).toEqual([4])
    expect(valuesOf('llm_prompt_tokens')).toEqual([7])
    expect(valuesOf('llm_failed')).toEqual([0])
    expect(valuesOf('llm_available')).toEqual([1])
    expect(valuesOf('llm_requests')).toEqual([1])
    expect(valuesOf('llm_truncated')).toEqual([0])
    expect(valuesOf('llm_chunks_per_request')).toEqual([2])
    expect(valuesOf('llm_itl')).toEqual([])
    expect(valuesOf('llm_cached_tokens')).toEqual([])
  })

  test('itl: all gives every gap', async () => {
    await createChatClient({ baseUrl, transport, itl: 'all' }).stream('Hi')
    expect(valuesOf('llm_itl')).toEqual([20])
  })

  test('is sent once, with usage asked for', async () => {
    await createChatClient({ baseUrl, transport, model: 'm', token: 't' }).stream({
      prompt: 'Hi',
      max_tokens: 4,
    })
    expect(opened.length).toBe(1)
    expect(opened[0]?.url).toBe('http://sim/v1/chat/completions')
    expect(JSON.parse(String(opened[0]?.params.body))).toEqual({
      model: 'm',
      max_tokens: 4,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(opened[0]?.params.headers).toMatchObject({ Authorization: 'Bearer t' })
    expect(requests.length).toBe(0)
  })
})

describe('a buffered stream', () => {
  test('has exact counts and totals and no time of a token', async () => {
    respond(() => ({
      body: body(chunk('ab'), chunk('cd', 'stop'), usageChunk(7, 4), '[DONE]'),
      timings: { waiting: 10, receiving: 390 },
    }))
    const reply = await createChatClient({ baseUrl }).stream('Hi')
    expect(reply.timing).toEqual({ source: 'body', ttfb: 10, duration: 400 })
    expect(reply).toMatchObject({ ok: true, text: 'abcd', stream: { events: 4, chunks: 2 } })
    expect(valuesOf('llm_request_duration', { source: 'body' })).toEqual([400])
    expect(valuesOf('llm_completion_tokens')).toEqual([4])
    for (const absent of [
      'llm_ttft',
      'llm_ttfo',
      'llm_tpot',
      'llm_gap_max',
      'llm_buffered',
      'llm_truncated',
    ]) {
      expect(valuesOf(absent), absent).toEqual([])
    }
  })
})

describe('complete and probe', () => {
  beforeEach(() => respond(() => ({ body: completion('Hi', 2), timings: { waiting: 120 } })))

  test('complete asks for no stream, through k6/http also where streams can be seen', async () => {
    const reply = await createChatClient({ baseUrl, transport }).complete('Hi')
    expect(reply).toMatchObject({ ok: true, text: 'Hi', timing: { source: 'body', duration: 120 } })
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    })
    expect(valuesOf('llm_chunks_per_request')).toEqual([])
  })

  test('probe is an estimate, never a TTFT or a duration', async () => {
    await createChatClient({ baseUrl, transport }).probe({ prompt: 'Hi', max_tokens: 500 })
    expect(JSON.parse(requests[0]?.body ?? '').max_tokens).toBe(1)
    expect(valuesOf('llm_ttft_probe', { phase: 'probe' })).toEqual([120])
    expect(valuesOf('llm_ttft')).toEqual([])
    expect(valuesOf('llm_request_duration')).toEqual([])
    expect(valuesOf('llm_requests', { phase: 'probe' })).toEqual([1])
  })
})

describe('failures', () => {
  const fail = async (
    response: Parameters<typeof respond>[0] extends (r: never) => infer R ? R : never,
  ) => {
    respond(() => response)
    return createChatClient({ baseUrl }).stream('Hi')
  }

  test.each([
    ['http_4xx', 401, { status: 401, body: '{"error":"Unauthorized"}' }, 'Unauthorized', true],
    ['http_3xx', 302, { status: 302, body: '' }, 'empty body', true],
    [
      'http_3xx',
      307,
      { status: 307, body: 'go', headers: { Location: 'https://u:pw@h/v1' } },
      'redirected to https://h/v1, which is not followed: give that address',
      true,
    ],
    [
      'http_429',
      429,
      { status: 429, body: '{"message":"slow down"}', headers: { 'Retry-After': '2' } },
      'slow down',
      true,
    ],
    [
      'http_5xx',
      502,
      { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' },
      '502 Bad Gateway',
      false,
    ],
    ['stream_error', 200, { body: body('{"error":{"message":"boom"}}', '[DONE]') }, 'boom', true],
    [
      'truncated',
      200,
      { body: body(chunk('a')) },
      'the answer ended without a finish reason',
      true,
    ],
    ['decode', 200, { body: body('{"id":', chunk('a', 'stop')) }, 'not JSON: {"id":', true],
    ['decode', 200, { body: '' }, 'not an event stream (no content type): empty body', true],
    [
      'timeout',
      0,
      { status: 0, error: 'request timeout', error_code: 1050 },
      'request timeout',
      false,
    ],
    [
      'reset',
      0,
      { status: 0, error: 'unexpected EOF', error_code: 1000, body: body(chunk('a')) },
      'unexpected EOF',
      false,
    ],
  ] as const)('%s (status %i)', async (kind, status, response, message, available) => {
    const reply = await fail(response as never)
    expect(reply.ok).toBe(false)
    expect(reply.error).toMatchObject({ kind, status, message })
    expect(valuesOf('llm_failed')).toEqual([1])
    expect(valuesOf('llm_available')).toEqual([available ? 1 : 0])
    expect(valuesOf('llm_errors', { error_type: kind })).toEqual([1])
    expect(valuesOf('llm_request_duration')).toEqual([])
    expect(requests.length).toBe(1)
  })

  test('Retry-After is milliseconds, from seconds or from a date', async () => {
    const seconds = await fail({ status: 429, headers: { 'retry-after': '1.5' } })
    expect(seconds.error?.retryAfter).toBe(1500)
    const date = new Date(Date.now() + 60_000).toUTCString()
    const dated = await fail({ status: 503, headers: { 'Retry-After': date } })
    expect(dated.error?.retryAfter).toBeGreaterThan(50_000)
    expect(dated.error?.retryAfter).toBeLessThanOrEqual(60_000)
    const silent = await fail({ status: 503 })
    expect(silent.error?.retryAfter).toBeUndefined()
  })

  test('the body of an error that the extension loses is said to be lost', async () => {
    play({ status: 404, headers: {}, steps: [] })
    const reply = await createChatClient({ baseUrl, transport }).stream('Hi')
    expect(reply.error).toMatchObject({
      kind: 'http_4xx',
      status: 404,
      message: 'body not readable through k6/x/sse',
    })
  })

  test('and one that it gives in lines is read', async () => {
    play({
      status: 400,
      steps: ['{', '"error": {"message": "too long"}', '}'].map((line, i) => ({
        at: i,
        error: `unknown event: ${line}\n`,
      })),
    })
    const reply = await createChatClient({ baseUrl, transport }).stream('Hi')
    expect(reply.error).toMatchObject({ kind: 'http_4xx', message: 'too long' })
  })

  test('a 200 that is no stream is decode', async () => {
    play({ status: 200, headers: { 'Content-Type': 'application/json' }, steps: [] })
    const reply = await createChatClient({ baseUrl, transport }).stream('Hi')
    expect(reply.error).toMatchObject({
      kind: 'decode',
      message: 'not an event stream (application/json): body not readable through k6/x/sse',
    })
  })

  test('what arrived before a reset is there', async () => {
    play({
      steps: [
        { at: 300, event: { data: chunk('a') } },
        { at: 310, error: 'unexpected EOF' },
      ],
    })
    const reply = await createChatClient({ baseUrl, transport }).stream('Hi')
    expect(reply).toMatchObject({
      ok: false,
      text: 'a',
      timing: { ttft: 300 },
      error: { kind: 'reset' },
    })
    expect(valuesOf('llm_ttft')).toEqual([])
  })
})

describe('goodput', () => {
  test('every limit apart and together', async () => {
    const chat = createChatClient({ baseUrl, transport, slo: { ttft: 300, tpot: 5, e2el: 1000 } })
    await chat.stream('Hi')
    expect(valuesOf('llm_slo_ttft')).toEqual([1])
    expect(valuesOf('llm_slo_tpot')).toEqual([0])
    expect(valuesOf('llm_slo_e2el')).toEqual([1])
    expect(valuesOf('llm_goodput')).toEqual([0])
  })

  test('a failure misses all', async () => {
    play({ status: 500 })
    await createChatClient({ baseUrl, transport, slo: { ttft: 300, e2el: 1000 } }).stream('Hi')
    expect(valuesOf('llm_slo_ttft')).toEqual([0])
    expect(valuesOf('llm_slo_e2el')).toEqual([0])
    expect(valuesOf('llm_goodput')).toEqual([0])
  })

  test('no sample of any request where a limit cannot be measured', async () => {
    respond(() => ({ status: 500 }))
    await createChatClient({ baseUrl, slo: { ttft: 300, e2el: 1000 } }).stream('Hi')
    expect(samples.filter((s) => /slo|goodput/.test(s.metric))).toEqual([])
    await createChatClient({ baseUrl, slo: { e2el: 1000 } }).stream('Hi')
    expect(valuesOf('llm_goodput')).toEqual([0])
  })

  test('one token meets TPOT; without usage it is not judged', async () => {
    play({
      steps: [
        { at: 9, event: { data: chunk('a', 'stop') } },
        { at: 9, event: { data: usageChunk(1, 1) } },
      ],
    })
    const chat = createChatClient({ baseUrl, transport, slo: { tpot: 1 } })
    await chat.stream('Hi')
    expect(valuesOf('llm_slo_tpot')).toEqual([1])
    play({
      steps: [
        { at: 9, event: { data: chunk('a') } },
        { at: 99, event: { data: chunk('b', 'stop') } },
      ],
    })
    await chat.stream('Hi')
    expect(valuesOf('llm_slo_tpot')).toEqual([1])
    expect(valuesOf('llm_goodput')).toEqual([1, 1])
  })
})

describe('settings', () => {
  beforeEach(() => respond(() => ({ body: completion('Hi', 2) })))

  test('option before variable, and variables are read at each request', async () => {
    env.__ENV = { BASE_URL: 'http://a/', MODEL: 'env-model', API_TOKEN: 'env-token' }
    const chat = createChatClient({ api: 'gateway' })
    await chat.complete('Hi')
    expect(requests[0]?.url).toBe('http://a/api/chat')
    expect(JSON.parse(requests[0]?.body ?? '').model).toBe('env-model')
    expect(requests[0]?.params.headers).toMatchObject({ Authorization: 'Bearer env-token' })

    env.__ENV = { BASE_URL: 'http://b', API_BASE_URL: 'http://c', MODEL: 'other' }
    await chat.complete('Hi')
    expect(requests[1]?.url).toBe('http://c/api/chat')
    expect(valuesOf('llm_requests', { model: 'other', api: 'gateway' })).toEqual([1])

    const explicit = createChatClient({ api: 'gateway', baseUrl, model: 'mine', token: 'mine' })
    await explicit.complete('Hi')
    expect(requests[2]?.url).toBe('http://sim/api/chat')
    expect(JSON.parse(requests[2]?.body ?? '').model).toBe('mine')
    await explicit.complete({ prompt: 'Hi', model: 'request' })
    expect(JSON.parse(requests[3]?.body ?? '').model).toBe('request')
    expect(valuesOf('llm_requests', { model: 'request' })).toEqual([1])
  })

  test('the gateway without a model is asked for the current one', async () => {
    await createChatClient({ api: 'gateway', baseUrl }).complete('Hi')
    expect(JSON.parse(requests[0]?.body ?? '').model).toBe('current')
  })

  test.each([
    [
      'a missing address',
      {},
      /baseUrl: expected the server's address, got nothing; .*-e BASE_URL=/,
    ],
    [
      'a malformed address',
      { baseUrl: 'localhost:8000' },
      /baseUrl: expected an address .* got "localhost:8000"/,
    ],
    [
      'an unknown api',
      { baseUrl, api: 'vllm' },
      /api: expected one of openai-chat, .*gateway, got "vllm"/,
    ],
    ['a misspelt option', { baseURL: baseUrl }, /unknown option "baseURL"; expected baseUrl, api/],
    ['a bad timeout', { baseUrl, timeout: 'soon' }, /timeout: expected milliseconds .* got "soon"/],
    [
      'a bad limit',
      { baseUrl, slo: { ttft: 'x' } },
      /slo.ttft: expected milliseconds over 0, got "x"/,
    ],
    [
      'an unknown limit',
      { baseUrl, slo: { tfft: 1 } },
      /slo: unknown option "tfft"; expected ttft, tpot, e2el/,
    ],
    ['a bad itl', { baseUrl, itl: true }, /itl: expected 'none', 'sample' or 'all', got true/],
  ])('%s: thrown at init, the test aborted in VU code', async (_what, options, message) => {
    world.init = true
    expect(() => createChatClient(options as never)).toThrow(message as RegExp)
    expect(world.aborted).toBeUndefined()
    world.init = false
    expect(() => createChatClient(options as never)).toThrow(Aborted)
    expect(world.aborted).toMatch(message as RegExp)
  })

  test.each([
    ['no request', undefined, /a request: expected a prompt/],
    ['no messages', { messages: [] }, /messages: expected a non-empty list/],
    ['neither', { max_tokens: 3 }, /needs messages or a prompt/],
    [
      'a bad count',
      { prompt: 'x', max_tokens: '9' },
      /max_tokens: expected a whole number of tokens, got "9"/,
    ],
  ])('%s aborts the test', async (_what, request, message) => {
    const chat = createChatClient({ baseUrl })
    await expect(chat.stream(request as never)).rejects.toThrow(Aborted)
    expect(world.aborted).toMatch(message as RegExp)
    expect(requests.length).toBe(0)
  })
})
