import { beforeEach, describe, expect, test } from 'vitest'
import { createModelManager } from '../../../src/models/manager.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import { error, json, serve } from './servers.ts'

const global = globalThis as unknown as { __ENV: Record<string, string> }
const manager = (options: Parameters<typeof createModelManager>[0]) =>
  createModelManager({ baseUrl: 'http://sim', pollInterval: 100, deadline: 2000, ...options })

beforeEach(() => {
  world.reset()
  world.tick = 0
  global.__ENV = {}
  samples.length = 0
  requests.length = 0
})

describe('a model under two names is one model', () => {
  const FILES = { 'a:latest': 'sha256:1', 'copy:latest': 'sha256:1', 'b:latest': 'sha256:2' }
  type Name = keyof typeof FILES
  const row = (name: Name) => ({ name, model: name, digest: FILES[name] })
  let resident: Name[]

  beforeEach(() => {
    resident = ['copy:latest']
    serve({
      'GET /api/tags': json({ models: (Object.keys(FILES) as Name[]).map(row) }),
      'GET /api/ps': () => json({ models: resident.map(row) }),
      'POST /api/generate': (_request, asked) => {
        const model = asked.model as Name
        resident =
          asked.keep_alive === 0
            ? resident.filter((name) => FILES[name] !== FILES[model])
            : resident.concat(model)
        return json({ model, response: '', done: true }, 900)
      },
      'POST /api/chat': (_request, { model }) =>
        json({ model, message: { role: 'assistant', content: 'Hi' }, done: true }, 40),
    })
  })

  test('status has both names in memory, and says which mean the same', async () => {
    expect(await manager({ backend: 'ollama' }).status()).toMatchObject({
      current: 'copy:latest',
      loaded: ['copy:latest', 'a:latest'],
      aliases: { 'copy:latest': 'a:latest' },
      unknown: [],
    })
  })

  test('from one name to the other nothing is loaded, so nothing is a switch', async () => {
    const models = manager({ backend: 'ollama', exclusive: true })
    expect(await models.switchTo('a')).toMatchObject({ ok: true, already: true })
    expect(await models.switchTo('copy')).toMatchObject({ ok: true, already: true })
    expect(requests.filter((r) => r.url.endsWith('/api/generate'))).toEqual([])
    expect(samples).toEqual([])
  })

  test('making room unloads it once, and restore brings it back', async () => {
    const models = manager({ backend: 'ollama', exclusive: true })
    const before = await models.status()
    expect(await models.switchTo('b')).toMatchObject({ ok: true, already: false })
    expect(valuesOf('llm_model_switch_failed')).toEqual([0])
    const bodies = () => requests.filter((r) => r.url.endsWith('/api/generate')).map((r) => r.body)
    expect(bodies()).toEqual(['{"model":"copy:latest","keep_alive":0}', '{"model":"b:latest"}'])
    requests.length = 0
    expect(await models.restore(before)).toMatchObject({ ok: true, to: 'copy:latest' })
    expect(bodies()).toEqual(['{"model":"b:latest","keep_alive":0}', '{"model":"copy:latest"}'])
  })
})

describe('what a status does not know it says', () => {
  test('a mere list: which models there are, not which are in memory', async () => {
    serve({ 'GET /v1/models': json({ data: [{ id: 'a' }, { id: 'b' }] }) })
    const models = manager({ backend: 'list' })
    expect(await models.status()).toMatchObject({
      ok: true,
      state: 'unknown',
      current: null,
      models: ['a', 'b'],
      loaded: [],
      unknown: ['current', 'loaded'],
    })
    await expect(models.switchTo('b')).rejects.toThrow(Aborted)
    await expect(models.switchTo('b')).rejects.toThrow(/"list" has no call that loads a model/)
  })

  test("a list of Anthropic's is asked for with its headers", async () => {
    serve({ 'GET /v1/models': json({ data: [] }) })
    await manager({ backend: 'list', api: 'anthropic-messages', token: 'k' }).status()
    expect(requests[0]?.params.headers).toMatchObject({
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
    })
  })

  test('a server that did not answer is not stopped', async () => {
    serve({
      'GET /api/tags': json({ models: [{ name: 'a:latest' }] }),
      'GET /api/ps': error(500, ''),
    })
    expect(await manager({ backend: 'ollama' }).status()).toMatchObject({
      ok: false,
      state: 'unknown',
      models: ['a:latest'],
      unknown: ['current', 'loaded'],
    })
    serve({})
    expect(await manager({ backend: 'gateway' }).status()).toMatchObject({
      ok: false,
      state: 'unknown',
      unknown: ['current', 'loaded', 'models'],
    })
  })

  test('a word of the gateway that is not known', async () => {
    serve({ 'GET /api/models/status': json({ status: 'warming', current_profile: 'a' }) })
    expect(await manager({ backend: 'gateway' }).status()).toMatchObject({
      state: 'unknown',
      current: 'a',
      unknown: ['loaded'],
    })
  })

  test('SGLang has no list, an API of your own perhaps no status', async () => {
    serve({ 'GET /get_model_info': json({ model_path: '/w/a' }) })
    expect(await manager({ backend: 'sglang' }).status()).toMatchObject({
      state: 'ready',
      loaded: ['/w/a'],
      unknown: ['models'],
    })
    const endpoints = { load: { path: '/load' } }
    expect(await manager({ backend: 'custom', models: ['a'], endpoints }).status()).toMatchObject({
      state: 'unknown',
      models: ['a'],
      unknown: ['current', 'loaded'],
    })
  })
})
