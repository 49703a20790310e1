import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { RelayDocument } from '#node'
import { type LineSource, toLine } from '../../../relay/record/line.ts'
import { secretsOf } from '../../../relay/record/secrets.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/requests-schema.json', import.meta.url), 'utf8'),
)
const fits = new Ajv({ strict: false }).compile(schema)

const source: LineSource = {
  url: 'http://a.test/v1/chat/completions',
  control: {
    base: 5000,
    method: 'POST',
    vu: 3,
    scenario: 'chat',
    tags: { model: 'm', attempt: '2' },
    note: { api: 'openai-chat', stream: true, model: 'm', arrival: 4990 },
  },
  secrets: [],
}
const notes = {
  wall: 1_800_000_000_000,
  total: 400,
  end: 'complete',
  reused: false,
  connect: 2,
  sent: 3,
  delay: 1,
  bytes: 500,
} as const
const chunk = (content: string, finish: string | null = null) =>
  JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })
const document: RelayDocument = {
  v: 1,
  source: 'stream',
  startedAt: 5000,
  headersAt: 5010,
  endedAt: 5400,
  status: 200,
  headers: {},
  at: [5100, 5150, 5200, 5201],
  data: [
    chunk('the '),
    chunk('answer', 'stop'),
    JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }),
    '[DONE]',
  ],
  event: [],
  raw: [],
  rawAt: [],
  relay: notes,
}

/** A line that its schema has. */
function lineOf(from: LineSource, of: RelayDocument) {
  const line = JSON.parse(JSON.stringify(toLine(from, of)))
  expect(fits(line), JSON.stringify(fits.errors)).toBe(true)
  return line
}

describe('a line of the record', () => {
  test('has the times of a stream, and nothing that was said', () => {
    const line = lineOf(source, document)
    expect(line).toEqual({
      v: 1,
      start: 1_800_000_000_000,
      meant: 1_799_999_999_990,
      vu: 3,
      scenario: 'chat',
      tags: { model: 'm', attempt: '2' },
      method: 'POST',
      url: 'http://a.test/v1/chat/completions',
      api: 'openai-chat',
      model: 'm',
      stream: true,
      attempt: 2,
      status: 200,
      end: 'complete',
      ok: true,
      connect: 2,
      reused: false,
      sent: 3,
      headers: 10,
      firstToken: 100,
      firstVisible: 100,
      lastToken: 150,
      total: 400,
      tpot: 50,
      longestGap: 50,
      stalls: 0,
      finishReason: 'stop',
      promptTokens: 7,
      completionTokens: 2,
      events: 4,
      chunks: 2,
      bytes: 500,
      delay: 1,
    })
    expect(JSON.stringify(line)).not.toContain('answer')
  })

  test("has the server's words of an error, without the secret that they repeat", () => {
    const body = '{"error":{"message":"Incorrect API key provided: sk-12345678","code":401}}'
    const line = lineOf(
      { ...source, secrets: secretsOf({ Authorization: 'Bearer sk-12345678' }) },
      { ...document, source: 'body', body, status: 401 },
    )
    expect(line.error).toEqual({
      kind: 'http_4xx',
      code: 401,
      message: 'Incorrect API key provided: ***',
    })
  })

  test('has no piece of an answer that could not be read', () => {
    const line = lineOf(source, { ...document, data: ['{"my secret answer'], at: [5100] })
    expect(line.error).toEqual({ kind: 'decode', message: 'not JSON' })
    const page = lineOf(source, { ...document, source: 'body', body: 'my secret answer' })
    expect(page.error).toEqual({ kind: 'decode', message: 'not an event stream (no content type)' })
  })

  test('of a request that k6 cut is neither good nor a failure', () => {
    const line = lineOf(source, { ...document, relay: { ...notes, end: 'cut' } })
    expect(line).toMatchObject({ end: 'cut', firstToken: 100 })
    expect(line).not.toHaveProperty('ok')
    expect(line).not.toHaveProperty('error')
  })

  test('of what is no request for generation has its exchange only', () => {
    const { note, ...control } = source.control
    const error = { kind: 'reset', message: 'other side closed' } as const
    const line = lineOf({ ...source, control }, { ...document, error })
    expect(line).toMatchObject({ status: 200, error, events: 0 })
    expect(line).not.toHaveProperty('firstToken')
  })
})
