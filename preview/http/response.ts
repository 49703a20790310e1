// What k6/http returns.
import { Buffer } from 'node:buffer'
import { STATUS_CODES } from 'node:http'
import { toArrayBuffer } from '../bytes.ts'
import type { Hop, Timings } from '../calls.ts'
import { GoError, missing } from '../errors.ts'
import { messageOf } from '../script-values.ts'
import { type Cookie, readCookies } from '../vu/cookies.ts'
import type { Prepared, ResponseType } from './request.ts'

type ShownCookies = Record<string, (Cookie & { expires: number })[]>

/** The preview asks no certificate's authority about it. */
const NO_OCSP = {
  produced_at: 0,
  this_update: 0,
  next_update: 0,
  revoked_at: 0,
  revocation_reason: '',
  status: '',
}

/** What was asked for. */
interface Asked {
  method: string
  url: string
  headers: Record<string, string[]>
  body: string
  cookies: Record<string, never>
}

export class Response {
  remote_ip: string
  remote_port: number
  url: string
  status: number
  status_text: string
  proto: string
  headers: Record<string, string>
  cookies: ShownCookies
  body: string | ArrayBuffer | null
  timings: Timings
  tls_version: string
  tls_cipher_suite: string
  ocsp = NO_OCSP
  error: string
  error_code: number
  request: Asked

  /** @param hop the last answer */
  constructor(hop: Hop, prepared: Prepared) {
    this.remote_ip = hop.remoteIp
    this.remote_port = hop.remotePort
    this.url = hop.url
    this.status = hop.status
    this.status_text =
      hop.status === 0 ? '' : `${hop.status} ${hop.statusText || STATUS_CODES[hop.status] || ''}`
    this.proto = hop.proto
    this.headers = hop.headers
    this.cookies = byName(readCookies(hop.setCookies))
    this.body = bodyOf(hop.body, prepared.responseType)
    this.timings = hop.timings
    this.tls_version = hop.tlsVersion
    this.tls_cipher_suite = hop.tlsCipher
    this.error = hop.error
    this.error_code = hop.errorCode
    const { method, url, headers } = prepared.call
    this.request = {
      method,
      url,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      body: prepared.body,
      cookies: {},
    }
  }

  /** The body as JSON, or what a path in it names: `data.0.id`, `data.#`. */
  json(path?: string): unknown {
    if (this.body === null)
      throw new GoError(
        "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
      )
    const text = typeof this.body === 'string' ? this.body : Buffer.from(this.body).toString('utf8')
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw new GoError(`cannot parse json due to an error: ${messageOf(error)}`)
    }
    if (path === undefined) return value
    if (/[*?()|@{}\\!]/.test(path)) missing(`the path '${path}' of response.json()`)
    for (const key of path.split('.')) {
      if (key === '#') value = Array.isArray(value) ? value.length : undefined
      else value = value === null || value === undefined ? undefined : Object(value)[key]
    }
    return value
  }

  html() {
    return missing('response.html()')
  }

  submitForm() {
    return missing('response.submitForm()')
  }

  clickLink() {
    return missing('response.clickLink()')
  }
}

function bodyOf(bytes: Uint8Array | null, type: ResponseType) {
  if (bytes === null || type === 'none') return null
  return type === 'binary' ? toArrayBuffer(bytes) : Buffer.from(bytes).toString('utf8')
}

/** As k6 shows them; 0 where a cookie has no end. */
function byName(cookies: Cookie[]): ShownCookies {
  const named: ShownCookies = {}
  for (const cookie of cookies) {
    const shown = { ...cookie, expires: cookie.expires ?? 0 }
    named[cookie.name] = [...(named[cookie.name] ?? []), shown]
  }
  return named
}
