import { type Api, dialectOf } from '../stream/dialects/index.ts'
import { type Json, listOf, objectOf, parseJson, textOf } from '../stream/json.ts'
import type { BackendName } from './backends/index.ts'

/** One answer, whatever asked for it. */
export interface Asked {
  /** absent where there was none */
  status?: number
  /** by small letters */
  headers: { [name: string]: string }
  body: string
  error?: unknown
}

/** Sends to a path of the server: GET, or POST where there is a body. */
export type Ask<T extends Asked> = (path: string, json?: unknown) => Promise<T>

/** What answers at an address. */
export interface Discovered<T extends Asked> {
  /** such as `vLLM` */
  name?: string
  /** absent where none was recognised */
  api?: Api
  /** how its models are managed; absent where it has not even a list of them */
  backend?: BackendName
  models: string[]
  /** the name of the model in force, where that is none of those: the gateway's are its profiles */
  current?: string
  /** the address that works, where the given one had a path too many */
  base?: string
  /** in turn, the failed ones too */
  asked: [T, ...T[]]
}

interface Known {
  name: string
  backend?: BackendName
}

/** By what `/v1/models` says in `owned_by`. */
const OWNERS: { [owner: string]: Known | undefined } = {
  vllm: { name: 'vLLM' },
  sglang: { name: 'SGLang' },
  llamacpp: { name: 'llama.cpp' },
  'llama-swap': { name: 'llama-swap', backend: 'llama-swap' },
  library: { name: 'Ollama', backend: 'ollama' },
  tabbyAPI: { name: 'TabbyAPI', backend: 'tabbyapi' },
  system: { name: 'OpenAI' },
  openai: { name: 'OpenAI, or a proxy such as LiteLLM' },
}

/** What else a server may be known by. */
interface Sign extends Known {
  path: string
  api: Api
  /** undefined: it is another server */
  read(json: Json): { models: string[]; current?: string } | undefined
}

const GATEWAY: Sign = {
  path: '/api/models/status',
  name: "the guide's gateway",
  api: 'gateway',
  backend: 'gateway',
  read(json) {
    if (!('current_profile' in json)) return undefined
    const profiles = objectOf(json.available_profiles)
    const running = objectOf(profiles[textOf(json.current_profile)])
    return { models: Object.keys(profiles), current: textOf(running.model_id) || undefined }
  },
}

const SIGNS: Sign[] = [
  GATEWAY,
  {
    path: '/api/tags',
    name: 'Ollama',
    api: 'ollama-chat',
    backend: 'ollama',
    read: ({ models }) => (Array.isArray(models) ? { models: namesIn(models, 'name') } : undefined),
  },
  {
    path: '/info',
    name: 'TGI',
    api: 'tgi-generate',
    read: ({ model_id: id }) => (id ? { models: [textOf(id)] } : undefined),
  },
]

/**
 * Finds out what answers at an address: at most five requests, the last of them for one token
 * where a server has no list of its models.
 *
 * @param wanted the model for that one
 */
export async function discover<T extends Asked>(
  base: string,
  ask: Ask<T>,
  wanted?: string,
): Promise<Discovered<T>> {
  const listed = await ask('/v1/models')
  const server: Discovered<T> = { models: [], asked: [listed] }
  if (listed.status === undefined) return server
  const json = jsonOf(listed)
  if (Array.isArray(json.data)) return ofList(server, json.data.map(objectOf), ask)
  if (isRedirect(listed)) return server
  for (const sign of SIGNS) {
    if (await matches(server, sign, ask)) return server
    // An address that takes no connections has been left already; one that is slow is not asked on.
    if (server.asked[server.asked.length - 1]?.error) break
  }
  // Refused, so there is something: OpenAI's wire and Anthropic's are told apart by their errors.
  if (listed.status === 401 || listed.status === 403) {
    server.api = json.type === 'error' ? 'anthropic-messages' : 'openai-chat'
    return server
  }
  const { path, encode } = dialectOf('openai-chat')
  const tried = await ask(path, encode({ prompt: 'Hi', max_tokens: 1, model: wanted }, false))
  server.asked.push(tried)
  if (speaksOpenAi(tried)) server.api = 'openai-chat'
  const shorter = base.replace(/\/(v1(\/.*)?|api\/.*|chat.*|completions?|generate.*)$/, '')
  if (server.api === undefined && shorter !== base) server.base = shorter
  return server
}

export function isRedirect({ status = 0 }: Asked): boolean {
  return status >= 300 && status < 400
}

/**
 * The model to ask where none was named: what the gateway runs, else the first of the list that
 * writes text.
 */
export function modelOf({ api, current, models }: Discovered<Asked>): string | undefined {
  if (current !== undefined || api === 'gateway') return current
  return models.filter((name) => !OTHER_WORK.test(name))[0] || models[0]
}

const OTHER_WORK = /embed|rerank|whisper|\btts|dall-e|moderation|transcribe|^(bge|e5|gte)\b/i

async function ofList<T extends Asked>(
  server: Discovered<T>,
  rows: Json[],
  ask: Ask<T>,
): Promise<Discovered<T>> {
  server.models = namesIn(rows, 'id')
  server.backend = 'list'
  const first = objectOf(rows[0])
  if (first.type === 'model') {
    server.name = 'Anthropic'
    server.api = 'anthropic-messages'
    return server
  }
  server.api = 'openai-chat'
  const known = OWNERS[textOf(first.owned_by)]
  if (known) Object.assign(server, known)
  // A router has a state for each model.
  if (objectOf(first.status).value !== undefined) server.backend = 'llamacpp-router'
  // The guide's gateway and the vLLM behind it may be at one address.
  if (known?.name === 'vLLM' && (await matches(server, GATEWAY, ask))) return server
  if (known) return server
  // TGI names the model itself as the owner.
  const info = await ask('/info')
  server.asked.push(info)
  const { server: software } = (server.asked[0] as T).headers
  const behind = software ? ` (server: ${software})` : ''
  server.name = jsonOf(info).model_id ? 'TGI' : `a server of OpenAI's wire${behind}`
  return server
}

/** Whether the server has a sign; it then is what the sign says. */
async function matches<T extends Asked>(
  server: Discovered<T>,
  { path, name, api, backend, read }: Sign,
  ask: Ask<T>,
): Promise<boolean> {
  const seen = await ask(path)
  server.asked.push(seen)
  const found = read(jsonOf(seen))
  if (found) Object.assign(server, { name, api, backend: backend || server.backend }, found)
  return found !== undefined
}

/**
 * Whether a chat was answered, or refused by what knows the wire: an error in JSON that is not
 * about the path.
 */
function speaksOpenAi(seen: Asked): boolean {
  const { status = 0 } = seen
  const json = jsonOf(seen)
  if (status >= 200 && status < 300) return Array.isArray(json.choices) || 'error' in json
  if (isRedirect(seen) || Object.keys(json).length === 0) return false
  return (status !== 404 && status !== 405) || /\bmodel\b/i.test(seen.body)
}

function jsonOf({ status, body }: Asked): Json {
  return status === undefined ? {} : objectOf(parseJson(body))
}

function namesIn(list: unknown[], key: string): string[] {
  return listOf(list)
    .map((item) => textOf(objectOf(item)[key]))
    .filter((name) => name !== '')
}
