import { beforeEach, describe, expect, test } from 'vitest'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { openSession } from '../../../src/client/session.ts'
import { completion } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import { error, json, serve } from '../models/servers.ts'

const global = globalThis as unknown as { __ENV: Record<string, string> }
const baseUrl = 'http://sim'
const asked = () => requests.map((r) => `${r.method} ${r.url.replace(baseUrl, '')}`)
const list = (owner: string, ...names: string[]) =>
  json({ object: 'list', data: names.map((id) => ({ id, object: 'model', owned_by: owner })) })
const chatOf = (model = 'm') => ({ body: completion('Hi', 1, model) })

beforeEach(() => {
  world.reset()
  global.__ENV = {}
  samples.length = 0
  requests.length = 0
})

describe('what a server is', () => {
  test('vLLM: a list, no gateway before it, and its health', async () => {
    serve({ 'GET /v1/models': list('vllm', 'org/m'), 'GET /health': {} })
    expect(await openSession({ baseUrl })).toEqual({
      ok: true,
      name: 'vLLM',
      api: 'openai-chat',
      backend: 'list',
      models: ['org/m'],
      model: 'org/m',
      about: 'vLLM, openai-chat, org/m',
      health: 'http://sim/health',
      error: null,
    })
    expect(asked()).toEqual(['GET /v1/models', 'GET /api/models/status', 'GET /health'])
    // Nothing of it is a failure in k6's own figures.
    expect(requests.map((r) => r.params.responseCallback)).toEqual([null, null, null])
  })

  test.each([
    [
      'Ollama',
      list('library', 'nomic-embed-text', 'qwen3:8b'),
      'openai-chat',
      'ollama',
      'qwen3:8b',
    ],
    ['llama-swap', list('llama-swap', 'a', 'b'), 'openai-chat', 'llama-swap', 'a'],
    ['TabbyAPI', list('tabbyAPI', 'a'), 'openai-chat', 'tabbyapi', 'a'],
    ['SGLang', list('sglang', 'a'), 'openai-chat', 'list', 'a'],
    [
      'llama.cpp',
      json({ data: [{ id: 'a', owned_by: 'llamacpp', status: { value: 'loaded' } }] }),
      'openai-chat',
      'llamacpp-router',
      'a',
    ],
    ['Anthropic', json({ data: [{ id: 'c', type: 'model' }] }), 'anthropic-messages', 'list', 'c'],
  ])('%s', async (name, models, api, backend, model) => {
    serve({ 'GET /v1/models': models })
    const session = await openSession({ baseUrl })
    expect(session).toMatchObject({ ok: true, name, api, backend, model })
    expect(session.health).toBeUndefined()
  })

  test("the guide's gateway: the model that it runs, not `current`", async () => {
    const status = {
      current_profile: 'a',
      status: 'running',
      available_profiles: { a: { model_id: 'org/a' }, b: { model_id: 'org/b' } },
    }
    serve({ 'GET /api/models/status': json(status) })
    global.__ENV = { MODEL: 'current', BASE_URL: baseUrl }
    const found = { api: 'gateway', backend: 'gateway', model: 'org/a', models: ['a', 'b'] }
    expect(await openSession()).toMatchObject(found)
    // One that shares its address with the vLLM behind it is the gateway too.
    serve({ 'GET /v1/models': list('vllm', 'org/a'), 'GET /api/models/status': json(status) })
    expect(await openSession()).toMatchObject(found)
  })

  test('a login first, where there are credentials and no token', async () => {
    serve({
      'POST /api/auth/login': json({ access_token: 't' }),
      'GET /v1/models': list('vllm', 'm'),
    })
    global.__ENV = { TEST_EMAIL: 'a@b.c', TEST_PASSWORD: 'p' }
    expect((await openSession({ baseUrl })).token).toBe('t')
    expect(requests[1]?.params.headers).toMatchObject({ Authorization: 'Bearer t' })
    requests.length = 0
    global.__ENV.API_TOKEN = 'key'
    expect((await openSession({ baseUrl })).token).toBe('key')
    expect(asked()).not.toContain('POST /api/auth/login')
    delete global.__ENV.API_TOKEN
    serve({ 'POST /api/auth/login': error(401, { detail: 'wrong' }) })
    expect(await openSession({ baseUrl })).toMatchObject({
      ok: false,
      error: { kind: 'http_4xx', message: 'login failed: http_4xx: HTTP 401: wrong' },
    })
  })
})

describe('a server without a list', () => {
  test('one POST tells', async () => {
    serve({ 'POST /v1/chat/completions': chatOf() })
    expect(await openSession({ baseUrl, model: 'm' })).toMatchObject({
      ok: true,
      api: 'openai-chat',
      model: 'm',
      models: [],
      about: 'openai-chat, m',
    })
    const posts = requests.filter((r) => r.method === 'POST').map((r) => r.body)
    expect(posts).toHaveLength(1)
    expect(JSON.parse(posts[0] ?? '')).toMatchObject({ model: 'm', max_tokens: 1 })
    expect(requests.length).toBeLessThanOrEqual(6)
  })

  test("LiteLLM without a database: the server's words", async () => {
    const noDb = error(400, { error: { message: 'No connected db.', code: '400' } })
    serve({ 'GET /v1/models': noDb, 'POST /v1/chat/completions': noDb })
    expect(await openSession({ baseUrl })).toMatchObject({
      ok: false,
      api: 'openai-chat',
      error: { kind: 'http_4xx', status: 400, message: 'HTTP 400: No connected db.' },
    })
  })

  test('a key that may not see the list may still chat', async () => {
    const refused = error(403, { error: { message: 'key not allowed' } })
    serve({ 'GET /v1/models': refused, 'POST /v1/chat/completions': chatOf() })
    expect(await openSession({ baseUrl, model: 'm' })).toMatchObject({ ok: true })
    serve({ 'GET /v1/models': refused, 'POST /v1/chat/completions': refused })
    expect((await openSession({ baseUrl, model: 'm' })).error?.message).toBe(
      'HTTP 403: key not allowed',
    )
  })

  test('what waiting may mend ends nothing', async () => {
    serve({ 'POST /v1/chat/completions': error(503, { error: { message: 'loading' } }) })
    expect(await openSession({ baseUrl })).toMatchObject({ ok: true, api: 'openai-chat' })
  })

  test('no server of models at all', async () => {
    serve({})
    const { ok, error: why } = await openSession({ baseUrl: 'http://sim/api/chat2' })
    expect(ok).toBe(false)
    expect(why?.message).toMatch(
      /^HTTP 404: no language model was recognised at .*\/v1\/models 404/,
    )
  })

  test('a redirect is named, a refused connection is that', async () => {
    serve({ 'GET /v1/models': { status: 307, headers: { Location: 'https://b/v1' } } })
    expect((await openSession({ baseUrl })).error).toMatchObject({
      kind: 'http_3xx',
      message: expect.stringContaining('redirected to https://b/v1'),
    })
    serve({ 'GET /v1/models': { status: 0, error: 'connection refused', error_code: 1212 } })
    expect((await openSession({ baseUrl })).error?.kind).toBe('connect')
    expect(asked().slice(-1)).toEqual(['GET /v1/models'])
  })
})

describe('what is explicit wins', () => {
  test('API, BACKEND and MODEL', async () => {
    serve({ 'GET /v1/models': list('library', 'a') })
    global.__ENV = { API: 'ollama-chat', BACKEND: 'list', MODEL: 'b' }
    expect(await openSession({ baseUrl })).toMatchObject({
      api: 'ollama-chat',
      backend: 'list',
      model: 'b',
    })
    global.__ENV = { API: 'auto', BACKEND: 'auto' }
    expect(await openSession({ baseUrl })).toMatchObject({ api: 'openai-chat', backend: 'ollama' })
  })

  test('a name that there is none of ends the test', async () => {
    serve({})
    await expect(openSession({ baseUrl, api: 'x' as never })).rejects.toThrow(Aborted)
    await expect(openSession({ baseUrl, backend: 'x' as never })).rejects.toThrow(/backend: /)
  })

  test("of a vendor's models none is taken at random", async () => {
    serve({ 'GET /v1/models': list('system', 'small', 'dear') })
    expect(await openSession({ baseUrl })).toMatchObject({
      ok: false,
      error: { message: 'OpenAI has 2 models: name one by -e MODEL=…' },
    })
    expect(await openSession({ baseUrl, model: 'small' })).toMatchObject({ ok: true })
  })
})

describe('handed on', () => {
  const session = { api: 'ollama-chat' as const, model: 'a', token: 't' }
  const row = json({ model: 'a', message: { role: 'assistant', content: 'Hi' }, done: true })

  test('a request goes as the session says, and is tagged so', async () => {
    serve({ 'POST /api/chat': row })
    global.__ENV = { API_TOKEN: 'env', MODEL: 'current' }
    const reply = await createChatClient({ baseUrl }).complete('Hi', { session })
    expect(reply.ok).toBe(true)
    expect(requests[0]?.params.headers).toMatchObject({ Authorization: 'Bearer t' })
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ model: 'a' })
    expect(valuesOf('llm_requests', { api: 'ollama-chat', model: 'a' })).toEqual([1])
  })

  test("the client's own options win; no session is none", async () => {
    serve({ 'POST /v1/chat/completions': chatOf('c') })
    const chat = createChatClient({ baseUrl, api: 'openai-chat', model: 'c', token: 'own' })
    expect((await chat.complete('Hi', { session })).ok).toBe(true)
    expect(requests[0]?.params.headers).toMatchObject({ Authorization: 'Bearer own' })
    expect((await chat.complete('Hi', { session: null })).ok).toBe(true)
    expect(valuesOf('llm_requests', { api: 'openai-chat', model: 'c' })).toEqual([1, 1])
  })
})
