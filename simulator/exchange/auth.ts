import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SimulatorOptions } from '../options/options.ts'
import { inner } from '../request/request.ts'
import { brokenJson, detail, invalidBody, missingField, type Refusal } from './errors.ts'

type AuthVerdict = 'good' | 'missing' | 'bad'

/** Where a key may be: in Authorization, or in x-api-key as well. */
export type Credentials = 'bearer' | 'either'

/**
 * Issues and checks the gateway's tokens: JSON Web Tokens signed with HMAC-SHA-256 and a secret
 * that this simulator alone knows.
 */
export function createAuth() {
  const secret = randomBytes(32)
  const sign = (signed: string) => createHmac('sha256', secret).update(signed).digest('base64url')

  /** @param ttl seconds */
  const issue = (user: string, ttl: number) => {
    const issued = Date.now() / 1000
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({
      sub: user,
      iat: Math.floor(issued),
      // Not rounded, so that a test can let a token expire within milliseconds.
      exp: issued + ttl,
    })}`
    return `${signed}.${sign(signed)}`
  }

  const isOurs = (token: string) => {
    const [header, payload, signature, ...rest] = token.split('.')
    if (!payload || !signature || rest.length > 0) return false
    if (!equal(signature, sign(`${header}.${payload}`))) return false
    const { exp } = inner(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    return typeof exp === 'number' && exp > Date.now() / 1000
  }

  return {
    check(
      headers: IncomingHttpHeaders,
      { requireAuth, apiKey }: SimulatorOptions,
      credentials: Credentials,
    ): AuthVerdict {
      if (!requireAuth) return 'good'
      const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim()
      const key = headers['x-api-key']?.toString()
      const token = credentials === 'either' ? (bearer ?? key) : bearer
      if (!token) return 'missing'
      return (apiKey !== undefined && equal(token, apiKey)) || isOurs(token) ? 'good' : 'bad'
    },

    /**
     * Answers POST /api/auth/login.
     *
     * @param text body
     */
    login(text: string, { user, login, tokenTtl }: SimulatorOptions): Refusal {
      const read = readLogin(text, login)
      if ('problem' in read) return { status: 422, body: read.problem }
      const colon = user.indexOf(':')
      const name = user.slice(0, colon)
      const who = read.shape === 'email' ? `${name}@example.com` : name
      if (!equal(read.who, who) || !equal(read.password, user.slice(colon + 1))) {
        const headers = { 'www-authenticate': 'Bearer' }
        return { status: 401, body: detail('Incorrect username or password'), headers }
      }
      const token = { access_token: issue(name, tokenTtl), token_type: 'bearer' }
      return { status: 200, body: { ...token, expires_in: tokenTtl } }
    },
  }
}

export type Auth = ReturnType<typeof createAuth>

interface Login {
  shape: 'email' | 'username'
  who: string
  password: string
}

/**
 * The guide's scripts send `{email, password}`, its gateway wants `{username, password}` with the
 * password in base64.
 */
function readLogin(
  text: string,
  accepted: SimulatorOptions['login'],
): Login | { problem: unknown } {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    return { problem: brokenJson(String(error)) }
  }
  const fields = inner(body)
  const shape = accepted === 'both' ? (fields.email !== undefined ? 'email' : 'username') : accepted
  const { [shape]: who, password } = fields
  if (typeof who === 'string' && typeof password === 'string') {
    const plain = shape === 'email' ? password : Buffer.from(password, 'base64').toString()
    return { shape, who, password: plain }
  }
  const problems = [shape, 'password']
    .filter((field) => typeof fields[field] !== 'string')
    .map((field) =>
      fields[field] === undefined
        ? missingField(field, body)
        : { type: 'string_type', loc: ['body', field], msg: 'Input should be a valid string' },
    )
  return { problem: invalidBody(problems) }
}

function encode(value: unknown) {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function equal(one: string, other: string) {
  const a = Buffer.from(one)
  const b = Buffer.from(other)
  return a.length === b.length && timingSafeEqual(a, b)
}
