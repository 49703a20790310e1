import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChatRequest } from '../../../../src/stream/dialect.ts'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { catchWarnings } from './warnings.ts'

const sent = (api: string, request: object, stream = true) =>
  JSON.parse(JSON.stringify(dialectOf(api).encode(request as ChatRequest, stream)))

afterEach(() => vi.restoreAllMocks())

describe('a request', () => {
  const request = {
    model: 'm',
    max_tokens: 16,
    temperature: 0,
    stop: 'x',
    seed: 1,
    num_ctx: 4096,
    keep_alive: '5m',
    think: true,
    options: { seed: 2 },
  }
  const common = {
    model: 'm',
    keep_alive: '5m',
    think: true,
    options: { num_predict: 16, temperature: 0, stop: ['x'], seed: 2, num_ctx: 4096 },
  }

  test('to chat: what is no field of the API is an option', () => {
    expect(sent('ollama-chat', { ...request, prompt: 'Hi' })).toEqual({
      ...common,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })
  })

  test('to generate', () => {
    expect(sent('ollama-generate', { ...request, prompt: 'Hi' }, false)).toEqual({
      ...common,
      prompt: 'Hi',
      stream: false,
    })
    const messages = [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hi' },
    ]
    expect(sent('ollama-generate', { messages })).toEqual({
      system: 'Be short.',
      prompt: 'Hi',
      options: {},
      stream: true,
    })
  })

  test('has text, images and tool arguments as Ollama wants them', () => {
    const body = sent('ollama-chat', {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":1}' } }],
        },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }],
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: { a: 1 } } },
    })
    expect(body).toEqual({
      messages: [
        { role: 'user', content: 'What?', images: ['AAAA'] },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }],
        },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }],
      format: { a: 1 },
      options: {},
      stream: true,
    })
  })

  test('leaves out what Ollama has not, and says so', () => {
    const warnings = catchWarnings()
    const body = sent('ollama-chat', {
      prompt: 'x',
      ignore_eos: true,
      min_tokens: 1,
      stream_options: {},
    })
    expect(body.options).toEqual({})
    expect(warnings.join()).toContain('ollama-chat has no ignore_eos')
  })
})

test('tool calls of several rows are several', () => {
  const row = (name: string) =>
    JSON.stringify({
      message: { tool_calls: [{ function: { name, arguments: {} } }] },
      done: false,
    })
  const text = `${row('f')}\n${row('g')}\n{"done":true}\n`
  expect(interpretStream(text, { api: 'ollama-chat' })).toMatchObject({
    toolCalls: [{ name: 'f' }, { name: 'g' }],
    generated: [0, 1],
    firstVisible: null,
    truncated: false,
  })
})

test.each([
  ['ollama-chat', { message: { content: 'Hi', thinking: 'hm' } }],
  ['ollama-generate', { response: 'Hi', thinking: 'hm' }],
] as const)('%s: a whole answer is one row', (api, said) => {
  const end = { model: 'm', done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 2 }
  for (const text of [
    JSON.stringify({ ...said, ...end }),
    JSON.stringify({ ...said, ...end }, null, 2),
  ]) {
    expect(interpretStream(text, { api })).toMatchObject({
      text: 'Hi',
      reasoning: 'hm',
      model: 'm',
      finishReason: 'stop',
      usage: { promptTokens: 3, completionTokens: 2 },
      truncated: false,
      events: 1,
      generated: [0],
    })
    // Unless no stream was asked for.
    const whole = interpretStream(text, { api, stream: false })
    expect(whole).toMatchObject({ text: 'Hi', events: 0, generated: [], streamed: false })
  }
})
