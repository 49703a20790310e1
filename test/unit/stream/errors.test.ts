import { describe, expect, test } from 'vitest'
import { interpretStream } from '../../../src/stream/interpret.ts'
import { readErrorBody, readErrorJson } from '../../../src/stream/server-error.ts'

/** Every shape of an error that servers are known to send. */
const SHAPES: [who: string, body: string, message: string, code?: number | string][] = [
  ['vLLM', '{"error":{"message":"m","type":"BadRequestError","param":null,"code":400}}', 'm', 400],
  ['vLLM 401', '{"error":"Unauthorized"}', 'Unauthorized'],
  [
    'vLLM 0.5, SGLang',
    '{"object":"error","message":"m","type":"NotFoundError","param":null,"code":404}',
    'm',
    404,
  ],
  [
    'SGLang in a stream',
    '{"error": {"object": "error", "message": "The request queue is full.", "type": "SERVICE_UNAVAILABLE", "param": null, "code": 503}}',
    'The request queue is full.',
    503,
  ],
  ['SGLang, administration', '{"success":false,"message":"not loaded"}', 'not loaded'],
  [
    'llama.cpp',
    '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
    'Loading model',
    503,
  ],
  ['Ollama', '{"error":"model \'x\' not found"}', "model 'x' not found"],
  [
    'Ollama, OpenAI API',
    '{"error":{"message":"m","type":"not_found_error","param":null,"code":null}}',
    'm',
    'not_found_error',
  ],
  ['TGI', '{"error":"overloaded!","error_type":"overloaded"}', 'overloaded!', 'overloaded'],
  ['TGI, messages', '{"error":{"message":"m","http_status_code":422}}', 'm', 422],
  [
    'OpenAI',
    '{"error":{"message":"m","type":"requests","param":null,"code":"rate_limit_exceeded"}}',
    'm',
    'rate_limit_exceeded',
  ],
  [
    'OpenAI, Responses',
    '{"type":"error","code":"server_error","message":"m","param":null,"sequence_number":1}',
    'm',
    'server_error',
  ],
  ['OpenAI, Responses without a code', '{"type":"error","code":null,"message":"m"}', 'm'],
  [
    'Anthropic',
    '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}',
    'Overloaded',
    'overloaded_error',
  ],
  ['LiteLLM', '{"error": {"message":"m","type":"None","param":"None","code":"500"}}', 'm', 500],
  ['LiteLLM without a code', '{"error":{"message":"m","type":"None","code":"None"}}', 'm'],
  [
    'llama-swap',
    '{"src":"llama-swap","error":{"message":"m","type":"x","code":"not_found"}}',
    'm',
    'not_found',
  ],
  ['TabbyAPI', '{"error":{"message":"aborted","trace":null}}', 'aborted'],
  ['FastAPI', '{"detail":"vLLM 서버 연결 실패"}', 'vLLM 서버 연결 실패'],
  [
    'FastAPI, validation',
    '{"detail":[{"loc":["body","messages",0],"msg":"Field required","type":"missing"},{"loc":[],"msg":"and more"}]}',
    'body.messages.0: Field required; and more',
  ],
  ['FastAPI, an object', '{"detail":{"reason":"x"}}', '{"reason":"x"}'],
  ['an error without words', '{"error":{"status":1}}', '{"status":1}'],
  ['a list', '[{"error":{"message":"m","code":400}}]', 'm', 400],
]

describe('one reader for every shape', () => {
  test.each(SHAPES)('%s: as a body', (_who, body, message, code) => {
    expect(readErrorBody(body)).toEqual(code === undefined ? { message } : { message, code })
  })

  test.each(
    SHAPES.filter(([who]) => who !== 'a list'),
  )('%s: after HTTP 200, with and without [DONE]', (_who, body, message, code) => {
    const error = code === undefined ? { message } : { message, code }
    for (const text of [body, `data: ${body}\n\n`, `data: ${body}\n\ndata: [DONE]\n\n`]) {
      const outcome = interpretStream(text, { api: 'openai-chat' })
      expect(outcome.error).toEqual(error)
      expect(outcome.truncated).toBe(false)
    }
    const row = `{"message":{"content":"a"},"done":false}\n${body}\n`
    expect(interpretStream(row, { api: 'ollama-chat' })).toMatchObject({ text: 'a', error })
  })

  test.each([
    ['a message alone', '{"message":"no Route matched"}', 'no Route matched'],
    ['plain text', 'llama-swap: no such\n model', 'llama-swap: no such model'],
    [
      'HTML',
      '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head></html>',
      '503 Service Temporarily Unavailable',
    ],
    ['HTML without a title', '<html><body><h1>Bad  gateway</h1></body>', 'Bad gateway'],
    ['nothing', '', 'empty body'],
    ['blanks', ' \r\n', 'empty body'],
    ['null', null, 'empty body'],
    ['broken JSON', '{"error":', '{"error":'],
    ['an empty object', '{}', '{}'],
    ['events', 'event: error\ndata: {"error":{"message":"m"}}\n\n', 'm'],
    ['events without a space', 'data:{"error":"m","error_type":"validation"}\n\n', 'm'],
  ])('%s', (_what, body, message) => {
    expect(readErrorBody(body).message).toBe(message)
  })

  test('answers are no errors, though they have messages', () => {
    const ollama = '{"message":{"role":"assistant","content":"x"},"done":true,"error":null}'
    expect(interpretStream(ollama, { api: 'ollama-chat' }).error).toBeUndefined()
    for (const none of [null, 5, true, '', {}, [], { error: null }, { error: '' }]) {
      expect(readErrorJson(none)).toBeUndefined()
    }
  })

  test('long and deep ones cost little', () => {
    expect(readErrorBody('<'.repeat(5e6)).message.length).toBeLessThan(301)
    expect(readErrorBody('data: '.repeat(1e6)).message.length).toBe(300)
    expect(readErrorBody('x'.repeat(1e6)).message).toMatch(/^x{297}\.\.\.$/)
    const deep = `${'{"error":'.repeat(5000)}1${'}'.repeat(5000)}`
    expect(readErrorBody(deep).message.length).toBeLessThan(301)
    // 4 million levels would end k6 itself: not even tried.
    const deepest = '['.repeat(1.1e6)
    expect(readErrorBody(deepest).message.length).toBe(300)
    expect(interpretStream(`data: ${deepest}\n\n`, { api: 'openai-chat' }).undecodable).toBe(
      deepest,
    )
  })
})

describe('an event named error', () => {
  test.each([
    ['JSON', '{"type":"error","message":"m"}', 'm'],
    ['text', 'gone away', 'gone away'],
    ['JSON that says nothing', '{"a":1}', '{"a":1}'],
  ])('is one: %s', (_what, data, message) => {
    const outcome = interpretStream(`event: error\ndata: ${data}\n\n`, { api: 'openai-chat' })
    expect(outcome.error?.message).toBe(message)
    expect(outcome.undecodable).toBeUndefined()
  })
})
