// k6/http
import type { HttpAnswer } from '../calls.ts'
import { GoError, missing } from '../errors.ts'
import { type Expected, expectation, isCallback, type Prepared, prepare } from '../http/request.ts'
import { Response } from '../http/response.ts'
import { record } from '../http/samples.ts'
import { fieldsOf, numberOr } from '../script-values.ts'
import { callAll, callAsync, callSync } from '../vu/call.ts'
import { CookieJar, visitor } from '../vu/cookies.ts'
import { options, state, tell } from '../vu/state.ts'

/** k6's defaults for http.batch. */
const BATCH = 20
const BATCH_PER_HOST = 6

function finish({ hops, last, stopped }: HttpAnswer, prepared: Prepared) {
  record(hops, prepared)
  for (const hop of hops) CookieJar.take(prepared.jar, hop.url, hop.setCookies)
  if (last.error !== '') {
    if (options().throw) throw new GoError(last.fullError)
    warn('Request Failed', { error: last.fullError })
  }
  if (stopped && !prepared.bounded) {
    warn(
      `Stopped after ${prepared.call.redirects} redirects and returned the redirection; pass { redirects: n } in request params or set global maxRedirects to silence this`,
    )
  }
  return new Response(last, prepared)
}

function warn(text: string, fields?: Record<string, string>) {
  tell({ kind: 'log', level: 'warning', text, fields })
}

export function request(method: string, url: unknown, body?: unknown, params?: unknown) {
  const prepared = prepare(method, url, body, params)
  return finish(callSync(prepared.call), prepared)
}

export async function asyncRequest(method: string, url: unknown, body?: unknown, params?: unknown) {
  const prepared = prepare(method, url, body, params)
  return finish(await callAsync(prepared.call), prepared)
}

const withoutBody = (method: string) => (url: unknown, params?: unknown) =>
  request(method, url, null, params)
const withBody = (method: string) => (url: unknown, body?: unknown, params?: unknown) =>
  request(method, url, body, params)

export const get = withoutBody('GET')
export const head = withoutBody('HEAD')
export const post = withBody('POST')
export const put = withBody('PUT')
export const patch = withBody('PATCH')
export const del = withBody('DELETE')
const optionsRequest = withBody('OPTIONS')

/**
 * Several requests at once.
 *
 * @param requests an array or an object of requests
 * @returns the responses, in the same shape
 */
export function batch(requests: unknown): Response[] | Record<string, Response> {
  const entries = Object.entries(fieldsOf(requests)).map(
    ([key, entry]) => [key, prepareOne(entry)] as const,
  )
  const list = entries.map(([, prepared]) => prepared.call)
  const hosts = list.map(({ url }) => /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? '')
  const most = numberOr(options().batch, BATCH)
  const mostPerHost = numberOr(options().batchPerHost, BATCH_PER_HOST)
  const answers = callAll(
    list,
    (index, running) =>
      (most <= 0 || running.length < most) &&
      (mostPerHost <= 0 ||
        running.filter((other) => hosts[other] === hosts[index]).length < mostPerHost),
  )
  const responses: [string, Response][] = []
  for (const [i, [key, prepared]] of entries.entries()) {
    const answer = answers[i]
    if (answer !== undefined) responses.push([key, finish(answer, prepared)])
  }
  if (Array.isArray(requests)) return responses.map(([, response]) => response)
  return Object.fromEntries(responses)
}

/** One of a batch: an address, a list of arguments, or an object of them. */
function prepareOne(entry: unknown) {
  if (typeof entry === 'string') return prepare('GET', entry, null, null)
  if (Array.isArray(entry)) return prepare(String(entry[0]), entry[1], entry[2], entry[3])
  const { name, method, url, body, params } = fieldsOf(entry)
  if (name !== undefined && !method) return prepare('GET', entry, null, null)
  if (url === undefined) throw new GoError('batch request has no url key')
  return prepare(String(method ?? 'GET'), url, body, params)
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
export function setResponseCallback(callback: { expects: Expected } | null) {
  expectation.current = isCallback(callback) ? callback.expects : null
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

/** The jar of this VU. */
export function cookieJar(): CookieJar {
  if (state.init) throw new GoError('Making cookie jars in the init context is not supported')
  return visitor.jar
}
export { CookieJar }
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
