// The cookies of a VU, as Go's net/http/cookiejar keeps them.
import { isIP } from 'node:net'
import { URL } from 'node:url' // VUs have no global one
import { fieldsOf } from '../script-values.ts'

/** A cookie that a server has set. */
export interface Cookie {
  name: string
  value: string
  domain: string
  path: string
  http_only: boolean
  secure: boolean
  /** s; 0 where it has none, -1 where it is to go at once */
  max_age: number
  /** ms since the epoch */
  expires: number | undefined
}

/** @param lines the `Set-Cookie` headers */
export function readCookies(lines: string[]): Cookie[] {
  return lines.map((line) => {
    const [pair = '', ...rest] = line.split(';')
    const at = pair.indexOf('=')
    const given = new Map<string, string>(
      rest.map((part) => {
        const [key = '', value = ''] = part.split('=')
        return [key.trim().toLowerCase(), value.trim()]
      }),
    )
    const expires = Date.parse(given.get('expires') ?? '')
    const maxAge = given.get('max-age')
    return {
      name: pair.slice(0, at).trim(),
      value: pair.slice(at + 1).trim(),
      domain: given.get('domain') ?? '',
      path: given.get('path') ?? '',
      http_only: given.has('httponly'),
      secure: given.has('secure'),
      max_age: maxAge === undefined ? 0 : Math.max(Number(maxAge), 0) || -1,
      expires: Number.isNaN(expires) ? undefined : expires,
    }
  })
}

interface Kept {
  name: string
  value: string
  host: string
  /** for that host alone, not for those below it */
  hostOnly: boolean
  path: string
  secure: boolean
  /** ms since the epoch */
  until: number
}

/** `http.CookieJar`. */
export class CookieJar {
  private kept: Kept[] = []

  /** @param attributes `domain`, `path`, `expires`, `max_age`, `secure` */
  set(url: string, name: string, value: unknown, attributes?: unknown): void {
    const { domain, path, expires, max_age, secure } = fieldsOf(attributes)
    const until = expires === undefined ? Number.NaN : Date.parse(String(expires))
    this.keep(url, {
      name: String(name),
      value: String(value),
      domain: domain === undefined ? '' : String(domain),
      path: path === undefined ? '' : String(path),
      http_only: false,
      secure: secure === true,
      max_age: max_age === undefined ? 0 : Number(max_age),
      expires: Number.isNaN(until) ? undefined : until,
    })
  }

  cookiesForURL(url: string): Record<string, string[]> {
    const values: Record<string, string[]> = {}
    for (const { name, value } of this.of(url)) values[name] = [...(values[name] ?? []), value]
    return values
  }

  /** As k6 does: those alone whose path is the one that the address stands for. */
  clear(url: string): void {
    for (const { name } of this.of(url)) this.delete(url, name)
  }

  delete(url: string, name: string): void {
    this.set(url, name, '', { max_age: -1 })
  }

  private of(url: string): Kept[] {
    if (!URL.canParse(url)) return []
    const { hostname, pathname, protocol } = new URL(url)
    return this.kept
      .filter(
        (one) =>
          one.until > Date.now() &&
          (one.host === hostname || (!one.hostOnly && hostname.endsWith(`.${one.host}`))) &&
          covers(one.path, pathname) &&
          (!one.secure || protocol === 'https:' || isLoopback(hostname)),
      )
      .sort((a, b) => b.path.length - a.path.length)
  }

  private keep(url: string, cookie: Cookie): void {
    if (!URL.canParse(url)) return
    const { hostname, pathname } = new URL(url)
    const domain = cookie.domain.replace(/^\./, '').toLowerCase()
    const hostOnly = domain === '' || isIP(hostname) > 0
    // A server sets no cookies for others, nor for a whole top-level domain.
    if (domain !== '' && domain !== hostname) {
      if (hostOnly || !domain.includes('.') || !hostname.endsWith(`.${domain}`)) return
    }
    const host = hostOnly ? hostname : domain
    const folder = pathname.slice(0, Math.max(pathname.lastIndexOf('/'), 1))
    const path = cookie.path.startsWith('/') ? cookie.path : folder
    const { name, value, secure, max_age, expires } = cookie
    const same = (one: Kept) => one.name === name && one.host === host && one.path === path
    this.kept = this.kept.filter((one) => !same(one))
    if (max_age < 0) return
    const until = max_age > 0 ? Date.now() + max_age * 1000 : (expires ?? Infinity)
    this.kept.push({ name, value, host, hostOnly, path, secure, until })
  }

  /** Keeps what an answer has set. Not for scripts. */
  static take(jar: CookieJar, url: string, lines: string[]): void {
    for (const cookie of readCookies(lines)) jar.keep(url, cookie)
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function covers(path: string, asked: string): boolean {
  if (!asked.startsWith(path)) return false
  return asked.length === path.length || path.endsWith('/') || asked[path.length] === '/'
}

/** The jar of this VU. A new one for each iteration, unless `noCookiesReset` is set. */
export const visitor = { jar: new CookieJar() }
