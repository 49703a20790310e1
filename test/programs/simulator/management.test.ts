import { describe, expect, test, vi } from 'vitest'
import { type Json, parse, readJson, start } from './support.ts'

/** A load that does not end within a test. */
const LONG = 60_000
const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'x' }],
  max_tokens: 1,
  stream: false,
  ...more,
})
type Simulator = Awaited<ReturnType<typeof start>>
const get = async ({ send }: Simulator, path: string): Promise<Json> => readJson(await send(path))
const answering = async ({ send }: Simulator, model: string) =>
  (await readJson(await send('/v1/chat/completions', chat(model)))).model

describe('memory', () => {
  const resident = async (simulator: Simulator) =>
    (await get(simulator, '/api/ps')).models.map((one: { name: string }) => one.name)
  const load = ({ send }: Simulator, model: string) => send('/api/generate', { model })

  test('holds as many models as fit, and evicts the one that was used least recently', async () => {
    const models = 'a,b,c'
    const simulator = await start({ flavor: 'ollama', models, vram: 30, modelVram: 14 })
    await load(simulator, 'b')
    expect((await resident(simulator)).sort()).toEqual(['a', 'b'])
    await load(simulator, 'a')
    await load(simulator, 'c')
    expect(await resident(simulator)).toEqual(['c', 'a'])
  })

  test('a model that is bigger than the memory fails, and evicts none', async () => {
    const simulator = await start({ flavor: 'ollama', models: 'a,b', vramFor: 'b=40' })
    const reply = await load(simulator, 'b')
    expect(reply.status).toBe(500)
    expect((await readJson(reply)).error).toMatch(/more system memory: b needs 40 GB .* 24 GB/)
    expect(await resident(simulator)).toEqual(['a'])
  })

  test('each model has its load time', async () => {
    const loadTimeFor = 'b=0,c=60000'
    const simulator = await start({
      flavor: 'ollama',
      models: 'a,b,c',
      loadTime: LONG,
      loadTimeFor,
    })
    expect((await load(simulator, 'b')).status).toBe(200)
    const late = load(simulator, 'c').catch(() => 'cut')
    await vi.waitFor(async () => expect(await resident(simulator)).toEqual([]))
    await simulator.simulator.close()
    expect(await late).toBe('cut')
  })

  test('is put back by POST /__sim/models/reset', async () => {
    const simulator = await start({ flavor: 'ollama', models: 'a,b' })
    await load(simulator, 'b')
    await simulator.send('/__sim/models/reset', {})
    expect(await resident(simulator)).toEqual(['a'])
  })
})

test('Ollama pulls what it knows, in rows, and says what it does not', async () => {
  const { send } = await start({ flavor: 'ollama', models: 'a' })
  const rows = async (model: string) =>
    (await (await send('/api/pull', { model })).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  expect((await rows('a')).at(-1)).toEqual({ status: 'success' })
  expect((await rows('b')).at(-1)).toEqual({ error: 'pull model manifest: file does not exist' })
})

describe('vLLM', () => {
  test('lends adapters beside its model', async () => {
    const simulator = await start({ flavor: 'vllm', models: 'base' })
    const { send } = simulator
    expect((await send('/v1/chat/completions', chat('sql'))).status).toBe(404)
    const reply = await send('/v1/load_lora_adapter', { lora_name: 'sql', lora_path: '/x' })
    expect(await reply.text()).toBe("Success: LoRA adapter 'sql' added successfully.")
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain/)
    const { data } = await get(simulator, '/v1/models')
    expect(data).toMatchObject([
      { id: 'base', parent: null },
      { id: 'sql', root: '/x', parent: 'base' },
    ])
    expect(await answering(simulator, 'sql')).toBe('sql')
    const status = async (path: string, body: object) => (await send(path, body)).status
    const twice = { lora_name: 'sql', lora_path: '/x' }
    expect(await status('/v1/load_lora_adapter', twice)).toBe(400)
    expect(await status('/v1/load_lora_adapter', { lora_name: 'y' })).toBe(400)
    const missing = { lora_name: 'y', lora_path: '/missing' }
    expect(await status('/v1/load_lora_adapter', missing)).toBe(404)
    expect(await status('/v1/unload_lora_adapter', { lora_name: 'sql' })).toBe(200)
    expect(await status('/v1/unload_lora_adapter', { lora_name: 'sql' })).toBe(404)
  })

  test('asleep it lets requests hang till it wakes', async () => {
    const simulator = await start({ flavor: 'vllm', models: 'base' })
    await simulator.send('/sleep?level=1', '')
    expect(await get(simulator, '/is_sleeping')).toEqual({ is_sleeping: true })
    let answered = false
    const held = answering(simulator, 'base').then((model) => {
      answered = true
      return model
    })
    await get(simulator, '/is_sleeping')
    expect(answered).toBe(false)
    await simulator.send('/wake_up', '')
    expect(await held).toBe('base')
  })
})

describe("llama.cpp's router", () => {
  const stateOf = async (simulator: Simulator, id: string) =>
    (await get(simulator, '/models')).data.find((one: Json) => one.id === id).status

  test('accepts a load at once, and its list tells how that goes', async () => {
    const simulator = await start({ flavor: 'llamacpp-router', models: 'a,b', loadTime: LONG })
    const reply = await simulator.send('/models/load', { model: 'b' })
    expect(await readJson(reply)).toEqual({ success: true })
    expect(await stateOf(simulator, 'b')).toMatchObject({ value: 'loading' })
    expect(await stateOf(simulator, 'a')).toMatchObject({ value: 'unloaded' })
    expect((await simulator.send('/models/load', { model: 'b' })).status).toBe(400)
    expect((await simulator.send('/models/load', { model: 'x' })).status).toBe(404)
    expect((await simulator.send('/models/unload', { model: 'a' })).status).toBe(400)
  })

  test('a load that failed says so; a request loads what it needs', async () => {
    const options = { models: 'a,b', switchFaultFor: 'fail=b' }
    const simulator = await start({ flavor: 'llamacpp-router', ...options })
    await simulator.send('/models/load', { model: 'b' })
    await vi.waitFor(async () =>
      expect(await stateOf(simulator, 'b')).toMatchObject({
        value: 'unloaded',
        failed: true,
        exit_code: 1,
      }),
    )
    expect(await answering(simulator, 'a')).toBe('a')
  })
})

describe('llama-swap', () => {
  test('swaps in what is asked for, and unloads', async () => {
    const simulator = await start({ flavor: 'llama-swap', models: 'org/a,b' })
    expect(await answering(simulator, 'b')).toBe('b.gguf')
    const { running } = await get(simulator, '/running')
    expect(running).toMatchObject([{ model: 'b', state: 'ready' }])
    const unload = (model: string) =>
      simulator.send(`/api/models/unload/${encodeURIComponent(model)}`, '')
    expect(await (await unload('b')).text()).toBe('OK')
    expect((await unload('org/a')).status).toBe(200)
    expect((await unload('x')).status).toBe(404)
    expect(await get(simulator, '/running')).toEqual({ running: [] })
    const unknown = await simulator.send('/v1/chat/completions', chat('x'))
    expect(unknown.status).toBe(404)
    expect(await readJson(unknown)).toMatchObject({ src: 'llama-swap' })
  })
})

describe('Tabby', () => {
  test('streams the progress of a load, CRLF, and has one model', async () => {
    const simulator = await start({ flavor: 'tabby', models: 'a,b', vram: 100 })
    const reply = await simulator.send('/v1/model/load', { model_name: 'b' })
    const text = await reply.text()
    expect(text).toContain('\r\n\r\n')
    const steps = parse(text).data.map((data) => JSON.parse(data))
    expect(steps.map((step) => step.status).slice(-2)).toEqual(['processing', 'finished'])
    expect(await answering(simulator, 'whatever')).toBe('b')
    expect((await simulator.send('/v1/model/load', { model_name: 'b' })).status).toBe(400)
    await simulator.send('/v1/model/unload', '')
    expect((await simulator.send('/v1/model')).status).toBe(503)
    expect((await simulator.send('/v1/chat/completions', chat('b'))).status).toBe(503)
  })

  test('a load that fails is an event below a 200', async () => {
    const { send } = await start({ flavor: 'tabby', models: 'a,b', switchFault: 'fail' })
    const reply = await send('/v1/model/load', { model_name: 'b' })
    expect(reply.status).toBe(200)
    const { data } = parse(await reply.text())
    expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({ error: { trace: null } })
  })
})

describe('SGLang', () => {
  test.each([
    ['none', 200, true, 'b'],
    ['fail', 400, false, 'a'],
    ['lying', 200, true, 'a'],
    ['reverted', 200, true, 'a'],
  ] as const)('%s: %i, and its model info says what it has', async (switchFault, status, success, path) => {
    const simulator = await start({ flavor: 'sglang', models: 'a,b', switchFault })
    const reply = await simulator.send('/update_weights_from_disk', { model_path: 'b' })
    expect(reply.status).toBe(status)
    expect(await readJson(reply)).toMatchObject({ success })
    expect((await get(simulator, '/get_model_info')).model_path).toBe(path)
    expect(await answering(simulator, 'b')).toBe('b') // it repeats any name
  })
})

describe('faults of a load', () => {
  const start2 = (flavor: string, switchFault: string) =>
    start({ flavor, models: 'a,b', switchFault })

  test('lying: the list has the new model, the old one answers', async () => {
    const simulator = await start2('llamacpp-router', 'lying')
    await simulator.send('/models/load', { model: 'b' })
    await vi.waitFor(async () =>
      expect((await get(simulator, '/models')).data[1].status.value).toBe('loaded'),
    )
    expect(await answering(simulator, 'b')).toBe('a')
  })

  test('reverted: accepted, and nothing happens', async () => {
    const simulator = await start2('llama-swap', 'reverted')
    expect(await answering(simulator, 'b')).toBe('a')
    expect((await get(simulator, '/running')).running).toMatchObject([{ model: 'a' }])
  })

  test.each([
    ['ollama', '/api/generate', 503],
    ['llama-swap', '/v1/chat/completions', 429],
    ['llamacpp-router', '/models/load', 400],
  ])('refuse: %s', async (flavor, path, status) => {
    const { send } = await start2(flavor, 'refuse')
    const body = path.endsWith('completions') ? chat('b') : { model: 'b' }
    expect((await send(path, body)).status).toBe(status)
  })

  test('by header, for one request', async () => {
    const { send } = await start({ flavor: 'ollama', models: 'a,b' })
    const headers = { 'x-sim-switch': 'fail' }
    expect((await send('/api/generate', { model: 'b' }, headers)).status).toBe(500)
    expect((await send('/api/generate', { model: 'b' })).status).toBe(200)
  })
})
