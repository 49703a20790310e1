// What k6/http returns.

import { Buffer } from 'node:buffer'
import { STATUS_CODES } from 'node:http'
import { toArrayBuffer } from '../modules/bytes.ts'
import { GoError, missing } from '../modules/errors.ts'
import type { Prepared } from './request.ts'

const NO_OCSP = {
  produced_at: 0,
  this_update: 0,
  next_update: 0,
  revoked_at: 0,
  revocation_reason: '',
  status: '',
}

export class Response {
  remote_ip: any
  remote_port: any
  url: any
  status: any
  status_text: string
  proto: any
  headers: any
  cookies: Record<string, object[]>
  body: string | ArrayBuffer | null
  timings: any
  tls_version: any
  tls_cipher_suite: any
  ocsp: {
    produced_at: number
    this_update: number
    next_update: number
    revoked_at: number
    revocation_reason: string
    status: string
  }
  error: any
  error_code: any
  request: { method: any; url: any; headers: { [k: string]: any[] }; body: string; cookies: {} }

  /** @param hop the last answer, from the I/O thread */
  constructor(hop: any, prepared: Prepared) {
    this.remote_ip = hop.remoteIp
    this.remote_port = hop.remotePort
    this.url = hop.url
    this.status = hop.status
    this.status_text =
      hop.status === 0 ? '' : `${hop.status} ${hop.statusText || STATUS_CODES[hop.status] || ''}`
    this.proto = hop.proto
    this.headers = hop.headers
    this.cookies = readCookies(hop.setCookies)
    this.body = bodyOf(hop.body, prepared.responseType)
    this.timings = hop.timings
    this.tls_version = hop.tlsVersion
    this.tls_cipher_suite = hop.tlsCipher
    this.ocsp = NO_OCSP
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
  json(path?: string) {
    if (this.body === null)
      throw new GoError(
        "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
      )
    const text = typeof this.body === 'string' ? this.body : Buffer.from(this.body).toString('utf8')
    let value
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw new GoError(`cannot parse json due to an error: ${(error as Error).message}`)
    }
    if (path === undefined) return value
    if (/[*?()|@{}\\!]/.test(path)) missing(`the path '${path}' of response.json()`)
    for (const key of path.split('.')) {
      if (key === '#') value = Array.isArray(value) ? value.length : undefined
      else value = value === null || value === undefined ? undefined : value[key]
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

function bodyOf(bytes: Uint8Array | null, type: 'text' | 'binary' | 'none') {
  if (bytes === null || type === 'none') return null
  return type === 'binary' ? toArrayBuffer(bytes) : Buffer.from(bytes).toString('utf8')
}

/** @param lines the `Set-Cookie` headers */
function readCookies(lines: string[]) {
  const cookies: Record<string, object[]> = {}
  for (const line of lines) {
    const [pair = '', ...rest] = line.split(';')
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    const given = new Map<string, string>(
      rest.map((part) => {
        const [key = '', value = ''] = part.split('=')
        return [key.trim().toLowerCase(), value.trim()]
      }),
    )
    const expires = Date.parse(given.get('expires') ?? '')
    const cookie = {
      name,
      value: pair.slice(at + 1).trim(),
      domain: given.get('domain') ?? '',
      path: given.get('path') ?? '',
      http_only: given.has('httponly'),
      secure: given.has('secure'),
      max_age: Number(given.get('max-age') ?? 0),
      expires: Number.isNaN(expires) ? 0 : expires,
    }
    cookies[name] = [...(cookies[name] ?? []), cookie]
  }
  return cookies
}
