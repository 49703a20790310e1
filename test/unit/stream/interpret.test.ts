import { describe, expect, test } from 'vitest'
import { interpretStream } from '../../../src/stream/interpret.ts'
import type { Recording } from '../../../src/stream/recording.ts'
import { parseEventStream } from '../../../src/stream/sse.ts'
import { fixtures } from '../../support/fixtures.ts'

const chat = fixtures(
  /^(vllm-chat|vllm-mid|sglang|llamacpp-(chat|mid|legacy)|litellm|ollama-openai|openai-chat|tabby-chat|tgi-chat|seed-gateway|llamaswap)/,
)

/** A recording whose events arrived 10 ms apart. */
function recorded(text: string): Recording {
  const events = parseEventStream(text).events
  return {
    source: 'stream',
    startedAt: 1000,
    headersAt: 1005,
    endedAt: 1010 + events.length * 10,
    status: 200,
    headers: {},
    at: events.map((_, i) => 1010 + i * 10),
    data: events.map((e) => e.data),
    event: events.map((e) => (e.event === 'message' ? '' : e.event)),
  }
}

describe('the streams of real servers', () => {
  test('are all here', () => expect(chat.length).toBe(19))

  for (const { name, text, semantics } of chat) {
    if (!semantics) throw new Error(`${name} has no semantics`)
    // Invented by the proxy while it loads a model: text, but no output.
    const invented = name === 'llamaswap-loading' ? 12 : 0

    for (const [how, input] of [
      ['as text', text],
      ['as a recording', recorded(text)],
    ] as const) {
      test(`${name} ${how}`, () => {
        const outcome = interpretStream(input, { api: 'openai-chat' })
        expect(outcome.text).toBe(semantics.text)
        expect(outcome.reasoning).toBe(semantics.reasoning)
        expect(outcome.finishReason).toBe(semantics.finish)
        expect(outcome.generated.length).toBe(semantics.generated_chunks - invented)
        expect(outcome.generated[0] ?? null).toBe(invented ? 13 : semantics.first_generated)
        expect(outcome.firstVisible).toBe(semantics.first_content)
        expect(outcome.usage?.promptTokens).toBe(semantics.usage?.prompt_tokens)
        expect(outcome.usage?.completionTokens).toBe(semantics.usage?.completion_tokens)
        expect(
          outcome.toolCalls.map((call) => ({ name: call.name, arguments: call.arguments })),
        ).toEqual(Object.values(semantics.tools ?? {}))
        const fails =
          semantics.error !== null || (how === 'as text' && name === 'llamacpp-legacy-error-field')
        expect(outcome.error !== undefined).toBe(fails)
        expect(outcome.truncated).toBe(semantics.finish === null && !fails)
      })
    }
  }

  test('a recording has the times of its generated events', () => {
    const vllm = chat.find((f) => f.name === 'vllm-chat')
    const outcome = interpretStream(recorded(vllm?.text ?? ''), { api: 'openai-chat' })
    // Events 1, 2, 3 of 7 carry text; the role came at 1010, usage and [DONE] after.
    expect(outcome.generated).toEqual([1, 2, 3])
    expect(outcome.timing).toEqual({
      source: 'stream',
      ttfb: 5,
      ttft: 20,
      ttfo: 20,
      gaps: [10, 10],
      longestGap: 10,
      stalls: 0,
      tpot: 20 / 5, // 6 tokens counted, one of them in the first event
      duration: 40,
    })
  })
})

describe('errors', () => {
  test.each([
    [
      'vLLM',
      'data: {"error": {"message": "boom", "type": "X", "code": 500}}\n\ndata: [DONE]\n\n',
      'boom',
      500,
    ],
    [
      'TGI',
      'data:{"error":"overloaded","error_type":"overloaded"}\n\n',
      'overloaded',
      'overloaded',
    ],
    [
      'LiteLLM',
      'data: {"error": {"message":"x","type":"None","param":"None","code":"500"}}\n\n',
      'x',
      500,
    ],
    ['named event', 'event: error\ndata: {"type":"error","message":"m","code":"c"}\n\n', 'm', 'c'],
    ['named event, plain text', 'event: error\ndata: gone away\n\n', 'gone away', undefined],
    [
      'llama-swap',
      'data: {"choices":[]}\n\n{"src":"llama-swap","error":{"message":"load failed","code":"x"}}\n',
      'load failed',
      'x',
    ],
    [
      'a body',
      '{"object":"error","message":"no such model","type":"NotFoundError","code":404}',
      'no such model',
      404,
    ],
    [
      'FastAPI',
      '{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]}',
      'body.model: field required',
      undefined,
    ],
  ])('%s', (_who, body, message, code) => {
    const outcome = interpretStream(body, { api: 'openai-chat' })
    expect(outcome.error).toEqual(code === undefined ? { message } : { message, code })
    expect(outcome.truncated).toBe(false)
  })

  test('what went before the error is kept', () => {
    const body =
      'data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\ndata: {"error":"x"}\n\n'
    const outcome = interpretStream(body, { api: 'openai-chat' })
    expect(outcome.text).toBe('Hel')
    expect(outcome.error?.message).toBe('x')
  })

  test('data that is no JSON is told, the rest is read', () => {
    const body =
      'data: {"id":"1","choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: {"id":\n\ndata: {"id":"1","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}\n\n'
    const outcome = interpretStream(body, { api: 'openai-chat' })
    expect(outcome.text).toBe('ab')
    expect(outcome.undecodable).toBe('{"id":')
  })

  test('[DONE] alone is no success', () => {
    expect(interpretStream('data: [DONE]\n\n', { api: 'openai-chat' }).truncated).toBe(true)
  })

  test('an unknown api names those that exist', () => {
    expect(() => interpretStream('', { api: 'nope' as never })).toThrow(
      /api: expected one of openai-chat, gateway, got "nope"/,
    )
  })
})

describe('an answer that was not streamed', () => {
  test('gives text, tools, usage', () => {
    const body = JSON.stringify({
      id: 'x',
      model: 'm',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hi',
            reasoning_content: 'hm',
            tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 9,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    })
    const outcome = interpretStream(body, { api: 'gateway' })
    expect(outcome).toMatchObject({
      text: 'Hi',
      reasoning: 'hm',
      toolCalls: [{ id: 't', name: 'f', arguments: '{}' }],
      finishReason: 'stop',
      model: 'm',
      usage: { promptTokens: 3, completionTokens: 9, cachedTokens: 2, reasoningTokens: 4 },
      truncated: false,
      streamed: false,
      events: 0,
    })
  })

  test('HTML and nothing are no answers', () => {
    for (const body of ['<html><title>502</title></html>', '', '   ']) {
      const outcome = interpretStream(body, { api: 'openai-chat' })
      expect(outcome).toMatchObject({ events: 0, truncated: true, text: '' })
    }
  })
})

test('n = 2: the text is the first choice, the count is known', () => {
  const chunk = (index: number, content: string, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'x', choices: [{ index, delta: { content }, finish_reason: finish }] })}\n\n`
  const body = `${chunk(0, 'a')}${chunk(1, 'x')}${chunk(0, 'b', 'stop')}${chunk(1, 'y', 'length')}data: [DONE]\n\n`
  const outcome = interpretStream(body, { api: 'openai-chat' })
  expect(outcome.text).toBe('ab')
  expect(outcome.choices).toBe(2)
  expect(outcome.finishReason).toBe('stop')
  expect(outcome.generated).toEqual([0, 1, 2, 3])
})
