// From the arguments of k6/http's functions to a call of the I/O thread.
import { Buffer } from 'node:buffer'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { parseDuration } from '../durations.ts'
import { toBytes } from '../modules/bytes.ts'
import { GoError, missing } from '../modules/errors.ts'
import { readTags, tagged } from '../vu/samples.ts'
import { options, state } from '../vu/state.ts'
import { canonical } from './headers.ts'

/** k6's own default for a request. */
const TIMEOUT = 60_000
const REDIRECTS = 10

export interface Prepared {
  /** for the I/O thread */
  call: Record<string, any>
  tags: Record<string, string>
  responseType: 'text' | 'binary' | 'none'
  expected: ((status: number) => boolean) | null
  /** as text, for `response.request` */
  body: string
  /** the script said how many redirects to follow */
  bounded: boolean
}

/** Statuses that are no failure, see `setResponseCallback`. */
export const expectation: { current: ((status: number) => boolean) | null } = {
  current: (status) => status >= 200 && status < 400,
}

/** @param target a string, or what http.url`` made */
export function prepare(
  method: string,
  target: any,
  body: any,
  params?: Record<string, any> | null,
): Prepared {
  if (state.init) throw new GoError('Making http requests in the init context is not supported')
  const given = params ?? {}
  const { url, name } = addressOf(target)
  const headers: Record<string, string> = {}
  for (const [key, value] of Object.entries(given.headers ?? {})) {
    if (value !== null && value !== undefined) headers[canonical(key)] = String(value)
  }
  const agent = options().userAgent
  if (headers['User-Agent'] === undefined) headers['User-Agent'] = agent ?? 'k6-llm-preview'
  const bytes = bodyBytes(body, headers, given.compression)
  addCookies(headers, given.cookies)
  if (given.jar !== undefined) missing('the cookie jar of k6/http')
  authorize(headers, url, given.auth)
  const timeout = given.timeout === undefined ? TIMEOUT : parseDuration(given.timeout)
  if (timeout === undefined) {
    throw new GoError(`invalid timeout value: time: invalid duration "${given.timeout}"`)
  }
  const own = readTags(given.tags)
  const callback = given.responseCallback
  return {
    call: {
      kind: 'http',
      method: method.toUpperCase(),
      url,
      headers,
      body: bytes,
      timeout,
      redirects: given.redirects ?? options().maxRedirects ?? REDIRECTS,
      insecure: options().insecureSkipTLSVerify === true,
      reuse: options().noConnectionReuse !== true,
    },
    tags: tagged({ ...(name === undefined ? {} : { name }), ...own }),
    responseType: given.responseType ?? (options().discardResponseBodies ? 'none' : 'text'),
    expected: callback === undefined ? expectation.current : (callback?.expects ?? null),
    bounded: given.redirects !== undefined,
    body: bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'),
  }
}

function addressOf(target: any) {
  if (target !== null && typeof target === 'object' && typeof target.url === 'string') {
    return { url: target.url, name: target.name }
  }
  return { url: String(target), name: undefined }
}

function bodyBytes(
  body: any,
  headers: Record<string, string>,
  compression?: string,
): Uint8Array | undefined {
  if (body === null || body === undefined) return undefined
  let bytes = toBytes(Array.isArray(body) ? undefined : body)
  if (bytes === undefined) {
    if (typeof body !== 'object') {
      throw new GoError(`unknown request body type ${typeof body}`)
    }
    const pairs = Object.entries(body).flatMap(([key, value]) =>
      [value].flat().map((item) => {
        if (item !== null && typeof item === 'object')
          missing('a file in a request body (http.file)')
        return `${formText(key)}=${formText(String(item))}`
      }),
    )
    bytes = Buffer.from(pairs.join('&'))
    headers['Content-Type'] ??= 'application/x-www-form-urlencoded'
  }
  if (compression) {
    for (const name of compression.split(',').map((part) => part.trim())) {
      if (name === 'gzip') bytes = gzipSync(bytes)
      else if (name === 'deflate') bytes = deflateSync(bytes)
      else if (name === 'br') bytes = brotliCompressSync(bytes)
      else missing(`compression: '${name}'`)
    }
    headers['Content-Encoding'] ??= compression
  }
  return new Uint8Array(bytes)
}

const formText = (text: string) => encodeURIComponent(text).replace(/%20/g, '+')

function addCookies(headers: Record<string, string>, cookies: Record<string, any> | undefined) {
  const pairs = Object.entries(cookies ?? {}).map(
    ([name, value]) => `${name}=${typeof value === 'object' ? value.value : value}`,
  )
  if (headers.Cookie !== undefined) pairs.unshift(headers.Cookie)
  if (pairs.length > 0) headers.Cookie = pairs.join('; ')
}

function authorize(headers: Record<string, string>, url: string, auth: string | undefined) {
  if (auth !== undefined && auth !== '' && auth !== 'basic') missing(`auth: '${auth}'`)
  const user = /^https?:\/\/([^/?#@]*)@/.exec(url)?.[1]
  if (user === undefined || headers.Authorization !== undefined) return
  const plain = user.split(':').map(decodeURIComponent).join(':')
  headers.Authorization = `Basic ${Buffer.from(plain).toString('base64')}`
}
