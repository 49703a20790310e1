import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { bearer, logIn, readJson, start } from './support.ts'

const messages = [{ role: 'user', content: 'x' }]

describe('a request that vLLM refuses with 400', () => {
  test.each([
    ['broken JSON', '{"messages":', /JSON/],
    ['no messages', { stream: true }, /messages/],
    ['messages that are no list', { messages: 'x' }, /messages/],
    ['no message', { messages: [] }, /message/],
    ['a list', [], /dictionary/],
    ['max_tokens 0', { messages, max_tokens: 0 }, /max_tokens/],
    ['min_tokens above max_tokens', { messages, max_tokens: 2, min_tokens: 3 }, /min_tokens/],
    ['stream_options without stream', { messages, stream_options: {} }, /stream=True/],
    ['no choice', { messages, n: 0 }, /n must be at least 1/],
    ['a model that is no name', { messages, model: 7 }, /model/],
  ])('%s', async (_, request, message) => {
    const { send } = await start({ flavor: 'vllm' })
    const reply = await send('/v1/chat/completions', request)
    const { error } = await readJson(reply)
    expect(reply.status).toBe(400)
    expect(error).toMatchObject({ type: 'BadRequestError', code: 400 })
    expect(error.message).toMatch(message)
  })

  test('another content type', async () => {
    const { send } = await start({ flavor: 'vllm' })
    const headers = { 'content-type': 'text/plain' }
    const reply = await send('/v1/chat/completions', { messages }, headers)
    expect(reply.status).toBe(400)
  })

  test('a completion without a prompt', async () => {
    const { send } = await start({ flavor: 'vllm' })
    expect((await send('/v1/completions', { messages })).status).toBe(400)
  })
})

test('an unknown model gives 404 in vLLM’s shape', async () => {
  const { send } = await start({ flavor: 'vllm' })
  const reply = await send('/v1/chat/completions', { messages, model: 'other' })
  expect(reply.status).toBe(404)
  expect(await reply.json()).toEqual({
    error: {
      message: 'The model `other` does not exist.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    },
  })
})

describe('the gateway', () => {
  test('reads the body itself: 422 for broken JSON, vLLM’s 400 for the rest', async () => {
    const simulator = await start()
    const headers = bearer(await logIn(simulator))
    const broken = await simulator.send('/api/chat', '{', headers)
    expect(broken.status).toBe(422)
    expect(await broken.json()).toMatchObject({ detail: [{ type: 'json_invalid' }] })
    expect((await simulator.send('/api/chat', {}, headers)).status).toBe(400)
  })

  test('passes vLLM’s 404 on, or as the real one does, as 200', async () => {
    const expected = { object: 'error', type: 'NotFoundError', param: null, code: 404 }
    for (const upstream404As200 of [false, true]) {
      const simulator = await start({ upstream404As200 })
      const headers = bearer(await logIn(simulator))
      const request = { messages, model: 'other', stream: true }
      const reply = await simulator.send('/api/chat', request, headers)
      expect(reply.status).toBe(upstream404As200 ? 200 : 404)
      if (upstream404As200) expect(reply.headers.get('content-type')).toMatch('text/plain')
      expect(await reply.json()).toMatchObject(expected)
    }
  })
})

describe('paths', () => {
  test.each(['vllm', 'gateway'])('unknown ones give 404 on %s', async (flavor) => {
    const { send } = await start({ flavor })
    for (const path of ['/', '/nothing', '//', '/api/chat/']) {
      const reply = await send(path)
      expect(reply.status).toBe(404)
      expect(await reply.json()).toEqual({ detail: 'Not Found' })
    }
  })

  test('a wrong method gives 405', async () => {
    const { send } = await start({ flavor: 'vllm' })
    const reply = await send('/v1/chat/completions')
    expect(reply.status).toBe(405)
    expect(reply.headers.get('allow')).toBe('POST')
  })

  test('each flavor has its own', async () => {
    const vllm = await start({ flavor: 'vllm' })
    const health = await vllm.send('/health')
    expect([health.status, await health.text()]).toEqual([200, ''])
    expect(await (await vllm.send('/version')).json()).toHaveProperty('version')
    expect((await vllm.send('/api/models/status')).status).toBe(404)
    const gateway = await start()
    expect(await (await gateway.send('/health')).json()).toMatchObject({ status: 'healthy' })
    expect(await (await gateway.send('/health/ready')).json()).toMatchObject({ status: 'ready' })
    expect((await gateway.send('/version')).status).toBe(404)
  })
})

test('serves one connection again and again', async () => {
  const { port, requests } = await start({ flavor: 'vllm' })
  const socket = connect(port, '127.0.0.1')
  let seen = ''
  const answers = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      seen += data
      const count = seen.split('HTTP/1.1 200').length - 1
      if (count < 2) socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
      else resolve()
    })
  })
  socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
  await answers
  socket.destroy()
  expect(seen).toMatch(/keep-alive: timeout=65/i)
  expect(await requests('?path=/health')).toHaveLength(2)
})
