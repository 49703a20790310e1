import type { Exchange } from './request.ts'

/**
 * Logs in as the reference tests do: by e-mail, or without `@` by name with the password in base64.
 */
export async function logIn(
  user: string,
  password: string,
  post: (path: string, json: unknown) => Promise<Exchange>,
): Promise<{ token?: string; seen: Exchange }> {
  const json = user.includes('@')
    ? { email: user, password }
    : { username: user, password: Buffer.from(password).toString('base64') }
  const seen = await post('/api/auth/login', json)
  try {
    return { token: JSON.parse(seen.body).access_token, seen }
  } catch {
    return { seen }
  }
}
