import { describe, expect, test } from 'vitest'
import { createParser, parseEventStream, type StreamEvent } from '../../../src/stream/sse.ts'
import { fixtures } from '../../support/fixtures.ts'

function feed(chunks: string[]): { events: StreamEvent[]; unterminated: boolean } {
  const events: StreamEvent[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })
  for (const chunk of chunks) parser.feed(chunk)
  return { events, unterminated: parser.end() }
}

const all = fixtures(/\.sse$/)

describe('fixtures', () => {
  test('there are streams of every server and of the edges of the standard', () => {
    expect(all.length).toBeGreaterThan(30)
  })

  for (const { name, text, expected } of all) {
    test(`${name}: whole`, () => {
      expect(parseEventStream(text).events).toEqual(expected)
    })

    test(`${name}: character by character, and cut in two anywhere`, () => {
      const whole = parseEventStream(text)
      expect(feed(Array.from(text))).toEqual(whole)
      for (let cut = 1; cut < Math.min(text.length, 600); cut++) {
        expect(feed([text.slice(0, cut), text.slice(cut)])).toEqual(whole)
      }
    })
  }
})

describe('the end of a stream', () => {
  test.each([
    ['data: a\n\n', false],
    ['data: a\n\ndata: b\n\n', false],
    ['data: a\n\ndata: b', true],
    ['data: a\n\ndata: b\n', true],
    ['data: a\n\nevent: x\n', true],
    ['data: a\n\n: a comment', false],
    ['data: a\n\n: a comment\n', false],
    ['', false],
    ['data: [DONE]', true],
  ])('%j leaves an unfinished event: %s', (text, unterminated) => {
    expect(parseEventStream(text).unterminated).toBe(unterminated)
  })

  test('an unfinished event is no event', () => {
    expect(parseEventStream('data: a\n\ndata: b').events.map((e) => e.data)).toEqual(['a'])
  })
})

describe('unknown fields', () => {
  test('are reported, not thrown', () => {
    const lines: string[] = []
    const parser = createParser({ onEvent: () => {}, onUnknownLine: (line) => lines.push(line) })
    parser.feed('error: {"a":1}\ndata: x\nDATA: y\n: comment\nretry: 5\nid\nevent\n\n')
    expect(lines).toEqual(['error: {"a":1}', 'DATA: y'])
  })
})

describe('a limit on lines and events', () => {
  const limited = (chunks: string[], maxBufferSize: number) => {
    const events: string[] = []
    const errors: string[] = []
    const parser = createParser({
      onEvent: (event) => events.push(event.data),
      onError: (error) => errors.push(error.type),
      maxBufferSize,
    })
    for (const chunk of chunks) parser.feed(chunk)
    return { events, errors, unterminated: parser.end() }
  }
  const over = { errors: ['max-buffer-size-exceeded'], unterminated: true }

  test.each([
    ['a line of the limit', `data: ${'x'.repeat(14)}\n\n`, { events: ['x'.repeat(14)] }],
    [
      'a line over it',
      `data: a\n\ndata: ${'x'.repeat(15)}\n\ndata: b\n\n`,
      { events: ['a'], ...over },
    ],
    ['a comment over it', `data: a\n\n:${'x'.repeat(20)}\ndata: b\n\n`, { events: ['a'], ...over }],
    ['a line that never ends', `data: a\n\ndata: ${'x'.repeat(15)}`, { events: ['a'], ...over }],
    [
      'data of the limit in several lines',
      `data: ${'x'.repeat(10)}\ndata: ${'y'.repeat(9)}\n\n`,
      { events: [`${'x'.repeat(10)}\n${'y'.repeat(9)}`] },
    ],
    [
      'data over it in several lines',
      `data: a\n\ndata: ${'x'.repeat(10)}\ndata: ${'y'.repeat(10)}\n\ndata: b\n\n`,
      { events: ['a'], ...over },
    ],
  ])('%s, whole and in pieces', (_what, text, expected) => {
    const want = { errors: [], unterminated: false, ...expected }
    expect(limited([text], 20)).toEqual(want)
    expect(limited(Array.from(text), 20)).toEqual(want)
    expect(limited([text.slice(0, 30), text.slice(30)], 20)).toEqual(want)
  })

  test('the whole-text reader tells it, and has it 16 M characters away', () => {
    const text = `data: a\n\ndata: ${'x'.repeat(2000)}\n\n`
    const parsed = parseEventStream(text, { maxBufferSize: 1000 })
    expect(parsed.events.map((event) => event.data)).toEqual(['a'])
    expect(parsed.error?.type).toBe('max-buffer-size-exceeded')
    expect(parseEventStream(text)).not.toHaveProperty('error')
    const huge = parseEventStream(`data: a\n\ndata: ${'x'.repeat(16 * 1024 * 1024)}\n\n`)
    expect(huge.events.length).toBe(1)
    expect(huge.error?.message).toContain('16777216')
  })
})
