import { describe, expect, test } from 'vitest'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'

const api = 'openai-chat'
const { encode } = dialectOf(api)
const event = (choice: object, more: object = { id: 'x' }) =>
  `data: ${JSON.stringify({ ...more, choices: [choice] })}\n\n`
const read = (...events: string[]) => interpretStream(events.join(''), { api })

describe('a request', () => {
  test('goes out as it came, with usage asked for in streams only', () => {
    const request = {
      prompt: 'Hi',
      model: 'm',
      max_tokens: 4,
      ignore_eos: true,
      min_tokens: 4,
      cache_salt: 's',
    }
    const body = {
      model: 'm',
      max_tokens: 4,
      ignore_eos: true,
      min_tokens: 4,
      cache_salt: 's',
      messages: [{ role: 'user', content: 'Hi' }],
    }
    const asked = { include_usage: true }
    expect(encode(request, true)).toEqual({ ...body, stream: true, stream_options: asked })
    expect(encode(request, false)).toStrictEqual({ ...body, stream: false })
    // Nothing that OpenAI does not know unless the user names it.
    expect(Object.keys(encode({ prompt: 'Hi' }, true)).sort()).toEqual([
      'messages',
      'stream',
      'stream_options',
    ])
  })

  test.each([
    [{ continuous_usage_stats: true }, { include_usage: true, continuous_usage_stats: true }],
    [{ include_usage: false }, { include_usage: false }],
    [null, null],
  ])('stream_options %j become %j', (given, sent) => {
    const body = encode({ prompt: 'Hi', stream_options: given }, true)
    expect(body.stream_options).toEqual(sent)
    expect(encode({ prompt: 'Hi', stream_options: given }, false)).not.toHaveProperty(
      'stream_options',
    )
  })
})

describe('output is', () => {
  test.each([
    ['a refusal', { refusal: 'No.' }, { text: 'No.', generated: [0], firstVisible: 0 }],
    ['thinking', { thinking: 'hm' }, { reasoning: 'hm', generated: [0], firstVisible: null }],
    [
      'one of two names for the same reasoning',
      { reasoning: 'hm', reasoning_content: 'hm' },
      { reasoning: 'hm', generated: [0] },
    ],
    [
      'content in parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'Hi' },
        ],
      },
      { text: 'Hi', reasoning: 'hm', generated: [0], firstVisible: 0 },
    ],
    [
      'a tool call without arguments',
      { tool_calls: [{ index: 0, id: 'c', function: { name: 'f' } }] },
      { toolCalls: [{ id: 'c', name: 'f', arguments: '' }], generated: [0], firstVisible: null },
    ],
    [
      'a tool call with an object',
      { tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] },
      { toolCalls: [{ id: '', name: 'f', arguments: '{"a":1}' }] },
    ],
    ['content in think tags', { content: '<think>hm</think>' }, { text: '<think>hm</think>' }],
  ])('%s', (_what, delta, outcome) => {
    expect(read(event({ index: 0, delta }))).toMatchObject(outcome)
  })

  test.each([
    ['a role', { role: 'assistant', content: '' }],
    ['nulls', { role: null, content: null, reasoning_content: null, tool_calls: null }],
    ['an empty list of tool calls', { tool_calls: [] }],
    ['no delta at all', undefined],
  ])('not %s', (_what, delta) => {
    expect(read(event({ index: 0, delta })).generated).toEqual([])
  })

  test('invented reasoning only without id, object and index', () => {
    const delta = { reasoning_content: 'hm' }
    expect(read(event({ delta }, {})).generated).toEqual([])
    expect(read(event({ index: 0, delta }, {})).generated).toEqual([0])
    expect(read(event({ delta }, { object: 'chat.completion.chunk' })).generated).toEqual([0])
  })
})

describe('the end', () => {
  const text = event({ index: 0, delta: { content: 'a' } })

  test.each([null, '', undefined])('is not finish_reason %j', (finish_reason) => {
    const outcome = read(text, event({ index: 0, delta: {}, finish_reason }), 'data: [DONE]\n\n')
    expect(outcome.truncated).toBe(true)
  })

  test('comes with the last of several choices', () => {
    const other = event({ index: 1, delta: { content: 'b' } })
    const end = (index: number) => event({ index, delta: {}, finish_reason: 'stop' })
    expect(read(text, other, end(0)).truncated).toBe(true)
    expect(read(text, end(0), other).truncated).toBe(true)
    expect(read(text, end(0), other, end(1)).truncated).toBe(false)
  })

  test.each(['abort', 'error'])('by %s is an error', (finish_reason) => {
    const outcome = read(text, event({ index: 0, delta: {}, finish_reason }))
    expect(outcome).toMatchObject({ text: 'a', finishReason: finish_reason, truncated: false })
    expect(outcome.error).toMatchObject({ code: finish_reason })
  })
})

describe('usage', () => {
  const content = { index: 0, delta: { content: 'a' } }
  const usage = (prompt_tokens: number, completion_tokens: number, more = {}) => ({
    id: 'x',
    usage: { prompt_tokens, completion_tokens, ...more },
  })

  test('is the last that says something', () => {
    const outcome = read(
      event(content, usage(0, 0)),
      event(content, usage(7, 2, { prompt_tokens_details: { cached_tokens: 3 } })),
      event(content, usage(0, 0)),
      event(content, { id: 'x', usage: null }),
    )
    expect(outcome.usage).toEqual({ promptTokens: 7, completionTokens: 2, cachedTokens: 3 })
    expect(outcome.tokensInFirst).toBeUndefined()
  })

  test('of zeros that never change is none', () => {
    expect(read(event(content, usage(0, 0)), event(content, usage(0, 0))).usage).toBeUndefined()
  })

  test('on the first event gives its tokens', () => {
    expect(read(event(content, usage(7, 3)), event(content, usage(7, 4))).tokensInFirst).toBe(3)
  })

  test.each(['-1', '1.5', '"7"', 'null', '1e999'])('is no %s', (bad) => {
    const text = `data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":${bad}}}\n\n`
    expect(read(text).usage).toEqual({ promptTokens: 7 })
  })
})

test('a summary of reasoning is known as one', () => {
  const delta = { reasoning: 'in short', reasoning_details: [{ type: 'reasoning.summary' }] }
  expect(read(event({ index: 0, delta })).summarized).toBe(true)
})
