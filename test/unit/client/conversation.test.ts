import { beforeEach, describe, expect, test, vi } from 'vitest'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import type { Transport } from '../../../src/chat/transports/transport.ts'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { createConversation } from '../../../src/client/conversation.ts'
import { body, chunk, completion } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import sse, { closes, play } from '../../support/k6/sse.ts'

const global = globalThis as unknown as { __ENV: Record<string, string>; __VU: number }
const baseUrl = 'http://sim'
const chat = createChatClient({ baseUrl, model: 'm' })

beforeEach(() => {
  world.reset()
  world.tick = 0
  global.__ENV = {}
  global.__VU = 1
  samples.length = 0
  requests.length = 0
})

const sent = (i: number) => JSON.parse(requests[i]?.body ?? '')

describe('a conversation', () => {
  test('carries its history and tags its turns', async () => {
    let n = 0
    respond(() => ({ body: body(chunk(`answer ${++n}`, 'stop'), '[DONE]') }))
    const talk = createConversation(chat, { system: 'Be brief.', request: { max_tokens: 9 } })
    await talk.say('one')
    await talk.say('two', { tags: { kind: 'x' } })
    expect(sent(1)).toMatchObject({
      max_tokens: 9,
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'answer 1' },
        { role: 'user', content: 'two' },
      ],
    })
    expect(talk.turns).toBe(2)
    expect(talk.messages).toHaveLength(5)
    expect(valuesOf('llm_requests', { turn: '1', cache_state: 'cold' })).toEqual([1])
    expect(valuesOf('llm_requests', { turn: '2', cache_state: 'warm', kind: 'x' })).toEqual([1])
  })

  test('a failed turn leaves no trace in the history', async () => {
    respond(() => ({ status: 503 }))
    const talk = createConversation(chat)
    expect((await talk.say('one')).ok).toBe(false)
    expect([talk.turns, talk.messages]).toEqual([0, []])
    respond(() => ({ body: completion('Hi', 1) }))
    await talk.say('one')
    expect(valuesOf('llm_requests', { turn: '1', cache_state: 'cold' })).toEqual([1, 1])
  })

  test('goes on with the results of tools', async () => {
    const call = {
      id: 'c1',
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Seoul"}' },
    }
    respond(() => ({
      body: JSON.stringify({
        id: 'x',
        choices: [
          { index: 0, message: { content: null, tool_calls: [call] }, finish_reason: 'tool_calls' },
        ],
      }),
    }))
    const talk = createConversation(chat, { whole: true })
    const reply = await talk.say('Weather?')
    expect(reply.toolCalls).toEqual([{ id: 'c1', name: 'weather', arguments: '{"city":"Seoul"}' }])
    respond(() => ({ body: completion('Sunny', 1) }))
    const answer = await talk.answerTools((c) => `${JSON.parse(c.arguments).city}: sunny`)
    expect(answer.text).toBe('Sunny')
    expect(sent(1).messages).toEqual([
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'Seoul: sunny' },
    ])
    expect(valuesOf('llm_requests', { turn: '1' })).toEqual([1, 1])
    await expect(talk.answerTools({})).rejects.toThrow(Aborted)
    expect(world.aborted).toContain('the last answer called no tool')
  })

  test.each([
    [() => createConversation({} as never), /expected a client from createChatClient/],
    [
      () => createConversation(chat, { sytem: 'x' } as never),
      /unknown option "sytem"; expected system/,
    ],
  ])('%s ends the test', (wrong, message) => {
    expect(wrong).toThrow(Aborted)
    expect(world.aborted).toMatch(message)
  })
})

describe('abortAfter', () => {
  const streaming = createChatClient({ baseUrl, transport: sseTransport(sse) })
  const ten = {
    steps: Array.from({ length: 10 }, (_, i) => ({
      at: 100 + i * 20,
      event: { data: chunk(`${i}`) },
    })),
  }

  test('stops after so many events, or at the first event after so long', async () => {
    play(ten)
    const three = await streaming.stream('Hi', { abortAfter: { events: 3 } })
    expect(three).toMatchObject({
      ok: false,
      text: '012',
      error: { kind: 'aborted' },
      timing: { ttft: 100 },
    })
    expect(closes).toBe(1)
    play(ten)
    expect(await streaming.stream('Hi', { abortAfter: { ms: 130 } })).toMatchObject({ text: '012' })
  })

  test('is no failure', async () => {
    play(ten)
    await streaming.stream('Hi', { abortAfter: { events: 1 } })
    expect(valuesOf('llm_requests')).toEqual([1])
    for (const metric of ['llm_failed', 'llm_available', 'llm_errors', 'llm_request_duration']) {
      expect(valuesOf(metric), metric).toEqual([])
    }
  })

  test('is not reached by an answer that ends before', async () => {
    play({ steps: [{ at: 1, event: { data: chunk('a', 'stop') } }] })
    expect((await streaming.stream('Hi', { abortAfter: { events: 5 } })).ok).toBe(true)
  })

  test('has no effect where tokens are not seen, and that is said', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    respond(() => ({ body: body(chunk('a'), chunk('b', 'stop')) }))
    expect(await chat.stream('Hi', { abortAfter: { events: 1 } })).toMatchObject({
      ok: true,
      text: 'ab',
    })
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('abortAfter has no effect: k6/http')],
    ])
    warn.mockRestore()
  })

  test.each([
    [{ events: 0 }],
    [{ ms: 'x' }],
    [{ seconds: 1 }],
  ])('%j ends the test', async (abortAfter) => {
    await expect(chat.stream('Hi', { abortAfter: abortAfter as never })).rejects.toThrow(Aborted)
    expect(world.aborted).toMatch(/abortAfter/)
  })
})

describe('keep', () => {
  test('recording: the result carries what was seen', async () => {
    play({ steps: [{ at: 100, event: { data: chunk('a', 'stop') } }] })
    const client = createChatClient({ baseUrl, transport: sseTransport(sse), keep: 'recording' })
    const reply = await client.stream('Hi')
    expect(reply.recording).toMatchObject({
      source: 'stream',
      at: [100],
      data: [chunk('a', 'stop')],
    })
    expect((await chat.stream('Hi')).recording).toBeUndefined()
  })
})

describe('embed', () => {
  const vectors = (n: number) =>
    JSON.stringify({
      data: Array.from({ length: n }, (_, i) => ({
        index: n - 1 - i,
        embedding: [n - 1 - i, 0.5],
      })),
      usage: { prompt_tokens: 6 },
    })

  test('gives a vector for each text, in its order, and records the request', async () => {
    respond(() => ({ body: vectors(2), timings: { waiting: 30 } }))
    const reply = await chat.embed(['a', 'b'])
    expect(reply).toMatchObject({
      ok: true,
      embeddings: [
        [0, 0.5],
        [1, 0.5],
      ],
      usage: { promptTokens: 6 },
    })
    expect(requests[0]?.url).toBe('http://sim/v1/embeddings')
    expect(sent(0)).toEqual({ model: 'm', input: ['a', 'b'] })
    const tags = { api: 'embeddings', model: 'm', source: 'body' }
    expect(valuesOf('llm_request_duration', tags)).toEqual([30])
    expect(valuesOf('llm_prompt_tokens')).toEqual([6])
    expect(valuesOf('llm_failed')).toEqual([0])
  })

  test('fewer vectors than texts are a failure, as an HTTP error is', async () => {
    respond(() => ({ body: vectors(1) }))
    expect(await chat.embed(['a', 'b'])).toMatchObject({
      ok: false,
      error: { kind: 'decode', message: 'expected 2 embeddings, got 1' },
    })
    respond(() => ({ status: 404, body: '{"detail":"Not Found"}' }))
    expect(await chat.embed('a')).toMatchObject({
      ok: false,
      error: { kind: 'http_4xx', message: 'Not Found' },
    })
    expect(valuesOf('llm_failed')).toEqual([1, 1])
    expect(valuesOf('llm_request_duration')).toEqual([])
  })

  test.each([[[]], [5], [['a', 2]]])('%j ends the test', async (input) => {
    await expect(chat.embed(input as never)).rejects.toThrow(Aborted)
    expect(world.aborted).toMatch(/embed: expected a text or a list of texts/)
  })
})

describe('idle', () => {
  const seen: (number | undefined)[] = []
  const transport = (idles: boolean): Transport => ({
    name: 'k6/test',
    streams: true,
    whole: true,
    idles,
    async send(request) {
      seen.push(request.idle)
      return { source: 'body', startedAt: 0, endedAt: 1, status: 200, headers: {}, body: '{}' }
    },
  })
  const client = (idles: boolean, idle?: number | string) =>
    createChatClient({ baseUrl: 'http://llm', idle, transport: transport(idles) })

  test("is a request's own, else the client's, in ms", async () => {
    seen.length = 0
    await client(true, '20s').stream('Hi')
    await client(true, '20s').complete('Hi', { idle: 300 })
    await client(true).stream('Hi')
    expect(seen).toEqual([20000, 300, undefined])
  })

  test('has no effect on transports that cannot, which is said once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const chat = client(false, '20s')
    await chat.stream('Hi')
    await chat.stream('Hi')
    expect(warn.mock.calls).toEqual([[expect.stringContaining('idle has no effect: k6/test')]])
    warn.mockRestore()
  })

  test('what is no duration ends the test', () => {
    expect(() => client(true, 'soon')).toThrow(/idle: expected milliseconds or a duration/)
  })
})
