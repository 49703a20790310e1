import { describe, expect, test } from 'vitest'
import { APIS } from '../../../src/stream/dialects/index.ts'
import { interpretStream, type StreamOutcome } from '../../../src/stream/interpret.ts'
import type { Recording } from '../../../src/stream/recording.ts'
import { createParser } from '../../../src/stream/sse.ts'
import { fixtures, recordingOf, rowFixtures, type Semantics } from '../../support/fixtures.ts'

/** What a transport that sees events arrive would have recorded. */
function recorded(text: string): Recording {
  const events: { data: string; event: string }[] = []
  const raw: string[] = []
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onUnknownLine: (line) => raw.push(line),
  })
  parser.feed(text)
  return recordingOf(events, raw)
}

/** All but the times, and what a recording cannot know. */
function said(outcome: StreamOutcome): StreamOutcome {
  return { ...outcome, timing: undefined, unterminated: false }
}

function check(outcome: StreamOutcome, semantics: Semantics, name: string) {
  // llama-swap's chunks while it loads a model: text of reasoning, but no output.
  const invented = name === 'llamaswap-loading' ? 12 : 0
  // The stream says so in a line that a strict reader never sees, which the fixture is not.
  const fails = semantics.error !== null || name === 'llamacpp-legacy-error-field'
  const usage = semantics.usage ?? {}
  expect(outcome.text).toBe(semantics.text)
  expect(outcome.reasoning).toBe(semantics.reasoning)
  expect(outcome.finishReason).toBe(semantics.finish)
  expect(outcome.generated[0] ?? null).toBe(invented ? 13 : semantics.first_generated)
  if (semantics.generated_chunks !== undefined) {
    expect(outcome.generated.length).toBe(semantics.generated_chunks - invented)
  }
  if (semantics.first_content !== undefined) {
    expect(outcome.firstVisible).toBe(semantics.first_content)
  }
  expect(outcome.usage?.promptTokens).toBe(usage.prompt_tokens ?? usage.input_tokens)
  expect(outcome.usage?.completionTokens).toBe(usage.completion_tokens ?? usage.output_tokens)
  if (usage.cached_tokens !== undefined) {
    expect(outcome.usage?.cachedTokens).toBe(usage.cached_tokens)
  }
  expect(outcome.toolCalls.map((call) => ({ name: call.name, arguments: call.arguments }))).toEqual(
    Object.values(semantics.tools ?? {}),
  )
  expect(outcome.error !== undefined).toBe(fails)
  expect(outcome.undecodable).toBeUndefined()
  expect(outcome.choices).toBe(semantics.choices ?? 1)
  expect(outcome.summarized ?? false).toBe(semantics.summarized ?? /responses$/.test(name))
  if (semantics.tokens_in_first) expect(outcome.tokensInFirst).toBe(semantics.tokens_in_first)
  // A pull of a model ends well, but is no answer.
  if (name !== 'ollama-pull') expect(outcome.truncated).toBe(semantics.finish === null && !fails)
}

describe('the streams of real servers', () => {
  const streams = fixtures(/./).filter((fixture) => fixture.semantics)

  test('are all here, of every wire', () => {
    expect(streams.length).toBeGreaterThan(40)
    const apis = streams.concat(rowFixtures() as typeof streams).map((fixture) => fixture.api)
    expect(new Set(apis)).toEqual(new Set(APIS))
  })

  for (const { name, api, text, semantics } of streams) {
    test(`${name}: as text, and as a recording`, () => {
      const outcome = interpretStream(text, { api })
      check(outcome, semantics as Semantics, name)
      expect(said(interpretStream(recorded(text), { api }))).toEqual(said(outcome))
    })
  }

  for (const { name, api, text, semantics } of rowFixtures()) {
    test(`${name}: as text, and as raw lines with their times`, () => {
      const outcome = interpretStream(text, { api })
      check(outcome, semantics as Semantics, name)
      // A row that was cut off never arrives as a line.
      const lines = text.split('\n').filter((line) => line.endsWith('}'))
      const recording = recordingOf([], lines)
      const seen = interpretStream(recording, { api })
      expect(said(seen)).toEqual(said(outcome))
      expect(interpretStream(text.replace(/\n/g, '\r\n'), { api })).toEqual(outcome)
      const first = outcome.generated[0]
      expect(seen.timing?.ttft).toBe(first === undefined ? undefined : 10 + first * 10)
    })
  }

  test('a recording has the times of its generated events', () => {
    const vllm = streams.find((f) => f.name === 'vllm-chat')
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

  test.each([
    // Exact counts as it streams: 8 tokens, 3 of them in the first event.
    // The token that ends the answer was counted after the last event of the span.
    ['vllm-chat-continuous-usage', 20 / 4],
    ['llamacpp-progress', 10 / 1],
    ['sglang-generate', 20 / 4],
    ['tgi-generate', 10 / 1],
    // 64 of 82 tokens are reasoning that was counted and not streamed.
    ['openai-responses-tools', 10 / 17],
    // Reasoning came as a summary, so how many tokens came is not known.
    ['openai-responses', undefined],
    ['anthropic-thinking-tools', undefined],
    ['vllm-chat-n2', undefined],
    // No usage.
    ['vllm-chat-length', undefined],
  ])('TPOT of %s: %s', (wanted, tpot) => {
    const fixture = streams.find((f) => f.name === wanted)
    if (!fixture) throw new Error(`no ${wanted}`)
    const outcome = interpretStream(recorded(fixture.text), { api: fixture.api })
    expect(outcome.timing?.tpot).toBe(tpot)
  })
})

describe('rows', () => {
  const row = (content: string) => `{"message":{"content":"${content}"},"done":false}`

  test('a bad row is told, and the rest is read; blank lines are no rows', () => {
    const text = `${row('a')}\n\n{"message":\n${row('b')}\n`
    const outcome = interpretStream(text, { api: 'ollama-chat' })
    expect(outcome).toMatchObject({ text: 'ab', events: 3, generated: [0, 2] })
    expect(outcome.undecodable).toBe('{"message":')
    expect(
      interpretStream(recordingOf([], text.split('\n')), { api: 'ollama-chat' }),
    ).toMatchObject({ text: 'ab', generated: [0, 2], timing: { ttft: 10, gaps: [30] } })
  })

  test('an unfinished last row is a rest', () => {
    const outcome = interpretStream(`${row('a')}\n{"mess`, { api: 'ollama-chat' })
    expect(outcome).toMatchObject({ text: 'a', events: 1, unterminated: true, truncated: true })
  })

  test('the body decides: events to an API of rows, rows to one of events', () => {
    const chunk = '{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}'
    const rows = interpretStream(`${chunk}\n${chunk}\n`, { api: 'openai-chat' })
    expect(rows).toMatchObject({ text: 'xx', events: 2, truncated: false })
    const events = interpretStream(`data: ${row('a')}\n\n`, { api: 'ollama-chat' })
    expect(events).toMatchObject({ text: 'a', events: 1 })
  })

  test('a recording without the times of its lines has no times of tokens', () => {
    const recording = { ...recordingOf([], [row('a'), row('b')]), rawAt: undefined }
    expect(interpretStream(recording, { api: 'ollama-chat' }).timing).toEqual({
      source: 'stream',
      ttfb: 5,
      duration: 30,
    })
  })

  test('lines that are one JSON value together are an answer', () => {
    const json = JSON.stringify({ choices: [{ message: { content: 'Hi' } }] }, null, 1)
    const outcome = interpretStream(recordingOf([], json.split('\n')), { api: 'openai-chat' })
    expect(outcome).toMatchObject({ text: 'Hi', streamed: false, truncated: false })
  })
})

describe('a line or event over the limit', () => {
  const event = (content: string) =>
    `data: {"id":"1","choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`
  const long = event('x'.repeat(2000))

  test.each([
    ['of events', 'openai-chat', event('a') + long + event('b')],
    ['never ended', 'openai-chat', event('a') + long.trim()],
    ['as a recording', 'openai-chat', recorded(event('a') + long + event('b'))],
    [
      'of rows',
      'ollama-chat',
      `{"message":{"content":"a"}}\n{"message":{"content":"${'x'.repeat(2000)}"}}\n`,
    ],
  ] as const)('%s: what came before is kept, the error is a decode error', (_what, api, input) => {
    const outcome = interpretStream(input, { api, maxBufferSize: 1000 })
    expect(outcome).toMatchObject({ text: 'a', events: 1, generated: [0], truncated: false })
    expect(outcome.error).toMatchObject({ kind: 'decode', code: 'max-buffer-size-exceeded' })
    expect(outcome.error?.message).toContain('1000')
    expect(interpretStream(input, { api }).error).toBeUndefined()
  })

  test('of a whole answer', () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'x'.repeat(2000) } }] })
    const outcome = interpretStream(body, { api: 'openai-chat', maxBufferSize: 1000 })
    expect(outcome.error?.kind).toBe('decode')
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
      /api: expected one of openai-chat, .*gateway, got "nope"/,
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
