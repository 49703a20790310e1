import { afterEach, describe, expect, test, vi } from 'vitest'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { catchWarnings } from './warnings.ts'

const api = 'openai-responses'
const { encode } = dialectOf(api)
const event = (type: string, more: object) => `data: ${JSON.stringify({ type, ...more })}\n\n`

afterEach(() => vi.restoreAllMocks())

describe('a request', () => {
  test('of a prompt', () => {
    const request = {
      prompt: 'Hi',
      model: 'm',
      max_tokens: 16,
      temperature: 0,
      metadata: { a: 'b' },
    }
    expect(JSON.parse(JSON.stringify(encode(request, true)))).toEqual({
      model: 'm',
      input: 'Hi',
      max_output_tokens: 16,
      temperature: 0,
      metadata: { a: 'b' },
      stream: true,
    })
  })

  test('of a conversation with tools', () => {
    const parameters = { type: 'object', properties: {} }
    const body = encode(
      {
        messages: [
          { role: 'system', content: 'Be short.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url: 'https://x/y.png' } },
            ],
          },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: '42' },
          { role: 'assistant', content: [{ type: 'text', text: 'It is 42.' }] },
        ],
        tools: [{ type: 'function', function: { name: 'f', parameters } }, { type: 'web_search' }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        response_format: { type: 'json_schema', json_schema: { name: 's', schema: {} } },
        reasoning_effort: 'low',
        stream_options: { include_usage: true },
      },
      false,
    )
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      instructions: 'Be short.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What?' },
            { type: 'input_image', image_url: 'https://x/y.png' },
          ],
        },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: '42' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'It is 42.' }] },
      ],
      tools: [{ type: 'function', name: 'f', parameters }, { type: 'web_search' }],
      tool_choice: { type: 'function', name: 'f' },
      text: { format: { type: 'json_schema', name: 's', schema: {} } },
      reasoning: { effort: 'low' },
      stream: false,
    })
  })

  test('leaves out what the API rejects, and says so once', () => {
    const warnings = catchWarnings()
    const request = { prompt: 'Hi', ignore_eos: true, min_tokens: 4, seed: 1, stop: 'x' }
    for (let i = 0; i < 2; i++) {
      expect(Object.keys(JSON.parse(JSON.stringify(encode(request, true)))).sort()).toEqual([
        'input',
        'stream',
      ])
    }
    expect(warnings.length).toBe(4)
    expect(warnings[0]).toContain('openai-responses has no ignore_eos: it is not sent')
  })
})

describe('a clone of the API', () => {
  test('may leave out names, states and numbers', () => {
    const text =
      event('response.output_text.delta', { delta: 'Hi' }) +
      event('response.completed', { response: { usage: { input_tokens: 3, output_tokens: 1 } } })
    expect(interpretStream(text, { api })).toMatchObject({
      text: 'Hi',
      finishReason: 'completed',
      usage: { promptTokens: 3, completionTokens: 1 },
      truncated: false,
    })
  })

  test('may give all output at the end', () => {
    const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }]
    const text = event('response.completed', { response: { status: 'completed', output } })
    expect(interpretStream(text, { api })).toMatchObject({ text: 'Hi', generated: [0] })
  })

  test('may give arguments with the finished call only', () => {
    const item = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' }
    const text =
      event('response.output_item.added', { output_index: 0, item: { ...item, arguments: '' } }) +
      event('response.output_item.done', { output_index: 0, item })
    expect(interpretStream(text, { api })).toMatchObject({
      toolCalls: [{ id: 'c', name: 'f', arguments: '{"a":1}' }],
      generated: [1],
    })
  })
})

test('reasoning that is streamed in full is no summary', () => {
  const text = event('response.reasoning_text.delta', { delta: 'hm' })
  const outcome = interpretStream(text, { api })
  expect(outcome).toMatchObject({ reasoning: 'hm', generated: [0], firstVisible: null })
  expect(outcome.summarized).toBeUndefined()
})

test.each([
  ['custom_tool_call_input', 1],
  ['mcp_call_arguments', 1],
  ['code_interpreter_call_code', 0],
])('%s is output', (kind, calls) => {
  const text = event(`response.${kind}.delta`, { output_index: 0, delta: 'x' })
  const outcome = interpretStream(text, { api })
  expect(outcome.generated).toEqual([0])
  expect(outcome.toolCalls.length).toBe(calls)
})

describe('a whole answer', () => {
  test('gives text, reasoning, tools, usage', () => {
    const body = JSON.stringify({
      status: 'completed',
      model: 'm',
      error: null,
      output: [
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] },
        { type: 'message', content: [{ type: 'refusal', refusal: ' No.' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'web_search_call', id: 'w' },
      ],
      usage: {
        input_tokens: 11,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 8,
        output_tokens_details: { reasoning_tokens: 5 },
      },
    })
    expect(interpretStream(body, { api })).toMatchObject({
      text: 'Hi No.',
      reasoning: 'hm',
      toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }],
      usage: { promptTokens: 11, completionTokens: 8, cachedTokens: 4, reasoningTokens: 5 },
      finishReason: 'completed',
      truncated: false,
    })
  })

  test.each([
    ['failed', { error: { code: 'x', message: 'm' } }, { error: { message: 'm', code: 'x' } }],
    ['cancelled', {}, { error: { message: 'the response was cancelled' } }],
    ['in_progress', {}, { truncated: true }],
    [
      'incomplete',
      { incomplete_details: { reason: 'content_filter' } },
      { finishReason: 'content_filter' },
    ],
  ])('%s', (status, more, outcome) => {
    const body = JSON.stringify({ status, output: [], ...more })
    expect(interpretStream(body, { api })).toMatchObject(outcome)
  })
})
