import { describe, expect, test } from 'vitest'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { fixtures } from '../../../support/fixtures.ts'

const api = 'openai-completions'
const { encode } = dialectOf(api)

describe('a request', () => {
  test('has a prompt', () => {
    expect(encode({ prompt: 'Hi', max_tokens: 4, echo: true }, true)).toStrictEqual({
      prompt: 'Hi',
      max_tokens: 4,
      echo: true,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test.each([
    [[{ role: 'user', content: 'Hi' }], 'Hi'],
    [
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'H' },
            { type: 'text', text: 'i' },
          ],
        },
      ],
      'Hi',
    ],
    [
      [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Hi' },
      ],
      'system: Be short.\n\nuser: Hi\n\nassistant:',
    ],
    [[{ role: 'assistant', content: null }], ''],
  ] as const)('of messages %j has the prompt %j', (messages, prompt) => {
    const body = encode({ messages: messages as never }, false)
    expect(body).toStrictEqual({ prompt, stream: false })
  })
})

test('a whole answer', () => {
  const body =
    '{"id":"c","model":"m","choices":[{"index":0,"text":"Paris","finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}'
  expect(interpretStream(body, { api })).toMatchObject({
    text: 'Paris',
    model: 'm',
    finishReason: 'length',
    usage: { promptTokens: 5, completionTokens: 1 },
    truncated: false,
    streamed: false,
  })
})

describe('echo: the prompt is no output', () => {
  const echo = fixtures(/^vllm-completions-echo/)[0]?.text ?? ''
  const prompt = 'The capital of France is'
  const chunk = (text: string, index = 0) =>
    `data: ${JSON.stringify({ choices: [{ index, text, finish_reason: null }] })}\n\n`
  const read = (text: string, wanted = true) =>
    interpretStream(text, { api, request: { prompt, echo: wanted } })

  test('in one chunk with the first token', () => {
    expect(read(echo)).toMatchObject({ text: ' Paris.', generated: [0, 1], truncated: false })
    expect(read(echo, false).text).toBe('The capital of France is Paris.')
  })

  test('in chunks of its own', () => {
    const text = chunk('The capital') + chunk(' of France is') + chunk(' Paris')
    expect(read(text)).toMatchObject({ text: ' Paris', generated: [2], firstVisible: 2 })
  })

  test('of every choice', () => {
    const text = chunk(prompt, 1) + chunk(prompt, 0) + chunk(' P', 1) + chunk(' Paris', 0)
    expect(read(text)).toMatchObject({ text: ' Paris', generated: [2, 3], choices: 2 })
  })

  test('of a server that does not give it', () => {
    expect(read(chunk(' Paris') + chunk('.'))).toMatchObject({ text: ' Paris.', generated: [0, 1] })
  })

  test('in a whole answer', () => {
    const body = JSON.stringify({ choices: [{ text: `${prompt} Paris`, finish_reason: 'stop' }] })
    expect(read(body).text).toBe(' Paris')
  })
})
