import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChatRequest } from '../../../../src/stream/dialect.ts'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { catchWarnings } from './warnings.ts'

const api = 'anthropic-messages'
const dialect = dialectOf(api)
const sent = (request: object, stream = true) =>
  JSON.parse(JSON.stringify(dialect.encode(request as ChatRequest, stream)))
const events = (...all: object[]) => all.map((e) => `data: ${JSON.stringify(e)}\n\n`).join('')

afterEach(() => vi.restoreAllMocks())

test('the token is a key, with the version of the API', () => {
  const version = { 'anthropic-version': '2023-06-01' }
  const its = 'https://api.anthropic.com/v1/messages'
  expect(dialect.headers?.('k', its)).toEqual({ 'x-api-key': 'k', ...version })
  for (const url of ['http://vllm:8000/v1/messages', 'http://h/anthropic.com/v1/messages']) {
    const bearer = { Authorization: 'Bearer k' }
    expect(dialect.headers?.('k', url)).toEqual({ 'x-api-key': 'k', ...bearer, ...version })
  }
  expect(dialect.headers?.(undefined, its)).toEqual(version)
})

describe('a request', () => {
  test('of a prompt has no field of its own but max_tokens', () => {
    expect(sent({ prompt: 'Hi', model: 'm' })).toEqual({
      model: 'm',
      max_tokens: 4096,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })
    expect(sent({ prompt: 'Hi', max_tokens: 5, stop: 'x', top_k: 3 }, false)).toEqual({
      max_tokens: 5,
      stop_sequences: ['x'],
      top_k: 3,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    })
  })

  test('of a conversation with tools', () => {
    const parameters = { type: 'object', properties: {} }
    const request = {
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'image_url', image_url: { url: 'https://x/y.png' } },
          ],
        },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: '42' },
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters } }],
      tool_choice: 'required',
      stream_options: { include_usage: true },
    }
    expect(sent(request)).toEqual({
      max_tokens: 4096,
      system: 'Be short.\n\nBe kind.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
            },
            { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
          ],
        },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: '42' }] },
      ],
      tools: [{ name: 'f', description: 'd', input_schema: parameters }],
      tool_choice: { type: 'any' },
      stream: true,
    })
    const named = { type: 'function', function: { name: 'f' } }
    expect(sent({ prompt: 'x', tool_choice: named }).tool_choice).toEqual({
      type: 'tool',
      name: 'f',
    })
    expect(sent({ prompt: 'x', tool_choice: 'auto' }).tool_choice).toEqual({ type: 'auto' })
  })

  test('leaves out what the API rejects, and says so', () => {
    const warnings = catchWarnings()
    const body = sent({ prompt: 'Hi', ignore_eos: true, min_tokens: 4, seed: 1 })
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'stream'])
    expect(warnings.join()).toContain('anthropic-messages has no ignore_eos')
    expect(warnings.join()).toContain('anthropic-messages has no min_tokens')
  })
})

describe('usage', () => {
  const start = (usage: object) => ({ type: 'message_start', message: { usage } })
  const end = (usage: object) => ({ type: 'message_delta', delta: {}, usage })

  test('sums the three counts of the input, and takes the last of the output', () => {
    const text = events(
      start({
        input_tokens: 10,
        cache_creation_input_tokens: 200,
        cache_read_input_tokens: 3000,
        output_tokens: 1,
      }),
      end({ input_tokens: 10, output_tokens: 40 }),
      end({ output_tokens: 60 }),
    )
    expect(interpretStream(text, { api }).usage).toEqual({
      promptTokens: 3210,
      completionTokens: 60,
      cachedTokens: 3000,
    })
  })

  test('may come at the end only', () => {
    const text = events(
      start({ input_tokens: 0, output_tokens: 0 }),
      end({ input_tokens: 9, output_tokens: 4 }),
    )
    expect(interpretStream(text, { api }).usage).toEqual({ promptTokens: 9, completionTokens: 4 })
  })
})

describe('thinking', () => {
  const thinking = (model: string) =>
    events(
      { type: 'message_start', message: { model } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    )

  test.each([
    ['claude-sonnet-4-5', true],
    ['anthropic.claude-opus-4-1-20250805-v1:0', true],
    ['claude-3-7-sonnet-20250219', undefined],
    ['qwen3', undefined],
  ])('of %s is a summary: %s', (model, summarized) => {
    expect(interpretStream(thinking(model), { api }).summarized).toBe(summarized)
  })
})

test('the end is message_stop', () => {
  const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' } }
  expect(interpretStream(events(delta), { api })).toMatchObject({
    finishReason: 'end_turn',
    truncated: true,
  })
  expect(interpretStream(events(delta, { type: 'message_stop' }), { api }).truncated).toBe(false)
})

test('unknown events and deltas are none', () => {
  const text = events(
    { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: {} } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '' },
    },
    { type: 'something_new', text: 'x' },
    { type: 'ping' },
  )
  expect(interpretStream(text, { api })).toMatchObject({ text: '', generated: [], events: 4 })
})

test('a whole answer', () => {
  const body = JSON.stringify({
    type: 'message',
    model: 'm',
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 9 },
  })
  expect(interpretStream(body, { api })).toMatchObject({
    text: 'Hi',
    reasoning: 'hm',
    toolCalls: [{ id: 't', name: 'f', arguments: '{"a":1}' }],
    finishReason: 'tool_use',
    usage: { promptTokens: 5, completionTokens: 9, cachedTokens: 2 },
    truncated: false,
  })
})
