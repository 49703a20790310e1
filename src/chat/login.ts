import { b64encode } from 'k6/encoding'
import { baseUrlFromEnv, checkUrl, env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { endpoint } from './address.ts'
import { callApi } from './api-call.ts'
import type { ChatError } from './result.ts'

/** How credentials are sent. */
export type LoginShape = 'email' | 'username'

export interface LoginOptions {
  /** Address of the server. @default `API_BASE_URL`, else `BASE_URL` */
  baseUrl?: string
  /** @default '/api/auth/login' */
  path?: string
  /** @default `TEST_EMAIL` */
  email?: string
  /** Name of the user, where the service wants a name in place of an e-mail address. */
  username?: string
  /** @default `TEST_PASSWORD` */
  password?: string
  /**
   * `email`: `{email, password}`. `username`: `{username, password}` with the password in
   * base64, as the guide's gateway wants it.
   * @default 'username' where a `username` is given or the e-mail holds no `@`, else 'email'
   */
  shape?: LoginShape
  /** ms, or a string such as `'30s'`. @default '30s' */
  timeout?: number | string
}

/** What a login came to; `ok` tells the two apart. */
export type LoginResult =
  | {
      ok: true
      /** For `createChatClient({ token })` or `chat.stream(…, { token })`. */
      token: string
      /** ms until the token ends, where the server says. */
      expiresIn?: number
      error: null
    }
  | { ok: false; token?: undefined; error: ChatError }

/**
 * Logs in once, for `setup()`.
 *
 * A refused login is data (`ok: false` with the error), so that the script decides whether the
 * run makes sense without a token. Missing credentials end the test.
 */
export async function login(options: LoginOptions = {}): Promise<LoginResult> {
  checkKeys('login', options, [
    'baseUrl',
    'path',
    'email',
    'username',
    'password',
    'shape',
    'timeout',
  ])
  const baseUrl = options.baseUrl === undefined ? baseUrlFromEnv() : options.baseUrl
  if (baseUrl === undefined) {
    misuse('login: expected baseUrl, got nothing; pass login({ baseUrl }) or -e BASE_URL=…')
  }
  const user = options.username || options.email || env.string('TEST_EMAIL')
  const password = options.password || env.string('TEST_PASSWORD')
  if (user === undefined || password === undefined) {
    misuse(
      'login: expected an e-mail or user name and a password; pass login({ email, password }) or ' +
        '-e TEST_EMAIL=… -e TEST_PASSWORD=…',
    )
  }
  const shape =
    options.shape || (options.username || user.indexOf('@') === -1 ? 'username' : 'email')
  if (shape !== 'email' && shape !== 'username') {
    misuse(`login: shape: expected 'email' or 'username', got ${show(shape)}`)
  }
  const path = options.path || '/api/auth/login'
  const { url, headers } = endpoint(checkUrl('login: baseUrl', baseUrl), path)
  const reply = await callApi({
    method: 'POST',
    url,
    headers,
    timeout: durationOption('login: timeout', options.timeout, 30000),
    tags: { name: path },
    json:
      shape === 'email'
        ? { email: user, password }
        : { username: user, password: b64encode(password) },
  })
  if (reply.error) return { ok: false, error: withShape(reply.error, shape) }
  return readToken(reply.json, reply.status)
}

/** The guide's own gateway wants a name, and its example gives an e-mail address. */
function withShape(error: ChatError, shape: LoginShape): ChatError {
  if (error.status !== 422) return error
  const [sent, other] =
    shape === 'email'
      ? ['{ email, password }', "{ username, password }: login({ shape: 'username' })"]
      : ['{ username, password }', "{ email, password }: login({ shape: 'email' })"]
  const message = `${error.message}; ${sent} was sent, the service may want ${other}`
  return Object.assign({}, error, { message })
}

function readToken(json: unknown, status: number): LoginResult {
  const body = (json || {}) as { access_token?: unknown; token?: unknown; expires_in?: unknown }
  const token = body.access_token || body.token
  if (typeof token !== 'string') {
    return {
      ok: false,
      error: { kind: 'decode', status, message: `no access_token in the answer: ${show(json)}` },
    }
  }
  const result: LoginResult = { ok: true, token, error: null }
  if (typeof body.expires_in === 'number') result.expiresIn = body.expires_in * 1000
  return result
}
