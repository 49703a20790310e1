// From the arguments of k6/http's functions to a call of the I/O thread.
import { Buffer } from 'node:buffer'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { toBytes } from '../bytes.ts'
import type { HttpCall } from '../calls.ts'
import { parseDuration } from '../durations.ts'
import { GoError, missing } from '../errors.ts'
import { canonical } from '../headers.ts'
import type { Tags } from '../messages.ts'
import { fieldsOf, isObject, numberOr } from '../script-values.ts'
import { CookieJar, visitor } from '../vu/cookies.ts'
import { readTags, tagged } from '../vu/samples.ts'
import { options, state } from '../vu/state.ts'

/** k6's own default for a request. */
const TIMEOUT = 60_000
const REDIRECTS = 10

export type ResponseType = 'text' | 'binary' | 'none'

/** Whether a status is no failure. */
export type Expected = (status: number) => boolean

export interface Prepared {
  /** for the I/O thread */
  call: HttpCall
  tags: Tags
  responseType: ResponseType
  /** null counts no failures */
  expected: Expected | null
  /** takes the cookies that the answer sets */
  jar: CookieJar
  /** as text, for `response.request` */
  body: string
  /** the script said how many redirects to follow */
  bounded: boolean
}

/** Statuses that are no failure, see `setResponseCallback`. */
export const expectation: { current: Expected | null } = {
  current: (status) => status >= 200 && status < 400,
}

/** @param target a string, or what http.url`` made */
export function prepare(method: string, target: unknown, body: unknown, params: unknown): Prepared {
  if (state.init) throw new GoError('Making http requests in the init context is not supported')
  const given = fieldsOf(params)
  const { url, name } = addressOf(target)
  const headers: Record<string, string> = {}
  for (const [key, value] of Object.entries(fieldsOf(given.headers))) {
    if (value !== null && value !== undefined) headers[canonical(key)] = String(value)
  }
  headers['User-Agent'] ??= String(options().userAgent ?? 'k6-llm-preview')
  const bytes = bodyBytes(body, headers, given.compression)
  const jar = given.jar instanceof CookieJar ? given.jar : visitor.jar
  addCookies(headers, given.cookies, jar.cookiesForURL(url))
  authorize(headers, url, given.auth)
  const timeout = given.timeout === undefined ? TIMEOUT : parseDuration(given.timeout)
  if (timeout === undefined) {
    throw new GoError(`invalid timeout value: time: invalid duration "${given.timeout}"`)
  }
  const own = readTags(given.tags)
  return {
    call: {
      kind: 'http',
      method: method.toUpperCase(),
      url,
      headers,
      body: bytes,
      timeout,
      redirects: numberOr(given.redirects ?? options().maxRedirects, REDIRECTS),
      insecure: options().insecureSkipTLSVerify === true,
      reuse: options().noConnectionReuse !== true,
    },
    tags: tagged({ ...(name === undefined ? {} : { name }), ...own }),
    responseType: responseTypeOf(given.responseType),
    expected: expectedOf(given.responseCallback),
    jar,
    bounded: given.redirects !== undefined,
    body: bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'),
  }
}

function responseTypeOf(given: unknown): ResponseType {
  if (given === undefined || given === null)
    return options().discardResponseBodies ? 'none' : 'text'
  return given === 'binary' || given === 'none' ? given : 'text'
}

function expectedOf(callback: unknown): Expected | null {
  if (callback === undefined) return expectation.current
  return isCallback(callback) ? callback.expects : null
}

export const isCallback = (value: unknown): value is { expects: Expected } =>
  isObject(value) && typeof value.expects === 'function'

function addressOf(target: unknown): { url: string; name?: string } {
  if (!isObject(target) || typeof target.url !== 'string') return { url: String(target) }
  return { url: target.url, name: target.name === undefined ? undefined : String(target.name) }
}

function bodyBytes(
  body: unknown,
  headers: Record<string, string>,
  compression: unknown,
): Uint8Array | undefined {
  if (body === null || body === undefined) return undefined
  let bytes = toBytes(Array.isArray(body) ? undefined : body)
  if (bytes === undefined) {
    if (!isObject(body)) throw new GoError(`unknown request body type ${typeof body}`)
    const pairs = Object.entries(body).flatMap(([key, value]) =>
      [value].flat().map((item) => {
        if (isObject(item)) missing('a file in a request body (http.file)')
        return `${formText(key)}=${formText(String(item))}`
      }),
    )
    bytes = Buffer.from(pairs.join('&'))
    headers['Content-Type'] ??= 'application/x-www-form-urlencoded'
  }
  if (!compression) return new Uint8Array(bytes)
  const names = String(compression)
  for (const name of names.split(',').map((part) => part.trim())) {
    if (name === 'gzip') bytes = gzipSync(bytes)
    else if (name === 'deflate') bytes = deflateSync(bytes)
    else if (name === 'br') bytes = brotliCompressSync(bytes)
    else missing(`compression: '${name}'`)
  }
  headers['Content-Encoding'] ??= names
  return new Uint8Array(bytes)
}

const formText = (text: string) => encodeURIComponent(text).replace(/%20/g, '+')

/** @param kept of the jar; the script's own come before them, and with `replace` in their place */
function addCookies(
  headers: Record<string, string>,
  cookies: unknown,
  kept: Record<string, string[]>,
) {
  const own = Object.entries(fieldsOf(cookies))
  const replaced = own.filter(([, value]) => isObject(value) && value.replace === true)
  const names = new Set(replaced.map(([name]) => name))
  const pairs = own.map(([name, value]) => `${name}=${isObject(value) ? value.value : value}`)
  for (const [name, values] of Object.entries(kept)) {
    if (!names.has(name)) pairs.push(...values.map((value) => `${name}=${value}`))
  }
  if (headers.Cookie !== undefined) pairs.unshift(headers.Cookie)
  if (pairs.length > 0) headers.Cookie = pairs.join('; ')
}

function authorize(headers: Record<string, string>, url: string, auth: unknown) {
  if (auth !== undefined && auth !== '' && auth !== 'basic') missing(`auth: '${auth}'`)
  const user = /^https?:\/\/([^/?#@]*)@/.exec(url)?.[1]
  if (user === undefined || headers.Authorization !== undefined) return
  const plain = user.split(':').map(decodeURIComponent).join(':')
  headers.Authorization = `Basic ${Buffer.from(plain).toString('base64')}`
}
