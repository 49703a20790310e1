import { type Api, dialectOf, discover, isRedirect, modelOf } from '#node'
import { aboutModels, noModelServer } from './about-server.ts'
import { noAnswer } from './connection.ts'
import type { Finding } from './finding.ts'
import { lookAtLoad } from './load.ts'
import { aboutLogin, logIn } from './login.ts'
import { lookAtClock, lookAtK6, lookAtVariables, THROUGH_RELAY } from './machine.ts'
import { nextCommand } from './next-command.ts'
import { type Phases, phasesOf } from './phases.ts'
import { credentials, type ShortStream, shortStream } from './question.ts'
import { rateLimits, redirected, refusal } from './refusal.ts'
import { exchange, type Send } from './request.ts'
import { readStream, type Streamed } from './stream.ts'
import { lookAtStreams } from './streaming.ts'

export interface Question {
  /** of the server */
  url: string
  api?: Api
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
  /** `model`: that was asked for */
  server: { name?: string; api?: Api; models: string[]; model?: string }
  /** one for each that was asked for */
  streams: Phases[]
  findings: Finding[]
  /** that were sent */
  requests: number
  /** nothing is so wrong that a test would measure nothing true */
  ok: boolean
  /** that tests it, to be copied; where nothing is in the way of a test */
  command?: string
}

/** Looks at everything that decides whether a test of a server would measure something true. */
export async function examine(question: Question): Promise<Examination> {
  const url = question.url.replace(/\/+$/, '')
  const { k6, findings } = lookAtK6(question.k6)
  const clock = await lookAtClock(question.wakings)
  findings.push(THROUGH_RELAY, clock.finding, ...lookAtVariables(process.env))
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
  if (result.ok) result.command = nextCommand(result, { ...question, url })
  return result
}

/**
 * Looks at the server alone.
 *
 * @param result to be filled
 */
export async function askServer(question: Question, result: Examination): Promise<void> {
  const { url, timeout, insecure } = question
  const { findings } = result
  let token = question.token
  const send: Send = (path, options) => {
    result.requests++
    const headers = credentials(question.api ?? result.server.api, url, token)
    return exchange(url + path, { headers, timeout, insecure, ...options })
  }

  const asked = question.model === 'current' ? undefined : question.model
  const server = await discover(
    url,
    (path, json) => send(path, json === undefined ? {} : { method: 'POST', json }),
    asked,
  )
  const [first] = server.asked
  if (first.error && first.status === undefined) {
    findings.push(noAnswer(first))
    return
  }
  if (isRedirect(first)) {
    findings.push(redirected(first))
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
    found: `${name ?? 'a server'}, asked as ${api} at ${dialectOf(api).path}`,
  })
  if (question.user && !token && api === 'gateway') {
    const login = await logIn(question.user, question.password ?? '', send)
    token = login.token
    findings.push(aboutLogin(login))
  }
  const model = asked ?? modelOf(server)
  if (model !== undefined) result.server.model = model
  findings.push(aboutModels(server, asked, model))
  const { tokens, requests } = question
  await askForStreams({ api, model, tokens, requests }, send, result)
  if (api !== 'gateway') await lookAtLoad(send, findings)
}

/** One after the other, until one is refused: asking again would only count as more of the same. */
async function askForStreams(
  wanted: ShortStream & { requests: number },
  send: Send,
  { streams, findings }: Examination,
): Promise<void> {
  const { path, json } = shortStream(wanted)
  const good: Streamed[] = []
  for (let i = 0; i < wanted.requests; i++) {
    const seen = await send(path, { method: 'POST', json })
    const stream = readStream(seen, wanted.api)
    streams.push(phasesOf(stream))
    const limits = rateLimits(seen)
    if (i === 0 && limits) findings.push(limits)
    if (seen.status !== 200) {
      findings.push(seen.status === undefined ? noAnswer(seen) : refusal(seen, path))
      break
    }
    good.push(stream)
  }
  if (good.length > 0) findings.push({ check: 'auth', level: 'ok', found: 'requests are let in' })
  findings.push(...lookAtStreams(good))
}
