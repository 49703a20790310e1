import { describe, expect, test } from 'vitest'
import { bearer, logIn, readJson, type Started, start } from './support.ts'

const chat = { messages: [{ role: 'user', content: 'x' }] }
const base64 = (text: string) => Buffer.from(text).toString('base64')

const byEmail = { email: 'test@example.com', password: 'test123' }
const byName = { username: 'test', password: base64('test123') }

const login = async ({ send }: Started, body: unknown) => {
  const reply = await send('/api/auth/login', body)
  return { status: reply.status, body: await readJson(reply) }
}

describe('login', () => {
  test('accepts both shapes and gives a token that works', async () => {
    const simulator = await start()
    for (const shape of [byEmail, byName]) {
      const { status, body } = await login(simulator, shape)
      expect(status).toBe(200)
      expect(body).toMatchObject({ token_type: 'bearer', expires_in: 1800 })
      const reply = await simulator.send('/api/chat', chat, bearer(body.access_token))
      expect(reply.status).toBe(200)
    }
  })

  test.each([
    ['a wrong password', { ...byEmail, password: 'other' }],
    ['a password that is not in base64', { ...byName, password: 'test123' }],
    ['an unknown user', { ...byName, username: 'other' }],
    ['an email as the user name', { ...byName, username: 'test@example.com' }],
  ])('refuses %s with 401', async (_, body) => {
    const { status, body: answer } = await login(await start(), body)
    expect(status).toBe(401)
    expect(answer).toEqual({ detail: 'Incorrect username or password' })
  })

  test.each([
    ['username', byEmail, 'username'],
    ['email', byName, 'email'],
    ['both', { password: 'x' }, 'username'],
  ])('%s: the other shape gives FastAPI’s 422', async (shape, body, field) => {
    const { status, body: answer } = await login(await start({ login: shape }), body)
    expect(status).toBe(422)
    expect(answer.detail[0]).toMatchObject({
      type: 'missing',
      loc: ['body', field],
      msg: 'Field required',
    })
  })

  test('refuses what is not JSON with 422', async () => {
    const { status, body } = await login(await start(), 'user=test')
    expect(status).toBe(422)
    expect(body.detail[0].type).toBe('json_invalid')
  })

  test('knows the user that the options name', async () => {
    const simulator = await start({ user: 'kim:pass:word' })
    const { status } = await login(simulator, { email: 'kim@example.com', password: 'pass:word' })
    expect(status).toBe(200)
    expect((await login(simulator, byEmail)).status).toBe(401)
  })
})

describe('the gateway’s chat', () => {
  test('without a token: 403', async () => {
    const { send } = await start()
    const reply = await send('/api/chat', chat)
    expect(reply.status).toBe(403)
    expect(await reply.json()).toEqual({ detail: 'Not authenticated' })
  })

  test.each(['test-token', 'a.b.c', ''])('with the bad token "%s": 401 or 403', async (token) => {
    const { send } = await start()
    const reply = await send('/api/chat', chat, bearer(token))
    expect(reply.status).toBe(token ? 401 : 403)
    if (!token) return
    expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    expect(await reply.json()).toEqual({ detail: 'Could not validate credentials' })
  })

  test('with a token of another simulator: 401', async () => {
    const token = await logIn(await start())
    const { send } = await start()
    expect((await send('/api/chat', chat, bearer(token))).status).toBe(401)
  })

  test('with a token that is over: 401', async () => {
    const simulator = await start({ tokenTtl: 0.001 })
    const token = await logIn(simulator)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await simulator.send('/api/chat', chat, bearer(token))).status).toBe(401)
  })

  test('takes an API key too, and none where none is required', async () => {
    const keyed = await start({ apiKey: 'sk-1' })
    expect((await keyed.send('/api/chat', chat, bearer('sk-1'))).status).toBe(200)
    const open = await start({ requireAuth: false })
    expect((await open.send('/api/chat', chat)).status).toBe(200)
  })

  test('guards the vLLM behind it as well', async () => {
    const simulator = await start()
    const reply = await simulator.send('/v1/models')
    expect(reply.status).toBe(401)
    expect(await reply.json()).toEqual({ error: 'Unauthorized' })
    const headers = bearer(await logIn(simulator))
    expect((await simulator.send('/v1/models', undefined, headers)).status).toBe(200)
  })
})

describe('vLLM', () => {
  test('asks for nothing by default', async () => {
    const { send } = await start({ flavor: 'vllm' })
    expect((await send('/v1/models')).status).toBe(200)
  })

  test('with an API key guards /v1 only', async () => {
    const { send } = await start({ flavor: 'vllm', apiKey: 'sk-1' })
    for (const path of ['/v1/models', '/v1/nothing']) {
      const reply = await send(path)
      expect(reply.status).toBe(401)
      expect(await reply.json()).toEqual({ error: 'Unauthorized' })
    }
    expect((await send('/v1/models', undefined, bearer('sk-1'))).status).toBe(200)
    expect((await send('/v1/chat/completions', chat, bearer('sk-2'))).status).toBe(401)
    expect((await send('/health')).status).toBe(200)
    expect((await send('/metrics')).status).toBe(200)
  })
})
