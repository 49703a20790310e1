import { readFileSync } from 'node:fs'
import { createParser } from 'eventsource-parser'
import { describe, expect, test } from 'vitest'
import { answer, body, eventsOf } from '../../../bench/bytes.ts'
import { interpretStream } from '../../../src/stream/interpret.ts'

/** By a parser of other people. */
function parse(text: string): string[] {
  const data: string[] = []
  createParser({ onEvent: (event) => data.push(event.data) }).feed(text)
  return data
}

const fixture = readFileSync(
  new URL('../../fixtures/streams/vllm-chat.sse', import.meta.url),
  'utf8',
)

describe('the streamed bytes', () => {
  test('are events with the keys of the recorded ones, in their order', () => {
    const keys = (text: string): string =>
      text === '[DONE]' ? text : (JSON.stringify(JSON.parse(text)).match(/"\w+":/g) ?? []).join('')
    const recorded = parse(fixture)
    const made = parse(body(answer(3).data))
    const ends = [recorded.length - 3, recorded.length - 2, recorded.length - 1]
    expect(keys(made[1] as string)).toBe(keys(recorded[1] as string))
    expect(made.slice(-3).map(keys)).toEqual(ends.map((i) => keys(recorded[i] as string)))
  })

  test.each([1, 512, 4096])('of %d tokens have that many, and the usage says so', (tokens) => {
    const { data, text } = answer(tokens)
    expect(data.length).toBe(eventsOf(tokens))
    expect(parse(body(data))).toEqual(data)
    const outcome = interpretStream(body(data), { api: 'openai-chat' })
    expect(outcome.generated.length).toBe(tokens)
    expect(outcome.text).toBe(text)
    expect(outcome.usage?.completionTokens).toBe(tokens)
    expect(outcome).toMatchObject({ truncated: false, unterminated: false, finishReason: 'length' })
  })

  test('repeat by their seed', () => {
    expect(answer(50, 7)).toEqual(answer(50, 7))
    expect(answer(50, 7).text).not.toBe(answer(50, 8).text)
  })

  test('have what a scan could stumble over: escapes, quotes, Hangul', () => {
    const { data } = answer(512)
    for (const part of ['\\n', '\\"', '\\t', '안녕']) {
      expect(
        data.some((one) => one.includes(part)),
        part,
      ).toBe(true)
    }
  })
})
