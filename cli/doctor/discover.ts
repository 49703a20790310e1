import { type Api, type Json, objectOf, parseJson, textOf } from '#node'
import type { Exchange, Send } from './request.ts'

export interface Server {
  /** such as `vLLM` */
  name?: string
  /** absent where none was recognised */
  api?: Api
  models: string[]
  /** the address that works, where the given one had a path too many */
  base?: string
  /** in turn, the failed ones too */
  asked: [Exchange, ...Exchange[]]
}

/** Names by what `/v1/models` says in `owned_by`. */
const OWNERS: Record<string, string | undefined> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  llamacpp: 'llama.cpp',
  'llama-swap': 'llama-swap',
  library: 'Ollama',
  tabbyAPI: 'TabbyAPI',
  system: 'OpenAI',
  openai: 'OpenAI, or a proxy such as LiteLLM',
}

/** What else a server may be known by. */
interface Sign {
  path: string
  name: string
  api: Api
  /** undefined: it is another server */
  models(json: Json): string[] | undefined
}

const SIGNS: Sign[] = [
  {
    path: '/api/models/status',
    name: "the guide's gateway",
    api: 'gateway',
    models: (json) =>
      'current_profile' in json ? Object.keys(objectOf(json.available_profiles)) : undefined,
  },
  {
    path: '/api/tags',
    name: 'Ollama',
    api: 'ollama-chat',
    models: ({ models }) => (Array.isArray(models) ? namesIn(models, 'name') : undefined),
  },
  {
    path: '/info',
    name: 'TGI',
    api: 'tgi-generate',
    models: ({ model_id: id }) => (id ? [textOf(id)] : undefined),
  },
]

/** Finds out what answers at an address: at most five requests. */
export async function discover(base: string, send: Send): Promise<Server> {
  const listed = await send('/v1/models')
  const server: Server = { models: [], asked: [listed] }
  if (listed.error && listed.status === undefined) return server
  const json = jsonOf(listed)
  if (Array.isArray(json.data)) {
    server.models = namesIn(json.data, 'id')
    const first = objectOf(json.data[0])
    const anthropic = first.type === 'model'
    server.api = anthropic ? 'anthropic-messages' : 'openai-chat'
    server.name = anthropic ? 'Anthropic' : OWNERS[textOf(first.owned_by)]
    if (server.name === undefined) {
      // TGI names the model itself as the owner.
      const info = await send('/info')
      server.asked.push(info)
      const behind = listed.headers.server ? ` (server: ${listed.headers.server})` : ''
      server.name = jsonOf(info).model_id ? 'TGI' : `a server of OpenAI's wire${behind}`
    }
    return server
  }
  for (const sign of SIGNS) {
    const seen = await send(sign.path)
    server.asked.push(seen)
    const models = sign.models(jsonOf(seen))
    if (models) return { ...server, name: sign.name, api: sign.api, models }
    // An address that takes no connections has been left already; one that is slow is not asked on.
    if (seen.error) break
  }
  // Refused, so there is something: OpenAI's wire and Anthropic's are told apart by their errors.
  if (listed.status === 401 || listed.status === 403) {
    const anthropic = json.type === 'error'
    return { ...server, api: anthropic ? 'anthropic-messages' : 'openai-chat' }
  }
  const shorter = base.replace(/\/(v1(\/.*)?|api\/.*|chat.*|completions?|generate.*)$/, '')
  return shorter === base ? server : { ...server, base: shorter }
}

function jsonOf({ status, body }: Exchange): Json {
  return status === undefined ? {} : objectOf(parseJson(body))
}

function namesIn(list: unknown[], key: string): string[] {
  return list.map((item) => textOf(objectOf(item)[key])).filter((name) => name !== '')
}
