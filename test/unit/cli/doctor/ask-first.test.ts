import { describe, expect, test } from 'vitest'
import { lineOf, questionOf } from '../../../../cli/doctor/ask-first.ts'
import type { Examination } from '../../../../cli/doctor/examine.ts'

const library = { importsLibrary: true, addressVariables: [] }

describe('whom a run asks first', () => {
  test('the server that the variables name, as the script will', () => {
    const given = { BASE_URL: 'http://a:8000/v1/', API: 'openai-chat', API_TOKEN: 't' }
    expect(questionOf(library, given, { MODEL: 'm', BASE_URL: 'http://b' })).toEqual({
      url: 'http://a:8000',
      api: 'openai-chat',
      model: 'm',
      token: 't',
    })
    const both = { API_BASE_URL: 'http://a', BASE_URL: 'http://b' }
    expect(questionOf(library, both, {})?.url).toBe('http://a')
  })

  test('a script without the library where its code names the variable', () => {
    const own = { importsLibrary: false, addressVariables: ['BASE_URL'] }
    expect(questionOf(own, { BASE_URL: 'http://a' }, {})?.url).toBe('http://a')
    const none = { importsLibrary: false, addressVariables: ['OTHER_URL'] }
    expect(questionOf(none, { BASE_URL: 'http://a' }, {})).toBeUndefined()
  })

  test('nobody where no server is known, or not as this can ask', () => {
    expect(questionOf(library, {}, {})).toBeUndefined()
    for (const url of ['localhost:8000', 'http://a/?api-version=1', 'http://me:secret@a']) {
      expect(questionOf(library, { BASE_URL: url }, {}), url).toBeUndefined()
    }
  })
})

describe('what it says', () => {
  const heard = (more: Partial<Examination>): Examination => ({
    schema: 'k6-llm/doctor@1',
    url: 'http://a',
    k6: null,
    server: { name: 'vLLM', api: 'openai-chat', models: ['m'] },
    streams: [],
    findings: [],
    requests: 2,
    ok: true,
    ...more,
  })

  test('who answers, and how soon', () => {
    const phases = { status: 200, dns: 1, connect: 1, tls: null, firstByte: 5, total: 9 }
    const streams = [{ ...phases, firstToken: 22.6, events: 3, tokens: 3 }]
    expect(lineOf(heard({ streams }))).toBe(
      'asked http://a first: vLLM answers as openai-chat, first token after 23 ms',
    )
  })

  test('what is wrong, in the words of the server, and what helps', () => {
    const found = 'POST /v1/chat/completions was answered by HTTP 404: The model x does not exist.'
    const findings = [
      { check: 'server', level: 'ok' as const, found: 'vLLM' },
      { check: 'path', level: 'fail' as const, found, todo: 'is the model known there?' },
    ]
    expect(lineOf(heard({ findings }))).toBe(
      `asked http://a first: ${found}; do: is the model known there?`,
    )
  })
})
