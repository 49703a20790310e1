import { beforeEach, describe, expect, test } from 'vitest'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'
import { valuesOf } from '../../support/k6/metrics.ts'
import sse, { opened, play } from '../../support/k6/sse.ts'

const baseUrl = 'http://sim'
const transport = sseTransport(sse)
const env = globalThis as unknown as { __ENV: Record<string, string>; __VU: number }

beforeEach(() => {
  world.reset()
  world.tick = 0
  env.__ENV = {}
  env.__VU = 1
  requests.length = 0
})

describe('a wire of its own', () => {
  test('has its own path for whole answers, unless the user sets one', async () => {
    respond(() => ({ body: '{"generated_text":"Hi","details":null}' }))
    const chat = createChatClient({ baseUrl, api: 'tgi-generate' })
    expect((await chat.complete('Hi')).text).toBe('Hi')
    await chat.stream('Hi')
    await createChatClient({ baseUrl, api: 'tgi-generate', path: '/x' }).complete('Hi')
    expect(requests.map((request) => request.url)).toEqual([
      'http://sim/generate',
      'http://sim/generate_stream',
      'http://sim/x',
    ])
  })

  test('has its own headers for a token', async () => {
    respond(() => ({ body: '{"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}' }))
    await createChatClient({ baseUrl, api: 'anthropic-messages', token: 't' }).complete('Hi')
    await createChatClient({ baseUrl, api: 'ollama-chat', token: 't' }).complete('Hi')
    const [anthropic, ollama] = requests.map((request) => request.params.headers)
    expect(anthropic).toMatchObject({ 'x-api-key': 't', 'anthropic-version': '2023-06-01' })
    // vLLM with --api-key takes nothing else.
    expect(anthropic).toMatchObject({ Authorization: 'Bearer t' })
    expect(ollama).toMatchObject({ Authorization: 'Bearer t' })
  })
})

describe('rows of JSON, which the extension calls unknown events', () => {
  const row = (at: number, json: object) => ({
    at,
    error: `unknown event: ${JSON.stringify(json)}\n`,
  })

  test('are timed as they arrive', async () => {
    play({
      headersAt: 2,
      steps: [
        row(100, { message: { content: 'a' }, done: false }),
        row(120, { message: { content: 'b' }, done: false }),
        row(140, { message: { content: 'c' }, done: false }),
        row(141, { message: { content: '' }, done: true, prompt_eval_count: 5, eval_count: 3 }),
      ],
    })
    const reply = await createChatClient({ baseUrl, api: 'ollama-chat', transport }).stream('Hi')
    expect(opened[0]?.url).toBe('http://sim/api/chat')
    expect(reply).toMatchObject({
      ok: true,
      text: 'abc',
      usage: { promptTokens: 5, completionTokens: 3 },
      timing: { source: 'stream', ttft: 100, gaps: [20, 20], tpot: 20, duration: 140 },
      stream: { events: 4, chunks: 3, truncated: false },
    })
    expect(valuesOf('llm_ttft', { api: 'ollama-chat' })).toEqual([100])
  })

  test('an error among them fails the request', async () => {
    play({
      steps: [row(100, { message: { content: 'a' }, done: false }), row(110, { error: 'gone' })],
    })
    const reply = await createChatClient({ baseUrl, api: 'ollama-chat', transport }).stream('Hi')
    expect(reply).toMatchObject({ ok: false, text: 'a' })
    expect(reply.error).toMatchObject({ kind: 'stream_error', message: 'gone' })
  })
})

test('a whole answer where tokens were to be seen arriving is no stream, and is shown', async () => {
  const body = '{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'
  play({ steps: [{ at: 100, error: `unknown event: ${body}\n` }] })
  const reply = await createChatClient({ baseUrl, transport }).stream('Hi')
  expect(reply).toMatchObject({ ok: false, text: 'Hi', error: { kind: 'decode' } })
  expect(reply.error?.message).toContain(body)
})

test('a line that never ends is a decode error, with what came before it', async () => {
  const chunk = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
  respond(() => ({ body: `${chunk}data: ${'x'.repeat(16 * 1024 * 1024)}` }))
  const reply = await createChatClient({ baseUrl }).stream('Hi')
  expect(reply).toMatchObject({ ok: false, text: 'a', error: { kind: 'decode', status: 200 } })
})

test('what the prompt echoed is known from the request', async () => {
  const chunk = JSON.stringify({ choices: [{ index: 0, text: 'Hi there', finish_reason: 'stop' }] })
  respond(() => ({ body: `data: ${chunk}\n\ndata: [DONE]\n\n` }))
  const chat = createChatClient({ baseUrl, api: 'openai-completions' })
  expect((await chat.stream({ prompt: 'Hi', echo: true })).text).toBe(' there')
})
