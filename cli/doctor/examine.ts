import { noAnswer } from './connection.ts'
import type { Server } from './discover.ts'
import { discover } from './discover.ts'
import type { Finding } from './finding.ts'
import { memoryAdvice } from './finding.ts'
import { logIn } from './login.ts'
import { lookAtClock, lookAtK6, lookAtVariables } from './machine.ts'
import type { Exchange } from './request.ts'
import { exchange } from './request.ts'
import type { Streamed } from './stream.ts'
import { readStream } from './stream.ts'
import { lookAtStreams } from './streaming.ts'
import type { Wire } from './wire.ts'
import { errorOf, WIRES } from './wire.ts'

interface Question {
  /** of the server */
  url: string
  api?: string
  model?: string
  token?: string
  user?: string
  password?: string
  /** streams to ask for */
  requests: number
  /** of each */
  tokens: number
  /** ms of each request */
  timeout: number
  insecure?: boolean
  k6?: string
  /** short sleeps by which the machine is judged */
  wakings?: number
}

export interface Examination {
  schema: 'k6-llm/doctor@1'
  url: string
  k6: { path: string; version: string; extensions: string[] } | null
  server: { name?: string; api?: string; models: string[] }
  /** one for each that was asked for */
  streams: Phases[]
  findings: Finding[]
  /** that were sent */
  requests: number
  /** nothing is so wrong that a test would measure nothing true */
  ok: boolean
}

/** of one stream, ms; what was not there is null */
export interface Phases {
  status: number | null
  /** until the name was looked up */
  dns: number | null
  /** until TCP stood */
  connect: number | null
  /** until TLS stood */
  tls: number | null
  /** of the response: its headers (curl's time_starttransfer) */
  firstByte: number | null
  firstToken: number | null
  total: number
  /** with output */
  events: number
  /** as the server counts */
  tokens: number | null
}

/** Looks at everything that decides whether a test of a server would measure something true. */
export async function examine(question: Question): Promise<Examination> {
  const url = question.url.replace(/\/+$/, '')
  const { k6, findings } = lookAtK6(question.k6)
  const clock = await lookAtClock(question.wakings)
  findings.push(clock.finding, ...lookAtVariables(process.env))
  const result: Examination = {
    schema: 'k6-llm/doctor@1',
    url,
    k6: k6 ? { path: k6.path, version: k6.version, extensions: k6.extensions ?? [] } : null,
    server: { models: [] },
    streams: [],
    findings,
    requests: 0,
    ok: true,
  }
  await askServer({ ...question, url }, result)
  result.ok = !findings.some((finding) => finding.level === 'fail')
  return result
}

/** @param result to be filled */
async function askServer(question: Question, result: Examination) {
  const { url, timeout, insecure } = question
  const { findings } = result
  let token = question.token
  const send = (path: string, options: object = {}) => {
    result.requests++
    const auth = credentials(token, url, question.api ?? result.server.api)
    return exchange(url + path, { headers: auth, timeout, insecure, ...options })
  }

  const server = await discover(url, send)
  const first = server.asked[0] as Exchange
  if (first.error && first.status === undefined) {
    findings.push(noAnswer(first))
    return
  }
  if (first.status !== undefined && first.status >= 300 && first.status < 400) {
    findings.push({
      check: 'redirect',
      level: 'fail',
      found: `${url} sends elsewhere (HTTP ${first.status}: ${first.headers.location ?? '?'})`,
      means: 'k6/x/sse follows with GET and without the body, so streams fail',
      todo: 'use the address that it sends to',
    })
    return
  }
  const { name, models } = server
  const api = question.api ?? server.api
  result.server = { ...(name && { name }), ...(api && { api }), models }
  if (api === undefined) {
    findings.push(noModelServer(url, server))
    return
  }
  findings.push({
    check: 'server',
    level: 'ok',
    found: `${name ?? 'a server'}, asked as ${api} at ${WIRES[api]?.path}`,
  })
  if (question.user && !token && api === 'gateway') {
    const login = await logIn(question.user, question.password ?? '', (path, json) =>
      send(path, { method: 'POST', json }),
    )
    token = login.token
    findings.push(aboutLogin(login))
  }
  const model = question.model ?? (api === 'gateway' ? undefined : models[0])
  findings.push(aboutModels(models, question.model, model))
  await askForStreams({ ...question, api, model }, send, result)
  if (api !== 'gateway') await lookAtLoad(send, findings)
}

async function askForStreams(
  { api, model, requests, tokens }: Question & { api: string; model: string | undefined },
  send: (path: string, options?: object) => Promise<Exchange>,
  result: Examination,
) {
  const { findings } = result
  const wire = WIRES[api] as Wire
  const good: { seen: Exchange; stream: Streamed }[] = []
  for (let i = 0; i < requests; i++) {
    const seen = await send(wire.path, { method: 'POST', json: wire.body(model, tokens) })
    const stream = readStream(seen, wire.rows === true)
    result.streams.push(phasesOf(seen, stream))
    const limits = rateLimits(seen)
    if (i === 0 && limits) findings.push(limits)
    if (seen.status === undefined) {
      findings.push(noAnswer(seen))
      break
    }
    if (seen.status !== 200) {
      findings.push(refusal(seen, wire.path))
      break // asking again would only count as more of the same
    }
    good.push({ seen, stream })
  }
  if (good.length > 0 && result.streams[0]?.status === 200) {
    findings.push({ check: 'auth', level: 'ok', found: 'requests are let in' })
  }
  findings.push(...lookAtStreams(good))
}

function credentials(
  token: string | undefined,
  url: string,
  api: string | undefined,
): Record<string, string> {
  if (api === 'anthropic-messages' || /anthropic/.test(url)) {
    return { 'anthropic-version': '2023-06-01', ...(token && { 'x-api-key': token }) }
  }
  return token ? { authorization: `Bearer ${token}` } : {}
}

function noModelServer(url: string, { asked, base }: Server): Finding {
  const seen = asked.map((one) => `${new URL(one.url).pathname} ${one.status ?? one.error?.code}`)
  const page = /<title>([^<]*)/i.exec(asked[0]?.body ?? '')?.[1]?.trim()
  return {
    check: 'server',
    level: 'fail',
    found:
      `no language model was recognised at ${url} (${seen.join(', ')})` +
      `${page ? `; it is a page: "${page}"` : ''}`,
    means: 'a test of it would fail, or measure something else',
    todo: base
      ? `the address is the part before the path: ${base}`
      : 'check the port; name the wire by --api where the server has no list of models',
  }
}

function aboutLogin({ token, seen }: { token?: string; seen: Exchange }): Finding {
  if (token) return { check: 'login', level: 'ok', found: 'the login gave a token' }
  return {
    check: 'login',
    level: 'fail',
    found: `the login was refused (HTTP ${seen.status ?? seen.error?.code}): ${shorten(told(seen))}`,
    means: 'the reference tests end in setup() with code 108',
    todo: 'check TEST_EMAIL and TEST_PASSWORD; a name without @ is sent with the password in base64',
  }
}

function aboutModels(
  models: string[],
  asked: string | undefined,
  used: string | undefined,
): Finding {
  if (models.length === 0) {
    return {
      check: 'models',
      level: asked ? 'note' : 'warn',
      found: 'it lists no models',
      ...(asked ? {} : { todo: 'name one: --model NAME, and MODEL in the tests' }),
    }
  }
  const list = models.length > 4 ? `${models.slice(0, 4).join(', ')} …` : models.join(', ')
  if (asked !== undefined && asked !== 'current' && !models.includes(asked)) {
    return {
      check: 'models',
      level: 'warn',
      found: `${asked} is not among its models: ${list}`,
      means: 'requests for it may be refused (404), or answered by another model',
      todo: 'name one of them: --model NAME',
    }
  }
  const rest = used === undefined ? '' : `; asked was ${used}`
  return {
    check: 'models',
    level: 'ok',
    found: `${models.length} ${models.length === 1 ? 'model' : 'models'}: ${list}${rest}`,
  }
}

/** What a status other than 200 means. */
function refusal(seen: Exchange, path: string): Finding {
  const { status = 0 } = seen
  const text = shorten(told(seen))
  const found = `POST ${path} was answered by HTTP ${status}${text ? `: ${text}` : ''}`
  if (status === 401 || status === 403) {
    return {
      check: 'auth',
      level: 'fail',
      found,
      means: 'every request would fail as "http_4xx"',
      todo: 'give a token: --token or API_TOKEN; the gateway: TEST_EMAIL and TEST_PASSWORD',
    }
  }
  if (status === 404 || status === 405) {
    return {
      check: 'path',
      level: 'fail',
      found,
      means: 'every request would fail as "http_4xx"',
      todo: 'is the model known there (--model), and is this the API of the server (--api)?',
    }
  }
  if (status === 429) {
    const after = seen.headers['retry-after']
    return {
      check: 'rate-limit',
      level: 'fail',
      found: `${found}${after ? ` (Retry-After: ${after})` : ''}`,
      means: 'a load would be refused as "http_429": the test would measure the limiter',
      todo: 'lift the limit for the test, or stay under it: a constant-arrival-rate below it',
    }
  }
  if (status >= 500) {
    return {
      check: 'server-error',
      level: 'fail',
      found,
      means: 'with a single user already; under load it will be worse',
      todo: 'look at the log of the server; 502 and 504 are of a proxy that lost the server behind it',
      ...memoryAdvice(told(seen)),
    }
  }
  return {
    check: 'request',
    level: 'fail',
    found,
    means: 'every such request would fail as "http_4xx"',
    todo: 'the message says what the server does not take; another wire: --api',
  }
}

function told(seen: Exchange) {
  try {
    return errorOf(JSON.parse(seen.body)) ?? seen.body
  } catch {
    return seen.body.replace(/<[^>]*>/g, ' ')
  }
}

function shorten(text: string) {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)} …` : line
}

function rateLimits({ headers }: Exchange): Finding | undefined {
  const named = Object.keys(headers).filter((name) => /^(x-|anthropic-)?ratelimit-/.test(name))
  if (named.length === 0) return undefined
  return {
    check: 'rate-limit',
    level: 'warn',
    found: `it has rate limits: ${named.map((name) => `${name} ${headers[name]}`).join(', ')}`,
    means: 'a load over them is refused (http_429), and the test would measure the limiter',
    todo: 'stay under them, or have them lifted for the test',
  }
}

/** Whether others use the server at the same time: vLLM's metrics tell. */
async function lookAtLoad(send: (path: string) => Promise<Exchange>, findings: Finding[]) {
  const { status, body } = await send('/metrics')
  if (status !== 200) return
  const sum = (name: string) =>
    [...body.matchAll(new RegExp(`^vllm:${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)`, 'gm'))].reduce(
      (all, match) => all + Number(match[1]),
      0,
    )
  if (!/^vllm:num_requests_running/m.test(body)) return
  const running = sum('num_requests_running')
  const waiting = sum('num_requests_waiting')
  if (running + waiting === 0) {
    findings.push({ check: 'load', level: 'ok', found: 'nobody else uses the server now' })
    return
  }
  findings.push({
    check: 'load',
    level: 'warn',
    found: `the server is at work for others: ${running} running, ${waiting} waiting`,
    means: 'their load is in every figure',
    todo: 'test when it is idle, or say so in the report',
  })
}

function phasesOf({ status, at }: Exchange, { firstToken, generated, tokens }: Streamed): Phases {
  const rounded = (ms: number | undefined) => (ms === undefined ? null : Math.round(ms * 100) / 100)
  return {
    status: status ?? null,
    dns: rounded(at.dns),
    connect: rounded(at.connect),
    tls: rounded(at.tls),
    firstByte: rounded(at.headers),
    firstToken: rounded(firstToken),
    total: rounded(at.total) ?? 0,
    events: generated,
    tokens: tokens ?? null,
  }
}
