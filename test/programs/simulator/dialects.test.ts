import { describe, expect, test } from 'vitest'
import { faultNames } from '../../../simulator/options/faults.ts'
import { readJson, start } from './support.ts'
import { type Asked, ask, headers, model, whole, wires } from './wires.ts'

describe('an answer of every wire', () => {
  test.each(wires)('$name: streamed, whole and recorded, the counts agree', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, tokens: 6 })
    const { status, text, events } = await ask(simulator, wire)
    expect(status).toBe(200)
    expect(wire.ends(text)).toBe(true)
    expect(wire.textOf(events)).not.toBe('')
    expect(wire.usageOf(events)).toBe(6)
    const entry = await simulator.last()
    expect(entry.completionTokens).toBe(6)
    expect(entry.tokens.reduce((sum, tokens) => sum + tokens, 0)).toBe(6)
    expect(entry.sentAt).toHaveLength(entry.kinds.length)
    expect(entry.stream).toBe(true)

    const { path, body } = whole(wire)
    const reply = await simulator.send(path, body, headers)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(JSON.stringify(await reply.json())).not.toMatch(/chunk/)
    expect(await simulator.last()).toMatchObject({ kinds: ['body'], tokens: [6], stream: false })
  })

  test.each(wires)('$name: several tokens in an event, the same counts', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, tokens: 7, tokensPerEvent: 3 })
    const { events } = await ask(simulator, wire)
    expect(wire.usageOf(events)).toBe(7)
    const { tokens, kinds } = await simulator.last()
    const sent = tokens.filter((_, i) => kinds[i] === 'token')
    // TGI's events are tokens, and its last token has no text.
    expect(sent).toEqual(wire.flavor === 'tgi' ? Array(6).fill(1) : [1, 3, 3])
  })

  test.each(
    wires.filter(({ reasons }) => reasons),
  )('$name: reasoning first, counted and recorded', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, tokens: 3, reasoning: 2 })
    const { events, text } = await ask(simulator, wire)
    expect(wire.usageOf(events)).toBe(5)
    const { kinds, tokens, completionTokens } = await simulator.last()
    expect(completionTokens).toBe(5)
    const generated = kinds.filter((kind) => kind === 'reasoning' || kind === 'token')
    // OpenAI's chats hide it: the tokens count, and no event has them.
    const hidden = wire.name === 'openai chat'
    expect(generated).toEqual([
      ...(hidden ? [] : ['reasoning', 'reasoning']),
      'token',
      'token',
      'token',
    ])
    expect(tokens.reduce((sum, one) => sum + one, 0)).toBe(hidden ? 3 : 5)
    if (!hidden) expect(text).toMatch(/reasoning|thinking/)
  })

  test.each([
    ['vllm', '/v1/chat/completions', { chat_template_kwargs: { enable_thinking: false } }],
    ['ollama', '/api/chat', { think: false }],
    ['anthropic', '/v1/messages', { thinking: { type: 'disabled' } }],
    ['openai', '/v1/responses', { reasoning: { effort: 'none' } }],
  ])('%s: a request turns reasoning off', async (flavor, path, more) => {
    const wire = wires.find((one) => one.flavor === flavor && one.path === path) as Asked
    const simulator = await start({ flavor, tokens: 3, reasoning: 2 })
    await ask(simulator, wire, { body: more })
    expect((await simulator.last()).completionTokens).toBe(3)
  })

  test('a limit below the reasoning leaves no text', async () => {
    const wire = wires[0] as Asked
    const simulator = await start({ flavor: 'vllm', reasoning: 9 })
    const { events } = await ask(simulator, wire, { body: { max_tokens: 4 } })
    expect([wire.textOf(events), wire.usageOf(events)]).toEqual(['', 4])
    expect(events.map((event) => event.choices[0]?.finish_reason).filter(Boolean)).toEqual([
      'length',
    ])
  })
})

describe('when headers leave', () => {
  const early = ['vllm', 'tgi', 'openai', 'anthropic', 'tabby']
  test.each(wires)('$name', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, ttft: 40, tokens: 2 })
    await ask(simulator, wire)
    const { headersAt, startedAt } = await simulator.last()
    const waited = (headersAt ?? 0) - (startedAt ?? 0)
    // One never leaves before it is due; the other has 40 ms of room.
    if (early.includes(wire.flavor)) expect(waited).toBeLessThan(40)
    else expect(waited).toBeGreaterThanOrEqual(40 - 0.001)
  })

  test.each(wires)('$name: the option goes before', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, ttft: 15, headers: 'first-token' })
    await ask(simulator, wire)
    const { headersAt, startedAt } = await simulator.last()
    expect((headersAt ?? 0) - (startedAt ?? 0)).toBeGreaterThanOrEqual(15 - 0.001)
  })

  test.each(['openai responses', 'anthropic messages'])('%s opens at once', async (name) => {
    const wire = wires.find((one) => one.name === name) as Asked
    const simulator = await start({ flavor: wire.flavor, ttft: 40 })
    await ask(simulator, wire)
    const { sentAt, kinds, startedAt } = await simulator.last()
    const at = (kind: string) => (sentAt[kinds.indexOf(kind)] ?? 0) - (startedAt ?? 0)
    expect(at('role')).toBeLessThan(40)
    expect(at('token')).toBeGreaterThanOrEqual(40 - 0.001)
  })
})

describe('faults of every wire', () => {
  const provoke = async (wire: Asked, fault: string, options = {}) => {
    const simulator = await start({ flavor: wire.flavor, ...options })
    const answer = await ask(simulator, wire, { headers: { 'x-sim-fault': fault } })
    return { ...answer, entry: await simulator.last() }
  }

  test.each(wires)('$name: truncated ends without an end', async (wire) => {
    const { text, entry, error, status } = await provoke(wire, 'truncated:2')
    expect([status, error]).toEqual([200, undefined])
    expect(wire.ends(text)).toBe(false)
    expect(text).not.toMatch(/finish_reason":"[a-z]|stop_reason":"|\[DONE\]/)
    expect(entry.completionTokens).toBe(2)
  })

  test.each(wires)('$name: error-event in its own shape', async (wire) => {
    const { text, events, entry } = await provoke(wire, 'error-event:2')
    expect(entry.completionTokens).toBe(2)
    expect(entry.kinds).toContain('error')
    const shown = events.at(-1)
    if (wire.flavor === 'ollama' && wire.path.startsWith('/v1')) expect(shown.model).toBe('')
    else if (wire.path === '/v1/responses') expect(shown).toMatchObject({ type: 'error' })
    else expect(shown).toHaveProperty('error')
    const marked = ['vllm', 'sglang', 'tgi', 'openai'].includes(wire.flavor) && wire.done
    expect(text.includes('[DONE]')).toBe(marked)
    expect((await provoke(wire, 'error-event-no-done:2')).text).not.toMatch(/\[DONE\]|message_stop/)
  })

  test.each(wires)('$name: error-first, or why not', async (wire) => {
    const { text, status, events } = await provoke(wire, 'error-first')
    if (['llamacpp', 'ollama', 'litellm'].includes(wire.flavor)) {
      expect(status).toBe(400)
      expect(text).toMatch(/fault error-first: .*expected 503/)
    } else {
      expect(status).toBe(200)
      expect(events.length).toBeLessThanOrEqual(2)
      expect(text).toMatch(/error/)
    }
  })

  test.each(wires)('$name: one malformed event, the rest as ever', async (wire) => {
    const { text, events, entry } = await provoke(wire, 'malformed:2')
    expect(entry.kinds.filter((kind) => kind === 'malformed')).toHaveLength(1)
    expect(wire.ends(text)).toBe(true)
    expect(wire.usageOf(events)).toBe(8)
    const before = entry.kinds.slice(0, entry.kinds.indexOf('malformed'))
    expect(before.filter((kind) => kind === 'token')).toHaveLength(2)
  })

  test.each(wires)('$name: no-usage', async (wire) => {
    const { text, events, status } = await provoke(wire, 'no-usage')
    expect(status).toBe(200)
    expect(wire.usageOf(events)).toBeUndefined()
    expect(wire.ends(text)).toBe(true)
  })

  test.each(wires)('$name: no-done, or why not', async (wire) => {
    const { text, status, entry } = await provoke(wire, 'no-done')
    if (wire.done) {
      expect([status, wire.ends(text)]).toEqual([200, false])
      expect(entry.kinds).not.toContain('done')
    } else {
      expect(status).toBe(400)
      expect(text).toMatch(/fault no-done: .*expected truncated/)
    }
  })

  test.each(wires)('$name: reset', async (wire) => {
    const { error, entry } = await provoke(wire, 'reset:2', { itl: 1 })
    expect(error).toBeDefined()
    expect(entry).toMatchObject({ completionTokens: 2, status: 200, closedByClient: false })
  })

  test.each(wires)('$name: stall', async (wire) => {
    const { error, entry } = await provoke(wire, 'stall:2:0.01')
    expect(error).toBeDefined()
    expect(entry.completionTokens).toBe(2)
  })

  test.each(wires)('$name: buffer, plain-type, json-instead, empty', async (wire) => {
    const buffered = await provoke(wire, 'buffer')
    expect(buffered.type).toBe('text/plain; charset=utf-8')
    expect(new Set(buffered.entry.sentAt).size).toBe(1)
    expect(wire.ends(buffered.text)).toBe(true)
    expect((await provoke(wire, 'plain-type')).type).toBe('text/plain; charset=utf-8')
    const instead = await provoke(wire, 'json-instead')
    expect(instead.type).toBe('application/json')
    expect(JSON.parse(instead.text)).toBeTypeOf('object')
    const empty = await provoke(wire, 'empty')
    expect([empty.status, empty.text]).toEqual([200, ''])
    expect(empty.type).toMatch(wire.path.startsWith('/api/') ? 'x-ndjson' : 'text/event-stream')
  })

  test.each(wires)('$name: statuses', async (wire) => {
    for (const status of faultNames.filter((name) => /^\d+$/.test(name))) {
      expect((await provoke(wire, status)).status).toBe(Number(status))
    }
    const { response } = await provoke(wire, '429:3')
    expect(response.headers.get('retry-after')).toBe('3')
  })

  test.each(wires)('$name: without a stream, an error is a status', async (wire) => {
    const simulator = await start({ flavor: wire.flavor })
    for (const fault of ['error-event', 'error-first']) {
      const { path, body } = whole(wire)
      const reply = await simulator.send(path, body, { ...headers, 'x-sim-fault': fault })
      expect(reply.status).toBeGreaterThanOrEqual(424)
      expect(await readJson(reply)).toBeTypeOf('object')
    }
  })
})

describe('refusals', () => {
  const authorized = (flavor: string): Record<string, string> =>
    flavor === 'anthropic' ? { 'x-api-key': 'sk-1' } : { authorization: 'Bearer sk-1' }

  test.each(wires)('$name: needs the key, where the server has it', async (wire) => {
    const simulator = await start({ flavor: wire.flavor, apiKey: 'sk-1' })
    expect((await ask(simulator, wire)).status).toBe(401)
    const bad = { authorization: 'Bearer sk-2', 'x-api-key': 'sk-2' }
    expect((await ask(simulator, wire, { headers: bad })).status).toBe(401)
    expect((await ask(simulator, wire, { headers: authorized(wire.flavor) })).status).toBe(200)
    const { headers: kept } = await simulator.last()
    expect(JSON.stringify(kept)).not.toMatch('sk-1')
  })

  test.each([
    ['vllm', { error: 'Unauthorized' }],
    ['sglang', { error: 'Unauthorized' }],
    [
      'llamacpp',
      { error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } },
    ],
    ['ollama', { error: { message: 'unauthorized', type: 'api_error', param: null, code: null } }],
    ['openai', { error: { type: 'invalid_request_error', code: null } }],
    ['tabby', { detail: 'Please provide an API key' }],
    ['litellm', { error: { type: 'auth_error', param: 'None', code: '401' } }],
  ])('%s: the shape of its 401', async (flavor, body) => {
    const { send } = await start({ flavor, apiKey: 'sk-1' })
    const reply = await send('/v1/chat/completions', { model })
    expect(await reply.json()).toMatchObject(body)
  })

  test.each([
    ['vllm', '/v1/chat/completions', 404, { error: { type: 'NotFoundError', code: 404 } }],
    ['openai', '/v1/chat/completions', 404, { error: { code: 'model_not_found', param: null } }],
    ['openai', '/v1/responses', 404, { error: { code: 'model_not_found' } }],
    [
      'anthropic',
      '/v1/messages',
      404,
      { type: 'error', error: { type: 'not_found_error', message: 'model: other' } },
    ],
    ['ollama', '/api/chat', 404, { error: "model 'other' not found" }],
    ['ollama', '/v1/chat/completions', 404, { error: { type: 'not_found_error', code: null } }],
    ['litellm', '/v1/chat/completions', 400, { error: { param: 'model', code: '400' } }],
  ])('%s %s: an unknown model gives %i', async (flavor, path, status, body) => {
    const wire = wires.find((one) => one.flavor === flavor && one.path === path) as Asked
    const simulator = await start({ flavor })
    const answer = await ask(simulator, wire, { body: { model: 'other' } })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject(body)
  })

  test.each([
    ['sglang', 'other'],
    ['llamacpp', model],
    ['tgi', model],
    ['tabby', model],
  ])('%s answers to any name, as %s', async (flavor, name) => {
    const wire = wires.find((one) => one.flavor === flavor) as Asked
    const simulator = await start({ flavor })
    const { events } = await ask(simulator, wire, { body: { model: 'other' } })
    expect(events[0].model).toBe(name)
  })

  test.each([
    [
      'vllm',
      '/v1/chat/completions',
      { model },
      400,
      { error: { type: 'BadRequestError', param: 'messages' } },
    ],
    [
      'sglang',
      '/v1/chat/completions',
      { model },
      400,
      { object: 'error', type: 'BadRequestError', code: 400 },
    ],
    ['sglang', '/generate', {}, 400, { object: 'error' }],
    [
      'llamacpp',
      '/v1/chat/completions',
      { model },
      400,
      { error: { code: 400, type: 'invalid_request_error' } },
    ],
    ['llamacpp', '/completion', '{', 500, { error: { code: 500 } }],
    ['llamacpp', '/v1/chat/completions', { messages: [{}], n: 2 }, 400, { error: { code: 400 } }],
    ['ollama', '/api/chat', {}, 400, { error: 'model is required' }],
    ['ollama', '/api/generate', '{', 400, { error: expect.any(String) }],
    [
      'ollama',
      '/v1/chat/completions',
      { model },
      400,
      { error: { type: 'invalid_request_error' } },
    ],
    [
      'openai',
      '/v1/chat/completions',
      { model },
      400,
      { error: { code: 'missing_required_parameter', param: 'messages' } },
    ],
    [
      'openai',
      '/v1/chat/completions',
      { messages: [{}] },
      400,
      { error: { message: 'you must provide a model parameter' } },
    ],
    [
      'openai',
      '/v1/chat/completions',
      { model, messages: [{}], ignore_eos: true },
      400,
      { error: { message: 'Unrecognized request argument supplied: ignore_eos' } },
    ],
    ['openai', '/v1/responses', { model }, 400, { error: { param: 'input' } }],
    [
      'anthropic',
      '/v1/messages',
      { model, messages: [{}] },
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
        request_id: expect.stringMatching(/^req_/),
      },
    ],
    [
      'tabby',
      '/v1/chat/completions',
      { model },
      422,
      { detail: [{ type: 'missing', loc: ['body', 'messages'] }] },
    ],
    [
      'litellm',
      '/v1/chat/completions',
      { model },
      400,
      { error: { param: 'messages', code: '400' } },
    ],
    [
      'tgi',
      '/generate',
      { inputs: 'x', parameters: { max_new_tokens: 0 } },
      422,
      { error_type: 'validation' },
    ],
  ])('%s %s %j gives %i', async (flavor, path, body, status, expected) => {
    const { send } = await start({ flavor })
    const reply = await send(path, body, headers)
    expect(reply.status).toBe(status)
    expect(await reply.json()).toMatchObject(expected)
  })

  test('tgi: what does not fit is a text; a wrong value while streaming is HTTP 200', async () => {
    const { send } = await start({ flavor: 'tgi' })
    const unfit = await send('/generate', {})
    expect([unfit.status, await unfit.text()]).toEqual([
      422,
      expect.stringMatching('missing field `inputs`'),
    ])
    const native = await send('/generate_stream', {
      inputs: 'x',
      parameters: { max_new_tokens: 0 },
    })
    expect(native.status).toBe(200)
    expect(await native.text()).toMatch(
      /^data:\{"error":"Input validation error.*"error_type":"validation"\}\n\n$/,
    )
    const chat = await send('/v1/chat/completions', { messages: [{}], max_tokens: 0, stream: true })
    expect(chat.status).toBe(200)
    expect(await chat.text()).toMatch(
      /^data: \{"error":\{"message":.*"http_status_code":422\}\}\n\ndata: \[DONE\]\n\n$/,
    )
  })

  test('anthropic wants a version', async () => {
    const { send } = await start({ flavor: 'anthropic' })
    const reply = await send('/v1/messages', {})
    expect([reply.status, await reply.json()]).toMatchObject([
      400,
      { error: { message: 'anthropic-version: header is required' } },
    ])
  })

  test.each([
    ['sglang', { detail: 'Not Found' }],
    ['llamacpp', { error: { code: 404, type: 'not_found_error' } }],
    ['openai', { error: { message: 'Invalid URL (GET /nothing)' } }],
    ['anthropic', { type: 'error', error: { type: 'not_found_error' } }],
  ])('%s: paths that are not there', async (flavor, body) => {
    const { send } = await start({ flavor })
    const reply = await send('/nothing')
    expect(reply.status).toBe(404)
    expect(await reply.json()).toMatchObject(body)
  })

  test.each([
    ['ollama', '404 page not found'],
    ['tgi', ''],
  ])('%s: paths that are not there, without JSON', async (flavor, text) => {
    const { send } = await start({ flavor })
    const reply = await send('/nothing')
    expect([reply.status, await reply.text()]).toEqual([404, text])
  })
})
