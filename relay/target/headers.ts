import type { RelayedCookie } from '#node'

/** What belongs to one connection and not to the request (RFC 9110, 7.6.1). */
const HOP =
  /^(connection|keep-alive|proxy-connection|transfer-encoding|content-length|upgrade|te)$/i

/**
 * The headers that go to the server: the script's, as bytes of UTF-8; k6's own User-Agent where
 * the script has none; `identity` where it asked for no encoding, so that tokens come as they are.
 */
export function requestHeaders(
  given: Readonly<Record<string, string>>,
  userAgent: string | undefined,
): string[] {
  const list: string[] = []
  const has = (name: string) => Object.keys(given).some((key) => key.toLowerCase() === name)
  for (const [name, value] of Object.entries(given)) {
    if (!HOP.test(name)) list.push(name, Buffer.from(String(value)).toString('latin1'))
  }
  if (userAgent !== undefined && !has('user-agent')) list.push('User-Agent', userAgent)
  if (!has('accept-encoding')) list.push('Accept-Encoding', 'identity')
  return list
}

/** The script wants the connection closed after this request. */
export function wantsClose(given: Readonly<Record<string, string>>): boolean {
  return Object.entries(given).some(
    ([name, value]) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(value),
  )
}

type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The server's headers, several of a name joined as k6 joins them; cookies are told apart. */
export function responseHeaders(headers: ResponseHeaders): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie' || value === undefined) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    joined[name] = Buffer.from(text, 'latin1').toString()
  }
  return joined
}

/** Reads `Set-Cookie` for k6's jar. */
export function readCookies(headers: ResponseHeaders): RelayedCookie[] {
  const value = headers['set-cookie']
  const lines = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return lines.flatMap((line) => {
    const [pair = '', ...parts] = line.split(';')
    const at = pair.indexOf('=')
    if (at < 1) return []
    const attributes: RelayedCookie['attributes'] = {}
    for (const part of parts) {
      const [name = '', ...rest] = part.split('=')
      const text = rest.join('=').trim()
      switch (name.trim().toLowerCase()) {
        case 'domain':
        case 'path':
        case 'expires':
          if (text !== '') attributes[name.trim().toLowerCase()] = text
          break
        case 'max-age':
          if (/^-?\d+$/.test(text)) attributes.max_age = Number(text)
          break
        case 'secure':
          attributes.secure = true
          break
        case 'httponly':
          attributes.http_only = true
      }
    }
    return [{ name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim(), attributes }]
  })
}
