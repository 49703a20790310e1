import { describe, expect, test } from 'vitest'
import { dialectOf } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'

const api = 'sglang-generate'
const read = (...events: object[]) =>
  interpretStream(events.map((e) => `data: ${JSON.stringify(e)}\n\n`).join(''), { api })
const said = (text: string, more: object = {}) => ({
  text,
  meta_info: { finish_reason: null },
  ...more,
})
const end = (text: string) => ({ text, meta_info: { finish_reason: { type: 'stop' } } })

test('a request', () => {
  const request = {
    prompt: 'Hi',
    model: 'm',
    max_tokens: 8,
    min_tokens: 8,
    ignore_eos: true,
    temperature: 0,
    stop: 'x',
    seed: 1,
    top_k: 5,
    return_logprob: true,
    stream: false,
    sampling_params: { top_k: 6 },
  }
  expect(JSON.parse(JSON.stringify(dialectOf(api).encode(request, true)))).toEqual({
    text: 'Hi',
    return_logprob: true,
    sampling_params: {
      max_new_tokens: 8,
      min_new_tokens: 8,
      ignore_eos: true,
      temperature: 0,
      stop: ['x'],
      sampling_seed: 1,
      top_k: 6,
    },
    stream: true,
  })
})

describe('the text of an event is', () => {
  test.each([
    ['all so far', [said('The'), said('The cap'), end('The cap.')], 'The cap.', [0, 1, 2]],
    ['all so far, twice the same', [said('a'), said('a'), end('ab')], 'ab', [0, 2]],
    [
      'all so far, an incomplete character finished',
      [said('안\ufffd'), said('안녕하'), end('안녕하세요')],
      '안녕하세요',
      [0, 1, 2],
    ],
    ['all so far, without the stop string at the end', [said('a END'), end('a')], 'a', [0]],
    ['what is new', [said('The'), said(' cap'), said(' cap'), end('')], 'The cap cap', [0, 1, 2]],
    [
      'what is new, going on like the one before',
      [said('x'), said('a'), end('ab')],
      'xaab',
      [0, 1, 2],
    ],
    ['at first nothing', [said(''), said('a'), end('ab')], 'ab', [1, 2]],
  ])('%s', (_what, events, text, generated) => {
    expect(read(...events)).toMatchObject({ text, generated, truncated: false })
  })

  test('of the first choice', () => {
    const outcome = read(said('x', { index: 1 }), said('a', { index: 0 }), said('xy', { index: 1 }))
    expect(outcome).toMatchObject({ text: 'a', generated: [0, 1, 2], choices: 2 })
  })
})

test('an abort is an error, HTTP 200 or not', () => {
  const finish_reason = { type: 'abort', message: 'too long', status_code: 400 }
  const outcome = read(said('a'), { text: 'a', meta_info: { finish_reason } })
  expect(outcome).toMatchObject({ text: 'a', error: { message: 'too long', code: 400 } })
  const silent = read({ text: '', meta_info: { finish_reason: { type: 'abort' } } })
  expect(silent.error).toMatchObject({ code: 'abort' })
})

test.each(['[%]', '%'])('a whole answer in %s', (frame) => {
  const answer =
    '{"text":"Hi","meta_info":{"prompt_tokens":3,"completion_tokens":2,"cached_tokens":1,"finish_reason":{"type":"length","length":2}}}'
  expect(interpretStream(frame.replace('%', answer), { api })).toMatchObject({
    text: 'Hi',
    finishReason: 'length',
    usage: { promptTokens: 3, completionTokens: 2, cachedTokens: 1 },
    truncated: false,
  })
})
