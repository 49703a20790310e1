import { afterEach, describe, expect, test, vi } from 'vitest'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { catchWarnings } from './warnings.ts'

const api = 'llamacpp-completion'
const event = (json: object) => `data: ${JSON.stringify(json)}\n\n`

afterEach(() => vi.restoreAllMocks())

test('a request', () => {
  const warnings = catchWarnings()
  const request = {
    prompt: 'Hi',
    max_tokens: 8,
    stop: 'x',
    seed: 1,
    ignore_eos: true,
    min_tokens: 8,
    cache_prompt: false,
  }
  expect(dialectOf(api).encode(request, true)).toStrictEqual({
    prompt: 'Hi',
    n_predict: 8,
    stop: ['x'],
    seed: 1,
    ignore_eos: true,
    cache_prompt: false,
    stream: true,
  })
  expect(warnings.join()).toContain('llamacpp-completion has no min_tokens')
  expect(dialectOf(api).encode({ prompt: 'Hi', n_predict: 3 }, false).n_predict).toBe(3)
})

describe('a stream', () => {
  test('of several tokens in the first event', () => {
    const text =
      event({ content: '', prompt_progress: { total: 9 }, stop: false, tokens_predicted: 0 }) +
      event({ content: 'a b c', stop: false, tokens_predicted: 3 }) +
      event({ content: ' d', stop: false, tokens_predicted: 4 })
    expect(interpretStream(text, { api })).toMatchObject({ generated: [1, 2], tokensInFirst: 3 })
  })

  test('of several choices', () => {
    const text =
      event({ index: 1, content: 'x' }) +
      event({ index: 0, content: 'a', stop: false }) +
      event({ index: 0, content: '', stop: true, stop_type: 'eos' })
    expect(interpretStream(text, { api })).toMatchObject({
      text: 'a',
      choices: 2,
      generated: [0, 1],
    })
  })
})

test.each([
  [{ stop_type: 'word' }, 'word'],
  [{ stopped_eos: true }, 'eos'],
  [{ stopped_limit: true }, 'limit'],
  [{ stopped_word: true }, 'word'],
  [{}, null],
])('the end with %j is %s', (flags, finishReason) => {
  const body = {
    content: 'Hi',
    stop: true,
    model: 'm',
    tokens_evaluated: 6,
    tokens_predicted: 2,
    timings: { cache_n: 4 },
  }
  for (const text of [
    JSON.stringify({ ...body, ...flags }),
    JSON.stringify([{ ...body, ...flags }]),
  ]) {
    expect(interpretStream(text, { api })).toMatchObject({
      text: 'Hi',
      finishReason,
      usage: { promptTokens: 6, completionTokens: 2, cachedTokens: 4 },
      truncated: false,
      streamed: false,
    })
  }
})
