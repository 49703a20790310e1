import { parseJson, textOf } from '#node'
import type { Finding } from './finding.ts'
import { type Exchange, type Send, told } from './request.ts'

interface Login {
  /** undefined: it was refused */
  token?: string
  seen: Exchange
}

/**
 * Logs in as the reference tests do: by e-mail, or without `@` by name with the password in base64.
 */
export async function logIn(user: string, password: string, send: Send): Promise<Login> {
  const json = user.includes('@')
    ? { email: user, password }
    : { username: user, password: Buffer.from(password).toString('base64') }
  const seen = await send('/api/auth/login', { method: 'POST', json })
  return { token: textOf(parseJson(seen.body)?.access_token) || undefined, seen }
}

export function aboutLogin({ token, seen }: Login): Finding {
  if (token) return { check: 'login', level: 'ok', found: 'the login gave a token' }
  return {
    check: 'login',
    level: 'fail',
    found: `the login was refused (HTTP ${seen.status ?? seen.error?.code}): ${told(seen)}`,
    means: 'the reference tests end in setup() with code 108',
    todo: 'check TEST_EMAIL and TEST_PASSWORD; a name without @ is sent with the password in base64',
  }
}
