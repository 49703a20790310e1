import { describe, expect, test, vi } from 'vitest'
import { createRandom, type Random } from '../../../../src/core/random.ts'
import type { Api } from '../../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { castRun, learnMould, type Mould } from '../../../../src/stream/rows/mould.ts'
import { chunk } from '../../../support/answers.ts'
import { fixtures, recordingOf, rowFixtures } from '../../../support/fixtures.ts'

/** The same stream read by comparison and in full. */
function both(data: string[], api: Api) {
  const recording = recordingOf(data.map((text) => ({ data: text })))
  return [
    interpretStream(recording, { api }),
    interpretStream(recording, { api, scan: false }),
  ] as const
}

/** The words of one event, read as a run. */
function castIn(mould: Mould | undefined, event: string): string | undefined {
  const run = castRun(mould as Mould, [event], 0, 1)
  return run.count === 1 ? run.words : undefined
}

const keys = ['"content":"', '"reasoning":"']

describe('a mould', () => {
  test('is what is around the words', () => {
    const mould = learnMould(chunk('Hi'), 'Hi', keys, false)
    expect(mould && mould.before + mould.after).toBe(chunk(''))
    expect(castIn(mould, chunk(' there'))).toBe(' there')
    expect(castIn(mould, chunk('안녕 👋'))).toBe('안녕 👋')
    expect(castIn(mould, chunk('"a"\n\\\u0001'))).toBe('"a"\n\\\u0001')
  })

  test.each([
    ['a finish reason', chunk('x', 'stop')],
    ['no words', chunk('')],
    ['an escape that is none', chunk('a').replace('"a"', '"\\q"')],
    ['an escaped end', chunk('a').replace('"a"', '"a\\"')],
    ['an escape and a raw quote', chunk('a').replace('"a"', '"\\n","x":"b"')],
    ['a control character', chunk('a').replace('"a"', '"\u0001"')],
    ['another shape', '{"id":"c1"}'],
    ['a raw quote', chunk('a').replace('"a"', '"a","x":"b"')],
  ])('fits no event with %s', (_what, event) => {
    const mould = learnMould(chunk('Hi'), 'Hi', keys, false)
    expect(castIn(mould, event)).toBeUndefined()
  })

  test.each([
    ['twice', '{"content":"a","x":{"content":"a"}}', 'a'],
    ['under another key', '{"refusal":"a"}', 'a'],
    ['with an escape', '{"content":"a\\n"}', 'a\n'],
    ['shorter than the string', '{"content":"ab"}', 'a'],
  ])('is not learnt where the words stand %s', (_what, event, words) => {
    expect(learnMould(event, words, keys, false)).toBeUndefined()
  })

  test('saves the parser nearly every event of an ordinary stream', () => {
    const data = Array.from({ length: 500 }, (_, i) => chunk(`word${i} `))
    const parse = vi.spyOn(JSON, 'parse')
    const outcome = interpretStream(recordingOf(data.map((text) => ({ data: text }))), {
      api: 'openai-chat',
    })
    const parsed = parse.mock.calls.length
    parse.mockRestore()
    expect(outcome.generated).toHaveLength(500)
    expect(outcome.text.startsWith('word0 word1 ')).toBe(true)
    expect(parsed).toBeLessThan(8)
  })

  test('is given up where every event has a time of its own', () => {
    const data = Array.from({ length: 50 }, (_, i) =>
      chunk(`w${i}`).replace('{', `{"created":${i},`),
    )
    const parse = vi.spyOn(JSON, 'parse')
    both(data, 'openai-chat')
    const parsed = parse.mock.calls.length
    parse.mockRestore()
    // 50 each, and one more for each of the moulds that were tried.
    expect(parsed).toBeLessThanOrEqual(2 * 50 + 6)
  })
})

describe('read by comparison and in full, a stream says the same', () => {
  test.each(fixtures(/./).map(({ name, api, text }) => ({ name, api, text })))('$name', ({
    api,
    text,
  }) => {
    expect(interpretStream(text, { api })).toEqual(interpretStream(text, { api, scan: false }))
  })
  test.each(rowFixtures().map(({ name, api, text }) => ({ name, api, text })))('$name', ({
    api,
    text,
  }) => {
    expect(interpretStream(text, { api })).toEqual(interpretStream(text, { api, scan: false }))
  })

  const WORDS = [
    'a',
    ' the',
    '안녕',
    '👋',
    '',
    '\n',
    '"',
    '\\',
    '\t',
    'x'.repeat(40),
    '}',
    '{"content":"',
    '","',
    'content',
    '\u2028',
    '[DONE]',
    'null',
  ]

  /** An event of one of the wires that are read so, now and then with something out of the way. */
  function event(random: Random, api: Api, thinking: boolean): string {
    const words = random.item(WORDS)
    const odd = random.next()
    if (api === 'anthropic-messages') {
      const delta = thinking
        ? { type: 'thinking_delta', thinking: words }
        : { type: 'text_delta', text: words }
      if (odd < 0.05)
        return JSON.stringify({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn' },
          usage: { output_tokens: 4 },
        })
      if (odd < 0.1) return JSON.stringify({ type: 'error', error: { type: 'x', message: words } })
      return JSON.stringify({ type: 'content_block_delta', index: thinking ? 0 : 1, delta })
    }
    if (api === 'openai-completions') {
      const finish = odd < 0.05 ? 'stop' : null
      const choice = { index: odd > 0.95 ? 1 : 0, text: words, finish_reason: finish }
      return JSON.stringify({
        id: 'c',
        object: 'text_completion',
        choices: [choice],
        ...(odd > 0.9 && { usage: { completion_tokens: 5, prompt_tokens: 2 } }),
      })
    }
    const delta: Record<string, unknown> = thinking ? { reasoning: words } : { content: words }
    if (odd < 0.04) delta.refusal = random.item(WORDS)
    if (odd > 0.04 && odd < 0.08) delta.reasoning = random.item(WORDS)
    if (odd > 0.08 && odd < 0.1)
      delta.tool_calls = [{ index: 0, id: 't', function: { name: 'f', arguments: words } }]
    const json: Record<string, unknown> = {
      ...(odd < 0.97 && { id: 'c', object: 'chat.completion.chunk' }),
      model: random.next() < 0.05 ? 'other' : 'm',
      ...(odd > 0.1 && odd < 0.13 && { note: { content: words } }),
      choices: [
        {
          index: odd > 0.13 && odd < 0.16 ? 1 : 0,
          delta,
          finish_reason: odd > 0.16 && odd < 0.18 ? 'stop' : null,
        },
      ],
      ...(odd > 0.18 &&
        odd < 0.21 && { usage: { prompt_tokens: 3, completion_tokens: random.integer(0, 9) } }),
      ...(odd > 0.21 && odd < 0.22 && { error: { message: words } }),
    }
    const text = JSON.stringify(json)
    if (odd > 0.22 && odd < 0.23) return text.slice(0, -random.integer(1, 5))
    return odd > 0.23 && odd < 0.24 ? text.replace('a', '\u0002') : text
  }

  test.each([
    'openai-chat',
    'openai-completions',
    'anthropic-messages',
    'gateway',
  ] as const)('1,500 streams of %s', (api) => {
    const random = createRandom(api.length)
    let cast = 0
    for (let round = 0; round < 1500; round++) {
      const thoughts = random.integer(0, 8)
      const data = Array.from({ length: random.integer(1, 40) }, (_, i) =>
        event(random, api, i < thoughts),
      )
      const parse = vi.spyOn(JSON, 'parse')
      const [scanned, full] = both(data, api)
      const calls = parse.mock.calls.filter(([text]) => !text.startsWith('"')).length
      parse.mockRestore()
      expect(scanned, JSON.stringify(data)).toEqual(full)
      if (calls < 2 * data.length) cast++
    }
    expect(cast).toBeGreaterThan(300) // it was read by comparison at all
  })

  const BREAKS = ['\\', '"', '\n', '\r', '\u0001', '\\u00', '\\n', '\\"', '\\u0041', '","', '}\n{']

  // A busy machine takes longer than vitest's five seconds.
  test('1,000 long streams in runs of all lengths, with an event broken here and there', {
    timeout: 60_000,
  }, () => {
    const random = createRandom(5)
    for (let round = 0; round < 1000; round++) {
      const every = random.integer(1, 200)
      const data = Array.from({ length: random.integer(1, 900) }, () => chunk(random.item(WORDS)))
      for (let i = 0; i < data.length; i += random.integer(1, every)) {
        const text = data[i] as string
        const words = text.indexOf('"content":"') + '"content":"'.length
        const at = random.integer(words - 2, Math.min(words + 4, text.length))
        const kind = random.next()
        // Two events as one of two lines; else a break in or beside the words.
        if (kind < 0.2) data[i] = `${text}\n${text}`
        else if (kind < 0.3) data[i] = ''
        else data[i] = text.slice(0, at) + random.item(BREAKS) + text.slice(at)
      }
      const [scanned, full] = both(data, 'openai-chat')
      if (JSON.stringify(scanned) !== JSON.stringify(full)) expect(scanned).toEqual(full)
    }
  })
})
