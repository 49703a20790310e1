// k6/http
import type { Prepared } from '../http/request.ts'
import { expectation, prepare } from '../http/request.ts'
import { Response } from '../http/response.ts'
import { record } from '../http/samples.ts'
import { callAll, callAsync, callSync } from '../vu/call.ts'
import { options, port } from '../vu/state.ts'
import { GoError, missing } from './errors.ts'

/** k6's defaults for http.batch. */
const BATCH = 20
const BATCH_PER_HOST = 6

function finish(answer: any, prepared: Prepared) {
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

function warn(error: string) {
  port.postMessage({ kind: 'log', level: 'warning', text: 'Request Failed', fields: { error } })
}

export function request(method: string, url: any, body?: any, params?: any) {
  const prepared = prepare(method, url, body, params)
  return finish(callSync(prepared.call), prepared)
}

export async function asyncRequest(method: string, url: any, body?: any, params?: any) {
  const prepared = prepare(method, url, body, params)
  return finish(await callAsync(prepared.call), prepared)
}

export const get = (url: any, params?: any) => request('GET', url, null, params)
export const head = (url: any, params?: any) => request('HEAD', url, null, params)
export const post = (url: any, body?: any, params?: any) => request('POST', url, body, params)
export const put = (url: any, body?: any, params?: any) => request('PUT', url, body, params)
export const patch = (url: any, body?: any, params?: any) => request('PATCH', url, body, params)
export const del = (url: any, body?: any, params?: any) => request('DELETE', url, body, params)
const optionsRequest = (url: any, body?: any, params?: any) => request('OPTIONS', url, body, params)

/**
 * Several requests at once.
 *
 * @param requests an array or an object of requests
 * @returns the responses, in the same shape
 */
export function batch(requests: any): any {
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
  const responses = answers.map((answer, i) => finish(answer, list[i] as any))
  if (Array.isArray(requests)) return responses
  return Object.fromEntries(keys.map((key, i) => [key, responses[i]]))
}

function prepareOne(entry: any) {
  const address = typeof entry === 'string' || (entry?.name !== undefined && !entry.method)
  if (address) return prepare('GET', entry, null, null)
  if (Array.isArray(entry)) return prepare(entry[0], entry[1], entry[2], entry[3])
  const { method = 'GET', url, body, params } = entry ?? {}
  if (url === undefined) throw new GoError('batch request has no url key')
  return prepare(method, url, body, params)
}

export function expectedStatuses(...statuses: (number | { min: number; max: number })[]) {
  if (statuses.length === 0) throw new GoError('no arguments')
  return {
    expects: (status: number) =>
      statuses.some((one) =>
        typeof one === 'number' ? one === status : status >= one.min && status <= one.max,
      ),
  }
}

/** @param callback null counts no failures */
export function setResponseCallback(callback: { expects: (status: number) => boolean } | null) {
  expectation.current = callback === null ? null : callback.expects
}

/** Names a group of addresses: http.url`http://host/users/${id}`. */
export function url(strings: TemplateStringsArray, ...values: unknown[]) {
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
