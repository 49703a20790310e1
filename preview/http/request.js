// From the arguments of k6/http's functions to a call of the I/O thread.
import { Buffer } from 'node:buffer'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { parseDuration } from '../durations.js'
import { toBytes } from '../modules/bytes.js'
import { GoError, missing } from '../modules/errors.js'
import { readTags, tagged } from '../vu/samples.js'
import { options, state } from '../vu/state.js'
import { canonical } from './headers.js'

/** k6's own default for a request. */
const TIMEOUT = 60_000
const REDIRECTS = 10

/**
 * @typedef {object} Prepared
 * @property {Record<string, any>} call for the I/O thread
 * @property {Record<string, string>} tags
 * @property {'text' | 'binary' | 'none'} responseType
 * @property {((status: number) => boolean) | null} expected
 * @property {string} body as text, for `response.request`
 * @property {boolean} bounded the script said how many redirects to follow
 */

/** Statuses that are no failure, see `setResponseCallback`. */
export const expectation = {
  /** @type {((status: number) => boolean) | null} */
  current: (status) => status >= 200 && status < 400,
}

/**
 * @param {string} method
 * @param {any} target a string, or what http.url`` made
 * @param {any} body
 * @param {Record<string, any> | null} [params]
 * @returns {Prepared}
 */
export function prepare(method, target, body, params) {
  if (state.init) throw new GoError('Making http requests in the init context is not supported')
  const given = params ?? {}
  const { url, name } = addressOf(target)
  /** @type {Record<string, string>} */
  const headers = {}
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

/** @param {any} target */
function addressOf(target) {
  if (target !== null && typeof target === 'object' && typeof target.url === 'string') {
    return { url: target.url, name: target.name }
  }
  return { url: String(target), name: undefined }
}

/**
 * @param {any} body
 * @param {Record<string, string>} headers
 * @param {string} [compression]
 * @returns {Uint8Array | undefined}
 */
function bodyBytes(body, headers, compression) {
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

/** @param {string} text */
const formText = (text) => encodeURIComponent(text).replace(/%20/g, '+')

/**
 * @param {Record<string, string>} headers
 * @param {Record<string, any> | undefined} cookies
 */
function addCookies(headers, cookies) {
  const pairs = Object.entries(cookies ?? {}).map(
    ([name, value]) => `${name}=${typeof value === 'object' ? value.value : value}`,
  )
  if (headers.Cookie !== undefined) pairs.unshift(headers.Cookie)
  if (pairs.length > 0) headers.Cookie = pairs.join('; ')
}

/**
 * @param {Record<string, string>} headers
 * @param {string} url
 * @param {string | undefined} auth
 */
function authorize(headers, url, auth) {
  if (auth !== undefined && auth !== '' && auth !== 'basic') missing(`auth: '${auth}'`)
  const user = /^https?:\/\/([^/?#@]*)@/.exec(url)?.[1]
  if (user === undefined || headers.Authorization !== undefined) return
  const plain = user.split(':').map(decodeURIComponent).join(':')
  headers.Authorization = `Basic ${Buffer.from(plain).toString('base64')}`
}
