import { describe, expect, test, vi } from 'vitest'
import { readJson, start } from './support.ts'
import { type Asked, ask, model, wires } from './wires.ts'

const find = (name: string) => wires.find((wire) => wire.name === name) as Asked

describe('tools', () => {
  const withTools = wires.filter(
    ({ name, path }) =>
      name.endsWith('chat') || path.endsWith('responses') || path.endsWith('messages'),
  )

  test.each(withTools)('$name: asked for by header, recorded, every token once', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, tokens: 7 })
    const headers = { 'x-sim-answer': 'tools' }
    const { text, events } = await ask(simulator, wire, { headers })
    expect(text).toMatch('get_weather')
    expect(wire.textOf(events)).toBe('')
    const { kinds, tokens } = await simulator.last()
    expect(kinds).toContain('tool')
    expect(kinds).not.toContain('token')
    expect(tokens.reduce((sum, one) => sum + one, 0)).toBe(7)
    expect(wire.usageOf(events)).toBe(7)
  })

  test.each(wires.filter((wire) => !withTools.includes(wire)))('$name: has none', async (wire) => {
    const simulator = await start({ flavor: wire.flavor })
    const { status, text } = await ask(simulator, wire, { headers: { 'x-sim-answer': 'tools' } })
    expect(status).toBe(400)
    expect(text).toMatch('x-sim-answer tools: this endpoint knows text only')
  })

  const tools = ['a', 'b', 'c'].map((name) => ({ type: 'function', function: { name } }))

  test.each([
    ['none', { tool_choice: 'none' }, [], 'stop'],
    ['auto: the first two', {}, ['a', 'b'], 'tool_calls'],
    ['one at a time', { parallel_tool_calls: false }, ['a'], 'tool_calls'],
    [
      'after the result of a call: none',
      { messages: [{ role: 'tool', tool_call_id: 'x', content: '21 degrees' }] },
      [],
      'stop',
    ],
    ['named', { tool_choice: { type: 'function', function: { name: 'c' } } }, ['c'], 'stop'],
  ])('of vllm: %s', async (_, more, names, finish) => {
    const simulator = await start({ flavor: 'vllm', tokens: 6 })
    const answer = await ask(simulator, find('vllm chat'), { body: { tools, ...more } })
    const called = answer.events.flatMap((event) => event.choices[0]?.delta.tool_calls ?? [])
    expect(called.map((call) => call.function.name).filter(Boolean)).toEqual(names)
    const ends = answer.events.map((event) => event.choices[0]?.finish_reason).filter(Boolean)
    expect(ends).toEqual([finish])
  })

  test('a text though there are tools, by header; another header value is refused', async () => {
    const simulator = await start({ flavor: 'vllm' })
    const body = { tools }
    const text = await ask(simulator, find('vllm chat'), {
      body,
      headers: { 'x-sim-answer': 'text' },
    })
    expect(find('vllm chat').textOf(text.events)).not.toBe('')
    const wrong = await ask(simulator, find('vllm chat'), { headers: { 'x-sim-answer': 'x' } })
    expect([wrong.status, wrong.text]).toEqual([
      400,
      expect.stringMatching('expected text or tools'),
    ])
  })

  test('that the limit cuts are half a call', async () => {
    const simulator = await start({ flavor: 'vllm', tokens: 9 })
    const body = { tools, max_tokens: 3 }
    const { events } = await ask(simulator, find('vllm chat'), { body })
    expect(events.map((event) => event.choices[0]?.finish_reason).filter(Boolean)).toEqual([
      'length',
    ])
    const ollama = await start({ flavor: 'ollama', tokens: 9 })
    const native = await ask(ollama, find('ollama chat'), {
      body: { tools, options: { num_predict: 3 } },
    })
    expect(native.events[0].message.content).toMatch(/^\{"text": "/)
    expect(native.events.at(-1).done_reason).toBe('length')
  })
})

describe('choices', () => {
  test.each([
    'vllm chat',
    'vllm completions',
    'sglang chat',
    'openai chat',
    'openai completions',
    'litellm chat',
  ])('%s: several in step, each with its end, all counted', async (name) => {
    const wire = find(name)
    const simulator = await start({ flavor: wire.flavor, tokens: 4 })
    const { events } = await ask(simulator, wire, { body: { n: 3 } })
    const ends = events.flatMap((event) => event.choices).filter((choice) => choice.finish_reason)
    expect(ends.map((choice) => choice.index)).toEqual([0, 1, 2])
    expect(wire.usageOf(events)).toBe(12)
    expect((await simulator.last()).completionTokens).toBe(12)
    const texts = [0, 1, 2].map((index) =>
      wire.textOf(
        events.map((event) => ({
          choices: event.choices.filter((one: { index: number }) => one.index === index),
        })),
      ),
    )
    expect(new Set(texts).size).toBe(3)
  })
})

test.each(['vllm', 'openai'])('%s: echo puts the prompt into the first event', async (flavor) => {
  const wire = find(`${flavor} completions`)
  const simulator = await start({ flavor, tokens: 3 })
  const { events } = await ask(simulator, wire, { body: { echo: true } })
  expect(wire.textOf(events)).toMatch(/^hello\w/)
  expect(events[0].choices[0].text).toMatch(/^hello\w/)
  expect(wire.usageOf(events)).toBe(3)
  const { stream: _, stream_options: __, ...rest } = wire.body
  const whole = await readJson(await simulator.send(wire.path, { ...rest, echo: true }))
  expect(whole.choices[0].text).toMatch(/^hello\w/)
})

describe('pings', () => {
  test.each([
    ['llamacpp chat', /^:\n\n/],
    ['llamacpp completion', /^:\n\n/],
    ['tgi chat', /^:\n\n/],
    ['tgi generate_stream', /^:\n\n/],
    ['tabby chat', /^: ping - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00\r\n\r\n/],
    ['anthropic messages', /event: ping\ndata: \{"type":"ping"\}\n\n/],
  ])('%s: in a silence', async (name, bytes) => {
    const wire = find(name)
    const simulator = await start({ flavor: wire.flavor, ttft: 9, pingInterval: 4, tokens: 2 })
    const { text, events } = await ask(simulator, wire)
    expect(text).toMatch(bytes)
    const { kinds } = await simulator.last()
    const before = kinds.slice(0, kinds.indexOf('token'))
    // Due at 4 and 8 ms; Anthropic sends one of its own after the first block has begun.
    expect(before.filter((kind) => kind === 'ping')).toHaveLength(
      wire.flavor === 'anthropic' ? 3 : 2,
    )
    expect(wire.usageOf(events)).toBe(2)
  })

  test('none by default, when there is no silence', async () => {
    for (const name of ['llamacpp chat', 'tgi chat', 'tabby chat']) {
      const simulator = await start({ flavor: find(name).flavor })
      await ask(simulator, find(name))
      expect((await simulator.last()).kinds).not.toContain('ping')
    }
  })

  test('of llama.cpp: the request has its own interval, or none', async () => {
    const simulator = await start({ flavor: 'llamacpp', ttft: 9 })
    await ask(simulator, find('llamacpp chat'), { body: { sse_ping_interval: 0.004 } })
    expect((await simulator.last()).kinds.filter((kind) => kind === 'ping')).toHaveLength(2)
    const often = await start({ flavor: 'llamacpp', ttft: 9, pingInterval: 1 })
    await ask(often, find('llamacpp chat'), { body: { sse_ping_interval: -1 } })
    expect((await often.last()).kinds).not.toContain('ping')
  })
})

describe('llama.cpp', () => {
  test('reports the progress of a prompt', async () => {
    const simulator = await start({ flavor: 'llamacpp', ttft: 8 })
    const messages = [{ role: 'user', content: 'x'.repeat(400) }]
    const body = { return_progress: true, messages }
    const { events } = await ask(simulator, find('llamacpp chat'), { body })
    const progress = events.map((event) => event.prompt_progress).filter(Boolean)
    expect(progress).toEqual(
      [25, 50, 75, 100].map((processed, i) => ({
        total: 100,
        cache: 0,
        processed,
        time_ms: 2 * (i + 1),
      })),
    )
    expect((await simulator.last()).kinds.slice(0, 5)).toEqual([
      ...Array(4).fill('progress'),
      'role',
    ])
  })

  test('tells its own times, with or without usage', async () => {
    const simulator = await start({ flavor: 'llamacpp', ttft: 6, itl: 2, tokens: 3 })
    const { events } = await ask(simulator, find('llamacpp chat'), {
      body: { stream_options: undefined, timings_per_token: true },
    })
    expect(events.at(-1).timings).toMatchObject({ prompt_ms: 6, predicted_ms: 4, predicted_n: 3 })
    const counts = events.map((event) => event.timings?.predicted_n).filter(Boolean)
    expect(counts).toEqual([1, 2, 3, 3])
  })

  test('has health, props, slots and models', async () => {
    const { send } = await start({ flavor: 'llamacpp', apiKey: 'sk-1', itl: 60_000 })
    expect(await readJson(await send('/health'))).toEqual({ status: 'ok' })
    expect((await readJson(await send('/v1/models'))).data[0].id).toBe(model)
    expect((await send('/props')).status).toBe(401)
    const key = { authorization: 'Bearer sk-1' }
    expect(await readJson(await send('/props', undefined, key))).toMatchObject({ total_slots: 4 })
    const busy = async () =>
      (await readJson(await send('/slots', undefined, key))).filter(
        (slot: { is_processing: boolean }) => slot.is_processing,
      ).length
    expect(await busy()).toBe(0)
    const readers = []
    for (let i = 0; i < 4; i++) {
      const reply = await send('/completion', { prompt: 'x', stream: true }, key)
      readers.push(reply.body?.getReader())
    }
    await vi.waitFor(async () => expect(await busy()).toBe(4))
    const full = await send('/slots?fail_on_no_slot=1', undefined, key)
    expect([full.status, (await readJson(full)).error.type]).toEqual([503, 'unavailable_error'])
    await Promise.all(readers.map((reader) => reader?.cancel()))
    await vi.waitFor(async () => expect(await busy()).toBe(0))
  })
})

describe('Ollama', () => {
  const chat = (name: string) => ({
    model: name,
    messages: [{ role: 'user', content: 'x' }],
    stream: false,
  })

  test('loads a model that is not in memory, and says how long that took', async () => {
    const simulator = await start({ flavor: 'ollama', models: 'a,b', loadTime: 20 })
    const { send, last } = simulator
    const first = await readJson(await send('/api/chat', chat('a')))
    expect(first.load_duration).toBe(1)
    const second = await readJson(await send('/api/chat', chat('b')))
    expect(second.load_duration).toBeGreaterThanOrEqual(19e6)
    expect(second.total_duration).toBeGreaterThanOrEqual(second.load_duration)
    const { startedAt, receivedAt } = await last()
    expect((startedAt ?? 0) - (receivedAt ?? 0)).toBeGreaterThanOrEqual(19)
    const resident = await readJson(await send('/api/ps'))
    expect(resident.models.map((one: { name: string }) => one.name)).toEqual(['b'])
    expect((await readJson(await send('/api/tags'))).models).toHaveLength(2)
  })

  test('loads and unloads without a prompt', async () => {
    const { send } = await start({ flavor: 'ollama', models: 'a,b' })
    const reasonOf = async (path: string, body: object) =>
      (await readJson(await send(path, body))).done_reason
    expect(await reasonOf('/api/generate', { model: 'b' })).toBe('load')
    expect(await reasonOf('/api/chat', { model: 'b', messages: [], keep_alive: -1 })).toBe('load')
    const [stays] = (await readJson(await send('/api/ps'))).models
    expect(Date.parse(stays.expires_at)).toBeGreaterThan(Date.UTC(2300, 0))
    expect(await reasonOf('/api/generate', { model: 'b', keep_alive: 0 })).toBe('unload')
    expect((await readJson(await send('/api/ps'))).models).toEqual([])
    expect((await send('/api/generate', { model: 'c' })).status).toBe(404)
  })

  test('is slower once after a load', async () => {
    const { send, last } = await start({ flavor: 'ollama', models: 'a,b', coldTtft: 30 })
    const late = []
    for (let i = 0; i < 2; i++) {
      await send('/api/chat', chat('b'))
      const { sentAt, startedAt } = await last()
      late.push((sentAt[0] ?? 0) - (startedAt ?? 0) >= 30 - 0.001)
    }
    expect(late[0]).toBe(true)
  })

  test('forgets a model whose time is over', async () => {
    const { send } = await start({ flavor: 'ollama' })
    await send('/api/generate', { model, keep_alive: '1ms' })
    await vi.waitFor(async () => expect((await readJson(await send('/api/ps'))).models).toEqual([]))
  })

  test('takes a name without its tag', async () => {
    const { send } = await start({ flavor: 'ollama', models: 'qwen3:latest' })
    expect((await readJson(await send('/api/chat', chat('qwen3')))).model).toBe('qwen3:latest')
  })

  test('has a version, OpenAI’s list, a greeting and no metrics', async () => {
    const { send } = await start({ flavor: 'ollama' })
    expect(await readJson(await send('/api/version'))).toHaveProperty('version')
    expect((await readJson(await send('/v1/models'))).data[0].owned_by).toBe('library')
    expect(await (await send('/')).text()).toBe('Ollama is running')
    expect((await send('/metrics')).status).toBe(404)
  })
})

describe('other paths', () => {
  test.each([
    ['sglang', '/health', 200],
    ['sglang', '/health_generate', 200],
    ['sglang', '/get_model_info', 200],
    ['sglang', '/v1/models', 200],
    ['tgi', '/health', 200],
    ['tgi', '/info', 200],
    ['tgi', '/v1/models', 200],
    ['openai', '/v1/models', 200],
    ['openai', '/metrics', 404],
    ['anthropic', '/metrics', 404],
    ['tabby', '/v1/models', 200],
    ['tabby', '/health', 200],
    ['litellm', '/v1/models', 200],
    ['litellm', '/health/liveliness', 200],
    ['litellm', '/health/readiness', 200],
  ])('%s %s: %i', async (flavor, path, status) => {
    expect((await (await start({ flavor })).send(path)).status).toBe(status)
  })

  test('litellm and tgi send headers of their own', async () => {
    const litellm = await start({ flavor: 'litellm' })
    const { response } = await ask(litellm, find('litellm chat'))
    expect(response.headers.get('x-litellm-call-id')).toMatch(/^[0-9a-f]{32}$/)
    const tgi = await start({ flavor: 'tgi', tokens: 3, ttft: 3, itl: 2 })
    const whole = await tgi.send('/generate', { inputs: 'x' })
    expect(whole.headers.get('x-generated-tokens')).toBe('3')
    expect(whole.headers.get('x-total-time')).toBe('7')
    expect(whole.headers.get('x-time-per-token')).toBe('2')
  })
})

describe('/metrics', () => {
  test.each([
    [
      'sglang',
      'sglang:generation_tokens_total{model_name="sim-7b"} 8',
      'sglang:num_running_reqs{model_name="sim-7b"} 0',
    ],
    [
      'sglang',
      'sglang:time_to_first_token_seconds_count{model_name="sim-7b"} 1',
      'sglang:num_requests_total{model_name="sim-7b"} 1',
    ],
    ['llamacpp', 'llamacpp:tokens_predicted_total 8', 'llamacpp:requests_processing 0'],
    ['llamacpp', 'llamacpp:prompt_tokens_total 2', 'llamacpp:requests_deferred 0'],
    ['tgi', 'tgi_request_success 1', 'tgi_batch_current_size 0'],
    ['tgi', 'tgi_request_generated_tokens_sum 8', 'tgi_request_failure{err="generation"} 0'],
    [
      'vllm',
      'vllm:generation_tokens_total{model_name="sim-7b",engine="0"} 8',
      'vllm:num_requests_running{model_name="sim-7b",engine="0"} 0',
    ],
  ])('%s: %s', async (flavor, ...lines) => {
    const simulator = await start({ flavor })
    await ask(simulator, find(`${flavor} chat`))
    await vi.waitFor(async () => {
      const text = await (await simulator.send('/metrics')).text()
      for (const line of lines) expect(`${text}\n`).toContain(`${line}\n`)
    })
  })

  test('n choices are one step: gaps are counted once', async () => {
    const simulator = await start({ flavor: 'vllm', tokens: 4 })
    await ask(simulator, find('vllm chat'), { body: { n: 3 } })
    const text = await (await simulator.send('/metrics')).text()
    expect(text).toMatch('vllm:generation_tokens_total{model_name="sim-7b",engine="0"} 12')
    expect(text).toMatch('vllm:inter_token_latency_seconds_count{model_name="sim-7b",engine="0"} 3')
  })
})
