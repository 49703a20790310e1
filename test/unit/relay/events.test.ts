import { describe, expect, test } from 'vitest'
import { interpretStream, type Recording } from '#node'
import { type CutBody, createEventCutter } from '../../../relay/body/events.ts'
import { createTextDecoder } from '../../../relay/body/text.ts'
import { fixtures, rowFixtures } from '../../support/fixtures.ts'

/** Cuts a body that comes in pieces of so many bytes; piece n comes at n. */
function cut(body: string | Buffer, size: number): CutBody {
  const bytes = Buffer.from(body)
  const decoder = createTextDecoder()
  const cutter = createEventCutter()
  let time = 0
  for (let from = 0; from < bytes.length; from += size) {
    time++
    cutter.feed(decoder.decode(bytes.subarray(from, from + size)), time)
  }
  cutter.feed(decoder.end(), time)
  return cutter.end()
}

const asRecording = (body: CutBody): Recording => ({
  startedAt: 0,
  endedAt: 1,
  status: 200,
  headers: {},
  ...body,
})

/** What was read, without times. */
function meaning(input: string | Recording, api: Parameters<typeof interpretStream>[1]['api']) {
  const { timing, streamed, events, generated, spans, firstVisible, unterminated, ...rest } =
    interpretStream(input, { api })
  return { ...rest, generated, firstVisible }
}

describe('every stream, in pieces of 1, 7 and 4096 bytes, reads as the whole body does', () => {
  test.each([...fixtures(/./), ...rowFixtures()])('$name', ({ text, api }) => {
    for (const size of [1, 7, 4096]) {
      const recording = asRecording(cut(text, size))
      expect(meaning(recording, api), `${size} bytes`).toEqual(meaning(text, api))
    }
  })
})

describe('events', () => {
  test.each([
    ['LF', 'data: a\n\ndata: b\n\n'],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['CR', 'data: a\r\rdata: b\r\r'],
    ['a byte order mark', '\ufeffdata: a\n\ndata: b\n\n'],
    ['comments between', ': ping\n\ndata: a\n\n: ping\n\ndata: b\n\n'],
  ])('with %s', (_, text) => {
    for (const size of [1, 2, 3, 100]) {
      expect(cut(text, size)).toMatchObject({
        source: 'stream',
        data: ['a', 'b'],
        event: [],
        unterminated: false,
      })
    }
  })

  test('have the time of the piece that ended them', () => {
    // The blank line of the first is byte 9, of the second byte 18.
    expect(cut('data: a\n\ndata: b\n\n', 1)).toMatchObject({ at: [9, 18] })
    expect(cut('data: a\n\ndata: b\n\n', 10)).toMatchObject({ at: [1, 2] })
  })

  test('keep their names, and lines that are none with their times', () => {
    expect(cut('event: x\ndata: a\n\n{"error":"no"}\ndata: b\n\n', 1)).toMatchObject({
      event: ['x', ''],
      raw: ['{"error":"no"}'],
      rawAt: [33],
    })
  })

  test('without an end are not there, and said to be missing', () => {
    expect(cut('data: a\n\ndata: b', 3)).toMatchObject({ data: ['a'], unterminated: true })
  })

  test('a line without an end is a problem, not all memory', () => {
    const cutter = createEventCutter()
    for (let i = 0; i < 17; i++) cutter.feed('x'.repeat(1048576), i)
    expect(cutter.problem).toMatch(/longer than 16777216 characters/)
  })
})

describe('rows of JSON', () => {
  test('have the time of their line, the last one without a line end too', () => {
    expect(cut('{"a":1}\n{"a":2}\n{"a":3}', 8)).toMatchObject({
      source: 'stream',
      raw: ['{"a":1}', '{"a":2}', '{"a":3}'],
      rawAt: [1, 2, 3],
      unterminated: false,
    })
  })

  test('cut in the middle are a rest', () => {
    expect(cut('{"a":1}\n{"a":2}\n{"a":', 5)).toMatchObject({
      raw: ['{"a":1}', '{"a":2}'],
      unterminated: true,
    })
  })
})

describe('what is no stream stays text', () => {
  test.each([
    ['one object', '{"a":1}'],
    ['an object on several lines', '{\n  "a": {\n  }\n}\n'],
    ['a list', '[\n{"a":1},\n{"a":2}\n]'],
    ['a page', '<html>\n<title>502</title>\n</html>'],
    ['an event without an end', 'data: {"error":"no"}'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    for (const size of [1, 5, 100]) expect(cut(text, size)).toEqual({ source: 'body', body: text })
  })
})

describe('text', () => {
  test.each([
    ['Korean and emoji', Buffer.from('한국어 🙂 ok')],
    ['an invalid byte after a begun character', Buffer.from([0x61, 0xe2, 0x82, 0xff, 0x62])],
    ['a character that is cut off', Buffer.from([0x61, 0xe2, 0x82])],
    ['a byte order mark', Buffer.from('\ufeffa')],
  ])('%s: pieces of any size read as the whole', (_, bytes) => {
    const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    for (let size = 1; size <= bytes.length; size++) {
      const decoder = createTextDecoder()
      let text = ''
      for (let from = 0; from < bytes.length; from += size) {
        text += decoder.decode(bytes.subarray(from, from + size))
      }
      expect(text + decoder.end()).toBe(whole)
    }
  })
})
