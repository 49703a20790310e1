import type { Request } from '../calls.ts'
import type { GoError } from './go-errors.ts'

type Read = { url: URL; error?: undefined } | { url?: undefined; error: GoError }

/** An address, or why it is none, in Go's words. */
export function readUrl(text: string): Read {
  const broken = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0]
  if (broken !== undefined) {
    const full = `invalid URL: parse "${text}": invalid URL escape "${broken}"`
    return { error: { text: full, full, code: 1020, invalid: true } }
  }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? ''
  if (scheme !== 'http' && scheme !== 'https') {
    const words = `unsupported protocol scheme "${scheme}"`
    return { error: { text: words, full: words, code: 1000 } }
  }
  try {
    return { url: new URL(text) }
  } catch {
    const full = `invalid URL: parse "${text}": invalid host`
    return { error: { text: full, full, code: 1020, invalid: true } }
  }
}

/**
 * The request that a redirect asks for, as Go's client makes it: 301, 302 and 303 become a GET
 * without a body.
 */
export function next(
  request: Request,
  status: number,
  location: string | undefined,
): Request | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || !location) return undefined
  let url: URL
  try {
    url = new URL(location, request.url)
  } catch {
    return undefined
  }
  const same = url.host === new URL(request.url).host
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      ([name]) => same || !['Authorization', 'Cookie', 'Www-Authenticate'].includes(name),
    ),
  )
  headers.Referer = request.url
  if (status === 307 || status === 308) return { ...request, url: url.href, headers }
  delete headers['Content-Type']
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET'
  return { method, url: url.href, headers }
}
