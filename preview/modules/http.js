// k6/http
import { expectation, prepare } from '../http/request.js'
import { Response } from '../http/response.js'
import { record } from '../http/samples.js'
import { callAll, callAsync, callSync } from '../vu/call.js'
import { options, port } from '../vu/state.js'
import { GoError, missing } from './errors.js'

/** k6's defaults for http.batch. */
const BATCH = 20
const BATCH_PER_HOST = 6

/**
 * @param {any} answer
 * @param {import('../http/request.js').Prepared} prepared
 */
function finish(answer, prepared) {
  record(answer.hops, prepared)
  const last = answer.hops[answer.hops.length - 1]
  if (last.error !== '') {
    if (options().throw) throw new GoError(last.fullError)
    warn(last.fullError)
  }
  if (answer.stopped && !prepared.bounded) {
    port.postMessage({
      kind: 'log',
      level: 'warning',
      text: `Stopped after ${prepared.call.redirects} redirects and returned the redirection; pass { redirects: n } in request params or set global maxRedirects to silence this`,
    })
  }
  return new Response(last, prepared)
}

/** @param {string} error */
function warn(error) {
  port.postMessage({ kind: 'log', level: 'warning', text: 'Request Failed', fields: { error } })
}

/**
 * @param {string} method
 * @param {any} url
 * @param {any} [body]
 * @param {any} [params]
 */
export function request(method, url, body, params) {
  const prepared = prepare(method, url, body, params)
  return finish(callSync(prepared.call), prepared)
}

/**
 * @param {string} method
 * @param {any} url
 * @param {any} [body]
 * @param {any} [params]
 */
export async function asyncRequest(method, url, body, params) {
  const prepared = prepare(method, url, body, params)
  return finish(await callAsync(prepared.call), prepared)
}

/** @param {any} url @param {any} [params] */
export const get = (url, params) => request('GET', url, null, params)
/** @param {any} url @param {any} [params] */
export const head = (url, params) => request('HEAD', url, null, params)
/** @param {any} url @param {any} [body] @param {any} [params] */
export const post = (url, body, params) => request('POST', url, body, params)
/** @param {any} url @param {any} [body] @param {any} [params] */
export const put = (url, body, params) => request('PUT', url, body, params)
/** @param {any} url @param {any} [body] @param {any} [params] */
export const patch = (url, body, params) => request('PATCH', url, body, params)
/** @param {any} url @param {any} [body] @param {any} [params] */
export const del = (url, body, params) => request('DELETE', url, body, params)
/** @param {any} url @param {any} [body] @param {any} [params] */
const optionsRequest = (url, body, params) => request('OPTIONS', url, body, params)

/**
 * Several requests at once.
 *
 * @param {any} requests an array or an object of requests
 * @returns {any} the responses, in the same shape
 */
export function batch(requests) {
  const keys = Object.keys(requests)
  const list = keys.map((key) => prepareOne(requests[key]))
  const hosts = list.map(({ call }) => /^https?:\/\/([^/?#]*)/.exec(call.url)?.[1] ?? '')
  const most = options().batch ?? BATCH
  const mostPerHost = options().batchPerHost ?? BATCH_PER_HOST
  const answers = callAll(
    list.map(({ call }) => call),
    (index, running) =>
      (most <= 0 || running.length < most) &&
      (mostPerHost <= 0 ||
        running.filter((other) => hosts[other] === hosts[index]).length < mostPerHost),
  )
  const responses = answers.map((answer, i) => finish(answer, /** @type {any} */ (list[i])))
  if (Array.isArray(requests)) return responses
  return Object.fromEntries(keys.map((key, i) => [key, responses[i]]))
}

/** @param {any} entry */
function prepareOne(entry) {
  const address = typeof entry === 'string' || (entry?.name !== undefined && !entry.method)
  if (address) return prepare('GET', entry, null, null)
  if (Array.isArray(entry)) return prepare(entry[0], entry[1], entry[2], entry[3])
  const { method = 'GET', url, body, params } = entry ?? {}
  if (url === undefined) throw new GoError('batch request has no url key')
  return prepare(method, url, body, params)
}

/**
 * @param {...(number | { min: number, max: number })} statuses
 */
export function expectedStatuses(...statuses) {
  if (statuses.length === 0) throw new GoError('no arguments')
  return {
    expects: (/** @type {number} */ status) =>
      statuses.some((one) =>
        typeof one === 'number' ? one === status : status >= one.min && status <= one.max,
      ),
  }
}

/** @param {{ expects: (status: number) => boolean } | null} callback null counts no failures */
export function setResponseCallback(callback) {
  expectation.current = callback === null ? null : callback.expects
}

/**
 * Names a group of addresses: http.url`http://host/users/${id}`.
 *
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 */
export function url(strings, ...values) {
  return {
    name: strings.join('$\u007b}'),
    url: strings.reduce((text, part, i) => text + part + (i < values.length ? values[i] : ''), ''),
    toString() {
      return this.url
    },
  }
}

export const cookieJar = () => missing('http.cookieJar()')
export class CookieJar {
  constructor() {
    missing('http.CookieJar')
  }
}
export const file = () => missing('http.file()')

const constants = {
  TLS_1_0: 'tls1.0',
  TLS_1_1: 'tls1.1',
  TLS_1_2: 'tls1.2',
  TLS_1_3: 'tls1.3',
  AUTH_BASIC: 'basic',
  AUTH_DIGEST: 'digest',
  AUTH_NTLM: 'ntlm',
}
export const { TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, AUTH_BASIC, AUTH_DIGEST, AUTH_NTLM } = constants
export { optionsRequest as options }

export default {
  ...constants,
  CookieJar,
  asyncRequest,
  batch,
  cookieJar,
  del,
  expectedStatuses,
  file,
  get,
  head,
  options: optionsRequest,
  patch,
  post,
  put,
  request,
  setResponseCallback,
  url,
}
