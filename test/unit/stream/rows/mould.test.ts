import { describe, expect, test, vi } from 'vitest'
import { interpretStream } from '../../../../src/stream/interpret.ts'
import { castRun, learnMould, type Mould } from '../../../../src/stream/rows/mould.ts'
import { chunk } from '../../../support/answers.ts'
import { fixtures, recordingOf, rowFixtures } from '../../../support/fixtures.ts'
import { both, fuzzLongStreams, fuzzShortStreams } from '../../../support/fuzz/moulds.ts'

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

  fuzzShortStreams(50)
  fuzzLongStreams(20)
})
