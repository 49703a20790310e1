import type { Exchange } from './request.ts'

export interface Server {
  /** such as `vLLM` */
  name?: string
  /** wire format of k6-llm; absent where none was recognised */
  api?: string
  models: string[]
  /** the address that works, where the given one had a path too many */
  base?: string
  /** in turn, the failed ones too */
  asked: Exchange[]
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
const SIGNS = [
  {
    path: '/api/models/status',
    name: "the guide's gateway",
    api: 'gateway',
    models: (json: any) =>
      'current_profile' in json ? Object.keys(json.available_profiles ?? {}) : undefined,
  },
  {
    path: '/api/tags',
    name: 'Ollama',
    api: 'ollama-chat',
    models: (json: any) => json.models?.map((one: { name: string }) => one.name),
  },
  {
    path: '/info',
    name: 'TGI',
    api: 'tgi-generate',
    models: (json: any) => (json.model_id ? [json.model_id] : undefined),
  },
]

/** Finds out what answers at an address: at most five requests. */
export async function discover(
  base: string,
  get: (path: string, options?: { headers?: Record<string, string> }) => Promise<Exchange>,
): Promise<Server> {
  const listed = await get('/v1/models')
  const server: Server = { models: [], asked: [listed] }
  if (listed.error && listed.status === undefined) return server
  const json = parse(listed)
  if (Array.isArray(json?.data)) {
    server.models = json.data.map((one: { id: string }) => one.id)
    const [first] = json.data
    const anthropic = first?.type === 'model'
    server.api = anthropic ? 'anthropic-messages' : 'openai-chat'
    server.name = anthropic ? 'Anthropic' : OWNERS[first?.owned_by ?? '']
    if (server.name === undefined) {
      // TGI names the model itself as the owner.
      const info = await get('/info')
      server.asked.push(info)
      const behind = listed.headers.server ? ` (server: ${listed.headers.server})` : ''
      server.name = parse(info)?.model_id ? 'TGI' : `a server of OpenAI's wire${behind}`
    }
    return server
  }
  for (const sign of SIGNS) {
    const seen = await get(sign.path)
    server.asked.push(seen)
    const models = sign.models(parse(seen) ?? {})
    if (models) return { ...server, name: sign.name, api: sign.api, models }
    // An address that takes no connections has been left already; one that is slow is not asked on.
    if (seen.error) break
  }
  // Refused, so there is something: OpenAI's wire and Anthropic's are told apart by their errors.
  if (listed.status === 401 || listed.status === 403) {
    const anthropic = json?.type === 'error'
    return { ...server, api: anthropic ? 'anthropic-messages' : 'openai-chat' }
  }
  const shorter = base.replace(/\/(v1(\/.*)?|api\/.*|chat.*|completions?|generate.*)$/, '')
  return shorter === base ? server : { ...server, base: shorter }
}

function parse(seen: Exchange) {
  if (seen.status === undefined) return undefined
  try {
    return JSON.parse(seen.body)
  } catch {
    return undefined
  }
}
