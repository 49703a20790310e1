import { describe, expect, test } from 'vitest'
import { hasOutput, readHere } from '../../../relay/body/reading.ts'
import { parseOutcome, type Recording, type RequestNote } from '../../../src/node.ts'

const chunk = (delta: object, finish: string | null = null) =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })

const STREAM: Recording = {
  source: 'stream',
  startedAt: 100,
  headersAt: 110,
  endedAt: 190,
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  at: [110, 150, 170, 180],
  data: [
    chunk({ role: 'assistant' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({}, 'stop'),
  ],
  event: [],
  raw: [],
  rawAt: [],
  unterminated: false,
}
const NOTE: RequestNote = { api: 'openai-chat', stream: true, stallLimit: 2000, read: true }

describe('an answer whose events nobody wants', () => {
  test('is read, and its events stay here', () => {
    const { outcome, gaps, ...rest } = readHere(STREAM, NOTE)
    for (const name of ['at', 'data', 'raw']) expect(rest).not.toHaveProperty(name)
    const read = parseOutcome(outcome as string, gaps)
    expect(read).toMatchObject({ text: 'Hello', finishReason: 'stop', events: 4, spans: [1, 2] })
    expect(read.timing).toMatchObject({ ttfb: 10, ttft: 50, duration: 70, gaps: [20] })
  })

  test.each<[string, Recording]>([
    ['an error', { ...STREAM, status: 400 }],
    ['no stream', { ...STREAM, source: 'body', body: '{}', at: undefined, data: undefined }],
    ['a stream without an event', { ...STREAM, at: [], data: [], raw: ['<html>'], rawAt: [1] }],
  ])('is handed over as it came where it is %s', (_what, recording) => {
    expect(readHere(recording, NOTE)).toBe(recording)
  })
})

test.each<[string, RequestNote | undefined]>([
  ['that wants them', { ...NOTE, read: false }],
  ['of another version of the library', { api: 'openai-chat', stream: true }],
  ['that is none of a model', undefined],
  ['in a wire that is not known here', { ...NOTE, api: 'unheard-of' }],
])('a request %s gets its events', (_what, note) => {
  expect(readHere(STREAM, note)).toBe(STREAM)
})

describe('whether anything was generated', () => {
  const first = { ...STREAM, at: [110], data: [chunk({ role: 'assistant' })] }

  test('a role alone is nothing', () => {
    expect(hasOutput(first, NOTE)).toBe(false)
    expect(hasOutput(STREAM, NOTE)).toBe(true)
  })

  test('where the wire is not known any event will do', () => {
    expect(hasOutput(first, undefined)).toBe(true)
    expect(hasOutput({ ...first, at: [], data: [] }, undefined)).toBe(false)
  })
})
