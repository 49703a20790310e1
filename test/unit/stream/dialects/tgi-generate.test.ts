import { afterEach, expect, test, vi } from 'vitest'
import type { ChatRequest } from '../../../../src/stream/dialect.ts'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { catchWarnings } from './warnings.ts'

const api = 'tgi-generate'
const dialect = dialectOf(api)
const sent = (request: object) =>
  JSON.parse(JSON.stringify(dialect.encode(request as ChatRequest, true)))

afterEach(() => vi.restoreAllMocks())

test('streams and whole answers have their own paths', () => {
  expect([dialect.path, dialect.wholePath]).toEqual(['/generate_stream', '/generate'])
})

test('a request', () => {
  const warnings = catchWarnings()
  expect(
    sent({
      prompt: 'Hi',
      model: 'm',
      max_tokens: 8,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['x'],
      seed: 1,
      repetition_penalty: 1.1,
      ignore_eos: true,
      parameters: { details: false },
    }),
  ).toEqual({
    inputs: 'Hi',
    parameters: {
      max_new_tokens: 8,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['x'],
      seed: 1,
      repetition_penalty: 1.1,
      details: false,
    },
  })
  expect(warnings.join()).toContain('tgi-generate has no ignore_eos')
})

test('the bounds of OpenAI, which TGI rejects', () => {
  expect(sent({ prompt: 'Hi', temperature: 0, top_p: 1 }).parameters).toEqual({
    do_sample: false,
    details: true,
  })
})

test('special tokens are counted and no text', () => {
  const token = (index: number, text: string, special: boolean, end: object = {}) =>
    `data:${JSON.stringify({ index, token: { text, special }, generated_text: null, ...end })}\n\n`
  const text =
    token(1, '<bos>', true) +
    token(2, 'Hi', false) +
    token(3, '', false) +
    token(4, '</s>', true, {
      generated_text: 'Hi',
      details: { finish_reason: 'eos_token', generated_tokens: 4, input_length: 7 },
    })
  expect(interpretStream(text, { api })).toMatchObject({
    text: 'Hi',
    generated: [1],
    tokensInFirst: 2,
    usage: { promptTokens: 7, completionTokens: 4 },
    truncated: false,
  })
})

test('without details it ends all the same', () => {
  const text =
    'data:{"index":1,"token":{"text":"Hi","special":false},"generated_text":"Hi","details":null}\n\n'
  const outcome = interpretStream(text, { api })
  expect(outcome).toMatchObject({ text: 'Hi', finishReason: null, truncated: false })
  expect(outcome.usage).toBeUndefined()
})

test.each([
  '{"generated_text":"Hi","details":{"finish_reason":"length","generated_tokens":2}}',
  '[{"generated_text":"Hi","details":{"finish_reason":"length","generated_tokens":2}}]',
])('a whole answer %s', (body) => {
  expect(interpretStream(body, { api })).toMatchObject({
    text: 'Hi',
    finishReason: 'length',
    usage: { completionTokens: 2 },
    truncated: false,
  })
})
