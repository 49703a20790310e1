/** @import { Exchange } from './request.js' */

/**
 * Logs in as the reference tests do: by e-mail, or without `@` by name with the password in base64.
 *
 * @param {string} user
 * @param {string} password
 * @param {(path: string, json: unknown) => Promise<Exchange>} post
 * @returns {Promise<{ token?: string, seen: Exchange }>}
 */
export async function logIn(user, password, post) {
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
