import { beforeEach, describe, expect, test } from 'vitest'
import { login } from '../../../src/chat/login.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'

const global = globalThis as unknown as { __ENV: Record<string, string> }
const baseUrl = 'http://sim'

beforeEach(() => {
  world.reset()
  global.__ENV = {}
  requests.length = 0
  respond(() => ({ body: '{"access_token":"t","token_type":"bearer","expires_in":1800}' }))
})

const sent = () => JSON.parse(requests[0]?.body ?? '')

describe('login', () => {
  test('sends an e-mail address and its password as they are', async () => {
    expect(await login({ baseUrl, email: 'a@b.c', password: 'pässword' })).toEqual({
      ok: true,
      token: 't',
      expiresIn: 1_800_000,
      error: null,
    })
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'http://sim/api/auth/login' })
    expect(sent()).toEqual({ email: 'a@b.c', password: 'pässword' })
  })

  test('sends a user name with its password in base64', async () => {
    await login({ baseUrl, username: 'test', password: 'pässword' })
    expect(sent()).toEqual({
      username: 'test',
      password: Buffer.from('pässword').toString('base64'),
    })
  })

  test('takes TEST_EMAIL and TEST_PASSWORD; without @ it is a user name', async () => {
    global.__ENV = { BASE_URL: baseUrl, TEST_EMAIL: 'test', TEST_PASSWORD: 'p' }
    await login()
    expect(sent()).toEqual({ username: 'test', password: 'cA==' })
  })

  test('the shape can be said', async () => {
    await login({ baseUrl, email: 'a@b.c', password: 'p', shape: 'username' })
    expect(sent()).toEqual({ username: 'a@b.c', password: 'cA==' })
  })

  test('a refusal is data', async () => {
    respond(() => ({ status: 401, body: '{"detail":"wrong password"}' }))
    expect(await login({ baseUrl, email: 'a@b.c', password: 'p' })).toEqual({
      ok: false,
      error: { kind: 'http_4xx', status: 401, message: 'wrong password' },
    })
    expect(requests).toHaveLength(1)
  })

  test('a request that is not understood says which shape it had', async () => {
    const body = '{"detail":[{"loc":["body","username"],"msg":"Field required"}]}'
    respond(() => ({ status: 422, body }))
    const refused = async (email: string) =>
      (await login({ baseUrl, email, password: 's3cret' })).error?.message
    expect(await refused('a@b.c')).toBe(
      'body.username: Field required; { email, password } was sent, the service may want ' +
        "{ username, password }: login({ shape: 'username' })",
    )
    expect(await refused('test')).toMatch(/may want \{ email, password \}/)
  })

  test('an answer without a token is decode', async () => {
    respond(() => ({ body: '{"ok":true}' }))
    expect(await login({ baseUrl, email: 'a@b.c', password: 'p' })).toMatchObject({
      ok: false,
      error: { kind: 'decode', message: 'no access_token in the answer: {"ok":true}' },
    })
  })

  test.each([
    [{ email: 'a@b.c' }, /expected an e-mail or user name and a password; .*TEST_PASSWORD/],
    [{ password: 'p' }, /expected an e-mail or user name/],
    [
      { email: 'a@b.c', password: 'p', shape: 'basic' },
      /shape: expected 'email' or 'username', got "basic"/,
    ],
    [{ mail: 'a@b.c' }, /login: unknown option "mail"; expected baseUrl, path, email/],
  ])('%j ends the test', async (options, message) => {
    await expect(login({ baseUrl, ...options } as never)).rejects.toThrow(Aborted)
    expect(world.aborted).toMatch(message)
  })
})
