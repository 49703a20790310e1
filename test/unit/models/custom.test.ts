import { beforeEach, describe, expect, test } from 'vitest'
import { createModelManager } from '../../../src/models/manager.ts'
import { readPath } from '../../../src/models/value-path.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests } from '../../support/k6/http.ts'
import { answerOf, error, json, serve, text } from './servers.ts'

type Options = NonNullable<Parameters<typeof createModelManager>[0]>
const manager = (endpoints: Options['endpoints'], more: Options = {}) =>
  createModelManager({
    backend: 'custom',
    baseUrl: 'http://sim',
    pollInterval: 100,
    deadline: 2000,
    grace: 500,
    endpoints,
    ...more,
  })

beforeEach(() => {
  world.reset()
  world.tick = 0
  requests.length = 0
})

describe('a path into an answer', () => {
  const body = {
    data: [
      { id: 'a', status: { value: 'loaded' } },
      { id: 'b', status: { value: 'unloaded' }, n: 2 },
    ],
    profiles: { x: {}, y: {} },
    current: 'a',
    none: null,
  }
  test.each([
    ['current', ['a']],
    ['data[].id', ['a', 'b']],
    ['data[status.value=loaded].id', ['a']],
    ['data[].status.value', ['loaded', 'unloaded']],
    ['data[].n', ['2']],
    ['profiles{}', ['x', 'y']],
    ['none', []],
    ['data', []],
    ['nothing.there[].at', []],
  ])('%s', (path, values) => expect(readPath(body, path)).toEqual(values))

  test('a list at the top, and no JSON at all', () => {
    expect(readPath([{ state: 'READY', name: 'a' }], '[state=READY].name')).toEqual(['a'])
    expect(readPath(undefined, 'a.b')).toEqual([])
  })
})

describe('a user’s own API', () => {
  test('Triton: one long call, the index for the status', async () => {
    const ready = new Set(['a'])
    serve({
      'POST /v2/repository/index': () =>
        json(
          ['a', 'b/c'].map((name) => ({ name, state: ready.has(name) ? 'READY' : 'UNAVAILABLE' })),
        ),
      'POST /v2/repository/models/b%2Fc/load': () => {
        ready.add('b/c')
        return text('', 600)
      },
      'POST /v2/repository/models/b%2Fc/unload': () => {
        ready.delete('b/c')
        return text('')
      },
      'POST /v1/chat/completions': answerOf('b/c'),
    })
    const models = manager({
      completion: 'call',
      status: {
        path: '/v2/repository/index',
        method: 'POST',
        body: {},
        models: '[].name',
        loaded: '[state=READY].name',
      },
      load: { path: '/v2/repository/models/{model}/load', body: {} },
      unload: { path: '/v2/repository/models/{model}/unload' },
    })
    const before = await models.status()
    expect(before).toMatchObject({ models: ['a', 'b/c'], loaded: ['a'] })
    expect(await models.switchTo('b/c')).toMatchObject({ ok: true, duration: 640 })
    expect(await models.restore(before)).toBeUndefined()
    expect([...ready]).toEqual(['a'])
    // One series for each call, whatever the model.
    expect(requests.map((r) => (r.params.tags as { name: string }).name)).toContain(
      '/v2/repository/models/{model}/load',
    )
  })

  test('accepted, then polled, with words for the state', async () => {
    let look = 0
    const states = ['idle', 'busy', 'busy', 'idle']
    serve({
      'GET /state': () =>
        json({ now: { word: states[look++] ?? 'idle', model: look > 3 ? 'b' : 'a' } }),
      'PUT /models/a/b': json({ taken: true }),
      'POST /v1/chat/completions': answerOf('a/b'),
    })
    const models = manager(
      {
        status: {
          path: '/state',
          loaded: 'now.model',
          state: 'now.word',
          states: { busy: 'loading', idle: 'ready' },
        },
        load: { path: '/models/{+model}', method: 'PUT', body: { deep: [{ name: 'x-{model}' }] } },
      },
      { models: ['a', 'a/b'] },
    )
    const result = await models.switchTo('a/b')
    // The state says `b`: not the model that was asked for.
    expect(result).toMatchObject({ ok: false, reason: 'failed' })
    expect(requests.find((r) => r.method === 'PUT')?.body).toBe('{"deep":[{"name":"x-a/b"}]}')
    expect((await models.list()).models).toEqual(['a', 'a/b', 'b'])
  })

  test('a stream of progress ends with the row that the table names', async () => {
    const table = {
      completion: 'stream' as const,
      load: { path: '/load', body: { model: '{model}' } },
      done: { status: 'complete' },
    }
    serve({
      'POST /load': text('data: {"status":"at it"}\n\ndata: {"status":"complete"}\n\n', 300),
      'POST /v1/chat/completions': answerOf('b'),
    })
    expect(await manager(table).switchTo('b')).toMatchObject({
      ok: true,
      from: null,
      duration: 340,
    })
    serve({ 'POST /load': text('data: {"status":"at it"}\n\n') })
    expect(await manager(table).switchTo('b')).toMatchObject({ ok: false, reason: 'failed' })
  })

  test('without a call to load, the first request is the switch', async () => {
    serve({ 'POST /v1/chat/completions': answerOf('b', 700) })
    expect(await manager({}).switchTo('b')).toMatchObject({ ok: true, duration: 700 })
    serve({ 'POST /v1/chat/completions': answerOf('a') })
    expect(await manager({}).switchTo('b')).toMatchObject({ ok: false, reason: 'lost' })
    serve({ 'POST /v1/chat/completions': error(503, 'x') })
    expect(await manager({}).switchTo('b')).toMatchObject({ ok: false, reason: 'refused' })
  })

  test.each([
    [undefined, /endpoints: expected an object of options/],
    [{ laod: { path: '/x' } }, /unknown option "laod"/],
    [{ load: { path: 'x' } }, /endpoints.load.path: expected a path such as '\/load', got "x"/],
    [{ load: { path: '/x', json: 1 } }, /endpoints.load: unknown option "json"/],
    [
      { completion: 'poll', load: { path: '/x' } },
      /endpoints.status: needed for completion "poll"/,
    ],
    [{ completion: 'stream', load: { path: '/x' } }, /endpoints.done: needed/],
    [{ completion: 'call' }, /endpoints.load: needed/],
    [{ status: { path: '/x' } }, /endpoints.status.loaded: expected a path/],
  ])('%j ends the test', (endpoints, message) => {
    expect(() => manager(endpoints as Options['endpoints'])).toThrow(Aborted)
    expect(world.aborted).toMatch(message)
  })

  test('a table for another backend ends the test', () => {
    expect(() => manager({}, { backend: 'ollama' })).toThrow(Aborted)
    expect(world.aborted).toMatch(/endpoints: only for backend 'custom'/)
  })
})
