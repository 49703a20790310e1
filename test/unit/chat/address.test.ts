import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { apiEndpoint, endpoint } from '../../../src/chat/address.ts'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'

const CHAT = '/v1/chat/completions'

beforeEach(() => {
  world.reset()
  requests.length = 0
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

const warnings = () => vi.mocked(console.warn).mock.calls.map(([text]) => text)
const chatOf = (address: string) => apiEndpoint(address, 'openai-chat', [CHAT, CHAT]).url

describe('the address that people have at hand', () => {
  test.each([
    ['http://h:1', 'http://h:1/v1/chat/completions'],
    ['http://h:1/v1', 'http://h:1/v1/chat/completions'],
    ['http://h:1/v1/', 'http://h:1/v1/chat/completions'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1/chat/completions'],
    ['https://h/proxy', 'https://h/proxy/v1/chat/completions'],
    ['https://h/api/paas/v4', 'https://h/api/paas/v4/chat/completions'],
    ['https://h/v1beta/openai/', 'https://h/v1beta/openai/chat/completions'],
    ['http://h:1/v1/chat/completions', 'http://h:1/v1/chat/completions'],
    ['https://api.perplexity.ai/chat/completions', 'https://api.perplexity.ai/chat/completions'],
    [
      'https://h/openai/deployments/d/chat/completions?api-version=1',
      'https://h/openai/deployments/d/chat/completions?api-version=1',
    ],
    ['http://h:1/?a=b', 'http://h:1/v1/chat/completions?a=b'],
    ['http://h:1/v1?a=b#c', 'http://h:1/v1/chat/completions?a=b'],
  ])('%s: chat at %s', (address, url) => {
    expect(chatOf(address)).toBe(url)
  })

  test.each([
    ['http://h/v1', '/v1/models', 'http://h/v1/models'],
    ['http://h/v1', '/metrics', 'http://h/metrics'],
    ['http://h/v1/chat/completions', '/v1/models', 'http://h/v1/models'],
    ['http://h/v1/chat/completions', '/health', 'http://h/health'],
    ['https://h/api/paas/v4', '/v1/models', 'https://h/api/paas/v4/models'],
    ['http://h/api', '/api/tags', 'http://h/api/tags'],
    ['http://h/api/chat', '/api/ps', 'http://h/api/ps'],
    ['http://h/api/chat', '/v1/models', 'http://h/v1/models'],
    ['http://h/generate', '/', 'http://h/'],
    ['http://h?x=1', '/metrics', 'http://h/metrics?x=1'],
  ])('%s: %s at %s', (address, path, url) => {
    expect(endpoint(address, path).url).toBe(url)
  })

  test.each([
    ['ollama-chat', '/api/chat', 'http://h/api', 'http://h/api/chat'],
    ['ollama-chat', '/api/chat', 'http://h/api/chat', 'http://h/api/chat'],
    ['ollama-chat', '/api/chat', 'http://h/v1', 'http://h/api/chat'],
    ['anthropic-messages', '/v1/messages', 'https://h/v1/messages', 'https://h/v1/messages'],
  ])('%s (%s) of %s: %s', (api, own, address, url) => {
    expect(apiEndpoint(address, api, [own]).url).toBe(url)
  })

  test('TGI has two paths, and either names the server', () => {
    const own = ['/generate_stream', '/generate']
    expect(apiEndpoint('http://h/generate', 'tgi-generate', own).url).toBe(
      'http://h/generate_stream',
    )
  })

  test('the address of another API is refused with the one that would be right', () => {
    for (const address of ['http://u:pw@h/x/v1/completions', 'http://h/x/v1/messages']) {
      expect(() => chatOf(address)).toThrow(
        /baseUrl: http:\/\/h\/x\/v1\/(completions|messages) is the address of another API than openai-chat, whose path is \/v1\/chat\/completions: pass http:\/\/h\/x, or the api/,
      )
    }
  })

  test('with a path of its own it is taken as it is', () => {
    const url = (address: string) => apiEndpoint(address, 'openai-chat', [CHAT], '/chat').url
    expect(url('http://h/v1')).toBe('http://h/v1/chat')
    expect(url('http://h/v1/messages?a=1')).toBe('http://h/v1/messages/chat?a=1')
  })

  test('it is said once what was made of it, and nothing where there was nothing to make', () => {
    chatOf('http://plain:1/')
    expect(warnings()).toEqual([])
    for (let i = 0; i < 3; i++) chatOf('http://u:secret@told/v1/?api-version=7&api_key=sk-1')
    expect(warnings()).toEqual([
      'k6-llm: baseUrl http://told/v1?api-version=7&api_key=…: requests go to ' +
        'http://told/v1/chat/completions?api-version=7&api_key=…',
    ])
  })
})

describe('a password in the address', () => {
  test.each([
    ['http://u:p%40ss@h', 'u:p@ss'],
    ['http://u:a@b@h', 'u:a@b'],
    ['http://u@h', 'u:'],
    ['http://u:100%@h', 'u:100%'],
  ])('%s goes as a header', (address, user) => {
    const { url, headers } = endpoint(address, '/v1/models')
    expect(url).toBe('http://h/v1/models')
    expect(headers).toEqual({ Authorization: `Basic ${btoa(user)}` })
  })

  test('is in nothing that a transport is given but that header, and a token replaces it', async () => {
    respond(() => ({ status: 404, body: '{"error":"no model"}' }))
    const chat = createChatClient({ baseUrl: 'http://u:secret@h/v1' })
    const result = await chat.complete('hi')
    await chat.embed('hi')
    await chat.connect()
    await chat.complete('hi', { token: 't' })
    expect(JSON.stringify([requests, result])).not.toContain('secret')
    const sent = requests.map(({ url, params }) => [url, params.headers])
    const basic = expect.objectContaining({ Authorization: `Basic ${btoa('u:secret')}` })
    expect(sent.slice(0, 2)).toEqual([
      ['http://h/v1/chat/completions', basic],
      ['http://h/v1/embeddings', basic],
    ])
    expect(sent[2]?.[0]).toBe('http://h/')
    expect(sent[3]?.[1]).toMatchObject({ Authorization: 'Bearer t' })
  })

  test('is in no message of what is wrong', () => {
    expect(() => createChatClient({ baseUrl: 'ftp://u:secret@h' })).toThrow(/ftp:\/\/h/)
    expect(() => createChatClient({ baseUrl: 'ftp://u:secret@h' })).not.toThrow(/secret/)
  })
})
