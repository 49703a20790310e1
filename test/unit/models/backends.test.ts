import { beforeEach, describe, expect, test } from 'vitest'
import { createModelManager } from '../../../src/models/manager.ts'
import { body } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import { answerOf, error, json, serve, text } from './servers.ts'

const global = globalThis as unknown as { __ENV: Record<string, string> }
type Options = Parameters<typeof createModelManager>[0]
const manager = (options: Options) =>
  createModelManager({
    baseUrl: 'http://sim',
    pollInterval: 100,
    deadline: 2000,
    grace: 500,
    ...options,
  })
const posts = () =>
  requests.filter((r) => r.method !== 'GET').map((r) => r.url.replace('http://sim', ''))

beforeEach(() => {
  world.reset()
  world.tick = 0
  global.__ENV = {}
  samples.length = 0
  requests.length = 0
})

describe('ollama', () => {
  const server = (change: { load?: ReturnType<typeof json>; lies?: boolean } = {}) => {
    let resident = ['a:latest']
    let leaving = ''
    serve({
      'GET /api/tags': json({ models: [{ name: 'a:latest' }, { name: 'b:latest' }] }),
      'GET /api/ps': () => {
        const shown = resident.map((name) => ({ name, model: name }))
        resident = resident.filter((name) => name !== leaving)
        return json({ models: shown })
      },
      'POST /api/generate': (_request, asked) => {
        const model = `${asked.model}`.replace(/(:latest)?$/, ':latest')
        if (asked.keep_alive === 0) {
          leaving = model // it says so at once, and is gone a look later
          return json({ model, response: '', done: true, done_reason: 'unload' })
        }
        if (change.load) return change.load
        if (!change.lies) resident = [model]
        return json({ model, response: '', done: true, done_reason: 'load' }, 900)
      },
      'POST /api/chat': (_request, asked) => {
        const model = `${asked.model}`
        if (change.lies) return error(404, { error: `model '${model}' not found` })
        return json(
          { model, message: { role: 'assistant', content: 'Hi' }, done: true, done_reason: 'stop' },
          40,
        )
      },
      'POST /api/pull': text(
        '{"status":"pulling manifest"}\n{"status":"pulling x","digest":"x","total":9,"completed":9}\n{"status":"success"}\n',
        300,
      ),
    })
  }

  test('loads in one long call; a name without a tag is :latest', async () => {
    server()
    const result = await manager({ backend: 'ollama' }).switchTo('b')
    expect(result).toMatchObject({
      ok: true,
      from: 'a:latest',
      to: 'b',
      accepted: 900,
      loaded: 900,
      duration: 940,
    })
    const tags = { from: 'a:latest', to: 'b', backend: 'ollama' }
    expect(valuesOf('llm_model_switch_duration', tags)).toEqual([940])
    expect(requests.map((r) => r.body).filter((text) => text?.includes('"b'))[0]).toBe(
      '{"model":"b:latest"}',
    )
  })

  test('a model in memory is there already, whatever its tag', async () => {
    server()
    expect(await manager({ backend: 'ollama' }).switchTo('a')).toMatchObject({
      ok: true,
      already: true,
    })
    expect(samples).toEqual([])
  })

  test.each([
    [{ load: error(404, { error: "model 'b' not found" }) }, 'refused', /HTTP 404: model 'b'/],
    [{ load: error(503, { error: 'server busy' }) }, 'refused', /server busy/],
    [{ load: error(500, { error: 'requires more system memory' }) }, 'failed', /more system/],
    [{ load: { status: 0, error: 'request timeout', error_code: 1050 } }, 'stuck', /timeout/],
    [{ load: { status: 0, error: 'EOF', error_code: 1000 } }, 'gone', /EOF/],
    [
      { lies: true },
      'not_started',
      /accepted, and never loaded: the server has "a:latest", and model 'b:latest' not found/,
    ],
  ] as const)('%j is %s', async (change, reason, message) => {
    server(change)
    const result = await manager({ backend: 'ollama' }).switchTo('b')
    expect(result).toMatchObject({ ok: false, reason })
    expect(result.message).toMatch(message)
    expect(valuesOf('llm_model_switch_failed', { reason })).toEqual([1])
    expect(world.time).toBeLessThanOrEqual(2100)
  })

  test('the long call may take till the deadline, past the 60 s of k6', async () => {
    server()
    await manager({ backend: 'ollama', deadline: '170s' }).switchTo('b')
    const load = requests.find((r) => r.url.endsWith('/api/generate'))
    expect(load?.params.timeout).toBeGreaterThan(169000)
  })

  test('unload asks until it is gone; load stands beside; pull reads its progress', async () => {
    server()
    const models = manager({ backend: 'ollama' })
    expect(await models.unload('a')).toMatchObject({ ok: true, model: 'a', backend: 'ollama' })
    expect((await models.status()).state).toBe('stopped')
    expect(await models.load('b')).toMatchObject({ ok: true })
    expect(await models.pull('c')).toMatchObject({ ok: true, model: 'c' })
    expect(samples).toEqual([])
    serve({ 'POST /api/pull': text('{"status":"pulling manifest"}\n{"error":"no such file"}\n') })
    expect(await models.pull('c')).toMatchObject({
      ok: false,
      reason: 'failed',
      message: 'HTTP 200: no such file',
    })
    serve({ 'POST /api/pull': text('{"status":"pulling manifest"}\n') })
    expect(await models.pull('c')).toMatchObject({
      ok: false,
      reason: 'failed',
      message: 'the progress ended early, its last row: {"status":"pulling manifest"}',
    })
  })

  test('exclusive unloads what is in memory first', async () => {
    server()
    await manager({ backend: 'ollama', exclusive: true }).switchTo('b')
    const asked = requests.filter((r) => r.url.endsWith('/generate')).map((r) => r.body)
    expect(asked).toEqual(['{"model":"a:latest","keep_alive":0}', '{"model":"b:latest"}'])
  })
})

describe('vllm-lora', () => {
  let loaded: string[] = []
  const server = (load?: ReturnType<typeof json>) => {
    loaded = []
    serve({
      'GET /v1/models': () =>
        json({
          object: 'list',
          data: [{ id: 'base', parent: null }, ...loaded.map((id) => ({ id, parent: 'base' }))],
        }),
      'POST /v1/load_lora_adapter': (_request, asked) => {
        if (load) return load
        loaded.push(`${asked.lora_name}`)
        return text(`Success: LoRA adapter '${asked.lora_name}' added successfully.`, 300)
      },
      'POST /v1/unload_lora_adapter': (_request, asked) => {
        loaded = loaded.filter((id) => id !== asked.lora_name)
        return text(`Success: LoRA adapter '${asked.lora_name}' removed successfully.`)
      },
      'POST /v1/chat/completions': (_request, asked) =>
        asked.model === 'base' || loaded.includes(`${asked.model}`)
          ? answerOf(`${asked.model}`, 40)
          : error(404, { error: { message: `The model does not exist.`, code: 404 } }),
    })
  }
  const lora = (options: Options = {}) =>
    manager({
      backend: 'vllm-lora',
      models: { sql: '/loras/sql', poem: '/loras/poem' },
      ...options,
    })

  test('loads an adapter from its path beside the others; first use is cold, later use warm', async () => {
    server()
    const models = lora()
    expect(await models.list()).toMatchObject({ ok: true, models: ['base', 'sql', 'poem'] })
    expect(await models.switchTo('sql')).toMatchObject({ ok: true, from: 'base', duration: 340 })
    expect(await models.switchTo('poem')).toMatchObject({ ok: true, from: 'sql' })
    expect(loaded).toEqual(['sql', 'poem'])
    expect(requests.find((r) => r.url.endsWith('load_lora_adapter'))?.body).toBe(
      '{"lora_name":"sql","lora_path":"/loras/sql"}',
    )
    expect(valuesOf('llm_ttft_probe', { start: 'cold', to: 'sql' })).toHaveLength(1)
    expect(valuesOf('llm_ttft_probe', { start: 'warm', to: 'sql' })).toHaveLength(1)
  })

  test('restore unloads what the run has loaded', async () => {
    server()
    const models = lora()
    const before = await models.status()
    await models.switchTo('sql')
    await models.switchTo('poem')
    expect(await models.restore(before)).toBeUndefined()
    expect(loaded).toEqual([])
  })

  test.each([
    [error(404, { detail: 'Not Found' }), 'refused', /HTTP 404: Not Found/],
    [error(400, { error: { message: 'No adapter found', code: 400 } }), 'refused', /No adapter/],
    [error(500, { error: { message: 'CUDA out of memory', code: 500 } }), 'failed', /CUDA/],
    [text("Success: LoRA adapter 'sql' added successfully."), 'not_started', /has "base", and The/],
  ] as const)('%j is %s', async (load, reason, message) => {
    server(load)
    const result = await lora().switchTo('sql')
    expect(result).toMatchObject({ ok: false, reason })
    expect(result.message).toMatch(message)
  })
})

describe('llama-swap', () => {
  const server = (chat?: (model: string) => ReturnType<typeof json>) => {
    let running = [{ model: 'a', state: 'ready' }]
    serve({
      'GET /running': () => json({ running }),
      'GET /v1/models': json({ data: [{ id: 'a' }, { id: 'b' }] }),
      'POST /api/models/unload/b': () => {
        running = []
        return text('OK')
      },
      'POST /v1/chat/completions': (_request, asked) => {
        if (chat) return chat(`${asked.model}`)
        running = [{ model: `${asked.model}`, state: 'ready' }]
        // llama.cpp behind it has the name of its file.
        return answerOf(`${asked.model}-q4.gguf`, 1200)
      },
    })
  }
  const swap = (options: Options = {}) => manager({ backend: 'llama-swap', ...options })

  test('the first request is the switch', async () => {
    server()
    const result = await swap().switchTo('b')
    expect(result).toMatchObject({ ok: true, from: 'a', to: 'b' })
    expect(result.accepted).toBeUndefined()
    expect(result.duration).toBe(1200)
    expect(posts()).toEqual(['/v1/chat/completions', '/v1/chat/completions']) // cold, warm
    const [cold, warm] = requests.filter((r) => r.method === 'POST')
    expect(cold?.params.timeout).toBe(2000)
    expect(warm?.body).toBe(cold?.body) // under its name there, not the one of its file
  })

  test.each([
    [
      () => error(404, { src: 'llama-swap', error: { message: 'no model' } }),
      'refused',
      /no model/,
    ],
    [() => error(502, { error: { message: 'exited' } }), 'failed', /HTTP 502: exited/],
    [() => ({ status: 0, error: 'timeout', error_code: 1050 }), 'stuck', /timeout/],
    [() => ({ status: 0, error: 'refused', error_code: 1212 }), 'gone', /refused/],
    [() => answerOf('a'), 'not_started', /never loaded: the server has "a", and "a" answered/],
  ] as const)('%o is %s', async (chat, reason, message) => {
    server(chat)
    const result = await swap().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason })
    expect(result.message).toMatch(message)
    expect(world.time).toBeLessThanOrEqual(2100)
  })

  test('unload and restore', async () => {
    server()
    const models = swap()
    const before = await models.status()
    await models.switchTo('b')
    expect(await models.restore(before)).toMatchObject({ ok: true, to: 'a' })
    expect(posts().slice(-2)).toEqual(['/api/models/unload/b', '/v1/chat/completions'])
  })
})

describe('vllm-sleep', () => {
  test('one sleeps before the other wakes, and the one that woke answers', async () => {
    const asleep: Record<string, boolean> = { 'http://one': false, 'http://two': true }
    const server = (at: string) => ({
      [`GET ${at}/is_sleeping`]: () => json({ is_sleeping: asleep[at] }),
      [`POST ${at}/sleep?level=1`]: () => {
        asleep[at] = true
        return text('', 200)
      },
      [`POST ${at}/wake_up`]: () => {
        asleep[at] = false
        return text('', 400)
      },
      [`POST ${at}/v1/chat/completions`]: answerOf(at === 'http://one' ? 'org/a' : 'org/b'),
    })
    serve({ ...server('http://one'), ...server('http://two') })
    const models = manager({
      backend: 'vllm-sleep',
      baseUrl: undefined, // each has its own
      models: { 'org/a': 'http://one', 'org/b': 'http://two' },
    })
    const before = await models.status()
    expect(before).toMatchObject({ current: 'org/a', models: ['org/a', 'org/b'] })
    expect(await models.switchTo('org/b')).toMatchObject({ ok: true, from: 'org/a' })
    const calls = posts()
    expect(calls.slice(0, 3)).toEqual([
      'http://one/sleep?level=1',
      'http://two/wake_up',
      'http://two/v1/chat/completions',
    ])
    expect(await models.restore(before)).toMatchObject({ ok: true, to: 'org/a' })
    expect(asleep).toEqual({ 'http://one': false, 'http://two': true })
    // Level and addresses are no names of series.
    expect(requests.map((r) => (r.params.tags as { name: string }).name)).toContain('/sleep')
  })

  test('one that says it woke and still sleeps, so that it never answers, is not_started', async () => {
    serve({
      'GET /is_sleeping': json({ is_sleeping: true }),
      'GET /v1/models': json({ data: [{ id: 'org/a' }] }),
      'POST /wake_up': text(''),
      'POST /v1/chat/completions': (request) => ({
        status: 0,
        error: 'request timeout',
        error_code: 1050,
        timings: { waiting: request.params.timeout as number },
      }),
    })
    const result = await manager({ backend: 'vllm-sleep' }).switchTo('org/a')
    expect(result).toMatchObject({ ok: false, reason: 'not_started' })
    expect(result.message).toMatch(/never loaded: the server has no model, and request timeout/)
  })

  test('the one model at baseUrl sleeps and wakes; without dev mode it is refused', async () => {
    let sleeping = true
    serve({
      'GET /is_sleeping': () => json({ is_sleeping: sleeping }),
      'GET /v1/models': json({ data: [{ id: 'org/a' }] }),
      'POST /wake_up': () => {
        sleeping = false
        return text('')
      },
      'POST /v1/chat/completions': answerOf('org/a'),
    })
    const models = manager({ backend: 'vllm-sleep' })
    expect(await models.status()).toMatchObject({ state: 'stopped', models: ['org/a'] })
    expect(await models.switchTo('org/a')).toMatchObject({ ok: true, from: null })
    serve({ 'GET /v1/models': json({ data: [{ id: 'org/a' }] }) })
    expect(await models.switchTo('org/a')).toMatchObject({ ok: false, reason: 'refused' })
  })
})

describe('llamacpp-router', () => {
  type Value = { value: string; failed?: boolean; exit_code?: number }
  const server = (looks: Value[]) => {
    let begun = false
    let look = 0
    serve({
      'GET /models': () => {
        const b = begun ? looks[Math.min(look++, looks.length - 1)] : { value: 'unloaded' }
        return json({
          data: [
            { id: 'a', status: { value: 'loaded' } },
            { id: 'b', status: b },
          ],
        })
      },
      'POST /models/load': () => {
        begun = true
        return json({ success: true })
      },
      'POST /v1/chat/completions': (_request, asked) => answerOf(`${asked.model}.gguf`),
    })
  }
  const router = () => manager({ backend: 'llamacpp-router' })

  test('is accepted, and polled until it is loaded', async () => {
    server([{ value: 'loading' }, { value: 'loading' }, { value: 'loaded' }])
    expect(await router().switchTo('b')).toMatchObject({ ok: true, from: 'a', accepted: 1 })
  })

  test.each([
    [[{ value: 'loading' }, { value: 'unloaded', failed: true, exit_code: 1 }], 'failed', /code 1/],
    [[{ value: 'unloaded', failed: true, exit_code: 1 }], 'failed', /unloaded, failed, exit/],
    [[{ value: 'unloaded' }], 'not_started', /no load was ever seen: the server is running "a"/],
    [[{ value: 'loading' }], 'stuck', /still loading at the deadline/],
  ] as const)('%j is %s', async (looks, reason, message) => {
    server([...looks])
    const result = await router().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason })
    expect(result.message).toMatch(message)
  })
})

describe('tabbyapi', () => {
  const finished = (type: string) =>
    `{"model_type": "${type}", "module": 9, "modules": 9, "status": "finished"}`
  const step = '{"model_type": "draft", "module": 1, "modules": 9, "status": "processing"}'
  const server = (progress: string) => {
    let current = 'a'
    serve({
      'GET /v1/model/list': json({ data: [{ id: 'a' }, { id: 'b' }] }),
      'GET /v1/model': () =>
        current === '' ? error(503, { detail: 'No models are loaded.' }) : json({ id: current }),
      'POST /v1/model/unload': () => {
        current = ''
        return text('null')
      },
      'POST /v1/model/load': (_request, asked) => {
        if (progress.includes('finished')) current = `${asked.model_name}`
        return text(progress.replace(/\n/g, '\r\n'), 500)
      },
      'POST /v1/chat/completions': () => answerOf(current),
    })
  }
  const tabby = () => manager({ backend: 'tabbyapi', token: 'admin' })

  test('is there when every kind of model has finished', async () => {
    server(body(step, finished('draft'), finished('model')))
    expect(await tabby().switchTo('b')).toMatchObject({ ok: true, from: 'a', accepted: 500 })
    expect(requests.find((r) => r.url.endsWith('/load'))?.params.headers).toMatchObject({
      Authorization: 'Bearer admin',
    })
    expect(await tabby().unload('b')).toMatchObject({ ok: true })
    expect(await tabby().status()).toMatchObject({ ok: true, state: 'stopped', current: null })
  })

  test.each([
    [body(step, '{"error": {"message": "out of memory", "trace": null}}'), /200: out of memory/],
    [body(step), /ended early, its last row: .*processing/],
    [body(finished('draft'), step.replace('draft', 'model')), /ended early/],
    ['', /ended early, without a row/],
  ])('%j is failed', async (progress, message) => {
    server(progress)
    const result = await tabby().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason: 'failed' })
    expect(result.message).toMatch(message)
  })
})

describe('sglang', () => {
  const server = (change: { load?: ReturnType<typeof json>; lies?: boolean } = {}) => {
    let path = '/weights/a'
    serve({
      'GET /get_model_info': () => json({ model_path: path }),
      'POST /update_weights_from_disk': (_request, asked) => {
        if (change.load) return change.load
        if (!change.lies) path = `${asked.model_path}`
        return json({ success: true, message: 'Succeeded', num_paused_requests: 0 }, 700)
      },
      // It repeats the name that was asked for, whatever it runs.
      'POST /v1/chat/completions': (_request, asked) => answerOf(`${asked.model}`),
    })
  }
  const weights = () => manager({ backend: 'sglang', models: { a: '/weights/a', b: '/weights/b' } })

  test('reads weights in one long call', async () => {
    server()
    expect(await weights().switchTo('b')).toMatchObject({ ok: true, from: 'a', accepted: 700 })
  })

  test.each([
    [
      { load: error(400, { success: false, message: 'different shapes' }) },
      'failed',
      /HTTP 400: different shapes/,
    ],
    // Its answers prove nothing: the model info still has the old path.
    [{ lies: true }, 'not_started', /the server has "a", and "b" answered/],
  ] as const)('%j is %s', async (change, reason, message) => {
    server(change)
    const result = await weights().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason })
    expect(result.message).toMatch(message)
  })
})

test.each([
  ['ollama', () => manager({ backend: 'ollama' }).profiles(), /backend "ollama" has no call/],
  ['gateway', () => manager({}).pull('x'), /backend "gateway" cannot pull a model/],
  ['gateway', () => manager({}).switchTo(''), /switchTo: expected the name of a model, got ""/],
])('%s: wrong use ends the test', async (_backend, use, message) => {
  await expect((async () => use())()).rejects.toThrow(Aborted)
  expect(world.aborted).toMatch(message)
})

test('a gateway cannot unload, and says so as data', async () => {
  serve({ 'GET /api/models/status': json({ status: 'running', current_profile: 'a' }) })
  expect(await manager({}).unload('a')).toMatchObject({ ok: false, reason: 'refused' })
})
