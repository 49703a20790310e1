import { endpoint } from '../chat/address.ts'
import { callError } from '../chat/api-call.ts'
import { authorization, credentials, serverUrl, setting } from '../chat/exchange.ts'
import { login } from '../chat/login.ts'
import type { ChatError } from '../chat/result.ts'
import { httpTransport } from '../chat/transports/http.ts'
import { env, withoutSecrets } from '../core/env.ts'
import { checkKeys, durationOption, type Lazy } from '../core/options.ts'
import { type BackendName, checkBackend } from '../models/backends/index.ts'
import { type Asked, type Discovered, discover, isRedirect, modelOf } from '../models/discover.ts'
import { type Api, checkApi, dialectOf } from '../stream/dialects/index.ts'
import type { Recording } from '../stream/recording.ts'

export interface SessionOptions {
  /** @default `API_BASE_URL`, else `BASE_URL` */
  baseUrl?: Lazy<string | undefined>
  /** @default `API`, else 'auto': found by asking */
  api?: Api | 'auto'
  /** How models are managed. @default `BACKEND`, else 'auto': found by asking */
  backend?: BackendName | 'auto'
  /** `current`: what the guide's gateway runs. @default `MODEL`, else found by asking */
  model?: string
  /** @default `API_TOKEN`, else a login with `TEST_EMAIL` and `TEST_PASSWORD`, else none */
  token?: string
  /** Further headers. */
  headers?: { [name: string]: string }
  /** Of each question: ms, or a string. @default '10s' */
  timeout?: number | string
}

const OPTIONS = ['baseUrl', 'api', 'backend', 'model', 'token', 'headers', 'timeout']

/** What is known of a server before the first request, as data that `setup()` hands on. */
export interface Session {
  ok: boolean
  /** Such as `vLLM`; absent where it was not recognised. */
  name?: string
  api: Api
  /** Absent where it has no list of its models either. */
  backend?: BackendName
  /** That requests may name; the gateway's are its profiles. */
  models: string[]
  /** To ask for; absent where the server chooses. */
  model?: string
  token?: string
  /** The three in short: `vLLM, openai-chat, qwen3`. */
  about: string
  /** Address that answers whether the server is well; absent where it has none. */
  health?: string
  /** Why a test would measure nothing. */
  error: ChatError | null
}

/** One answer with what its error is made of. */
interface Answer extends Asked {
  path: string
  posted: boolean
  recording: Recording
}

/**
 * Logs in where there are credentials, and finds out by two to six short requests what the server
 * speaks: for `setup()`. Nothing of it is in `http_req_failed`. Explicit options win.
 *
 * @example
 * const session = await openSession()
 * if (!session.ok) exec.test.abort(session.error.message)
 * // …
 * await chat.stream(prompt, { session })
 */
export async function openSession(options: SessionOptions = {}): Promise<Session> {
  checkKeys('openSession', options, OPTIONS)
  const { api, backend } = checked(options)
  const address = serverUrl(options.baseUrl)
  const timeout = durationOption('openSession: timeout', options.timeout, 10000)
  const session: Session = {
    ok: true,
    api: api || 'openai-chat',
    models: [],
    about: '',
    error: null,
  }
  session.token = setting(options.token, 'API_TOKEN')
  if (session.token === undefined && env.string('TEST_EMAIL') !== undefined) {
    const reply = await login({ baseUrl: address })
    if (reply.error) return failed(session, reply.error, `login failed: ${reply.error.kind}: `)
    session.token = reply.token
  }
  const wire = api || (/anthropic/.test(address) ? 'anthropic-messages' : undefined)
  const ask = async (path: string, json?: unknown, named = true): Promise<Answer> => {
    const { url, headers } = endpoint(address, path)
    const token = named ? session.token : undefined
    const recording = await httpTransport.send({
      method: json === undefined ? 'GET' : 'POST',
      url,
      headers: Object.assign(
        { Accept: 'application/json', 'Content-Type': 'application/json' },
        headers,
        wire ? credentials(wire, token, url) : authorization(token),
        options.headers,
      ),
      body: json === undefined ? undefined : JSON.stringify(json),
      timeout,
      tags: { name: path },
      anyStatus: true,
    })
    return answerOf(path, json !== undefined, recording)
  }

  const asked = options.model === undefined ? env.string('MODEL') : options.model
  const named = asked === 'current' ? undefined : asked
  const found = await discover(address, ask, named)
  const { name, models } = found
  const spoken = api || found.api
  const error =
    (await refusalOf(found, ask, named, api)) || (spoken ? undefined : unrecognised(address, found))
  if (error) return failed(session, error)
  Object.assign(session, { name, models, api: spoken, backend: backend || found.backend })
  session.model = named || modelOf(found)
  if (named === undefined && models.length > 1 && VENDOR.test(name || '')) {
    const message = `${name} has ${models.length} models: name one by -e MODEL=…`
    return failed(session, { kind: 'http_4xx', status: 200, message })
  }
  session.about = [name, session.api, session.model].filter(Boolean).join(', ')
  const health = '/health'
  if ((await ask(health, undefined, false)).status === 200)
    session.health = endpoint(address, health).url
  return session
}

/** Lists with models of every price: none is taken at random. */
const VENDOR = /^(OpenAI|Anthropic)/

function checked({ api, backend }: SessionOptions): { api?: Api; backend?: BackendName } {
  const wire = api || env.string('API', 'auto')
  const manager = backend || env.string('BACKEND', 'auto')
  return {
    api: wire === 'auto' ? undefined : checkApi(wire as string),
    backend: manager === 'auto' ? undefined : checkBackend(manager as string),
  }
}

/** Why requests would be refused, as far as the questions told: what waiting may mend is no reason. */
async function refusalOf(
  { api, asked }: Discovered<Answer>,
  ask: (path: string, json?: unknown) => Promise<Answer>,
  model: string | undefined,
  explicit: Api | undefined,
): Promise<ChatError | undefined> {
  const [first] = asked
  if (first.status === undefined || isRedirect(first)) return errorOf(first)
  const last = asked[asked.length - 1] as Answer
  const wire = explicit || api
  if (first.status !== 401 && first.status !== 403) {
    const turnedDown = last.posted && isRefused(last, explicit ? [401, 403] : undefined)
    return wire && turnedDown ? errorOf(last) : undefined
  }
  // Some keys may chat and not see the list.
  if (wire === undefined || wire === 'gateway') return undefined
  const dialect = dialectOf(wire)
  const json = dialect.encode({ prompt: 'Hi', max_tokens: 1, model }, false)
  const tried = await ask(dialect.wholePath || dialect.path, json)
  return isRefused(tried, [401, 403]) ? errorOf(tried) : undefined
}

function isRefused({ status = 0 }: Answer, by?: number[]): boolean {
  return by ? by.indexOf(status) !== -1 : status >= 300 && status < 500 && status !== 429
}

function unrecognised(address: string, { asked, base }: Discovered<Answer>): ChatError {
  const seen = asked.map(({ path, status, recording }) => {
    const { error } = recording
    return `${path} ${status === undefined && error ? error.kind : status}`
  })
  const hint = base === undefined ? 'check the port, or name the wire by -e API=…' : `try ${base}`
  const message = `no language model was recognised at ${withoutSecrets(address)} (${seen.join(', ')}): ${hint}`
  return { kind: 'decode', status: asked[0].status || 0, message }
}

function answerOf(path: string, posted: boolean, recording: Recording): Answer {
  const headers: { [name: string]: string } = {}
  for (const name of Object.keys(recording.headers)) {
    headers[name.toLowerCase()] = recording.headers[name] as string
  }
  const { body = '', status, error } = recording
  const answer: Answer = { path, posted, headers, body, recording, error }
  if (status > 0) answer.status = status
  return answer
}

function errorOf({ recording }: Answer): ChatError {
  return callError(recording) || { kind: 'decode', status: recording.status, message: 'no answer' }
}

function failed(session: Session, error: ChatError, before = ''): Session {
  const { status } = error
  const code = status >= 300 ? `HTTP ${status}: ` : ''
  return Object.assign(session, {
    ok: false,
    error: Object.assign({}, error, { message: before + code + error.message }),
  })
}
