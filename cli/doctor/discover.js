/** @import { Exchange } from './request.js' */

/**
 * @typedef {object} Server
 * @property {string} [name] such as `vLLM`
 * @property {string} [api] wire format of k6-llm; absent where none was recognised
 * @property {string[]} models
 * @property {string} [base] the address that works, where the given one had a path too many
 * @property {Exchange[]} asked in turn, the failed ones too
 */

/**
 * Names by what `/v1/models` says in `owned_by`.
 * @type {Record<string, string | undefined>}
 */
const OWNERS = {
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
    models: (/** @type {any} */ json) =>
      'current_profile' in json ? Object.keys(json.available_profiles ?? {}) : undefined,
  },
  {
    path: '/api/tags',
    name: 'Ollama',
    api: 'ollama-chat',
    models: (/** @type {any} */ json) =>
      json.models?.map((/** @type {{ name: string }} */ one) => one.name),
  },
  {
    path: '/info',
    name: 'TGI',
    api: 'tgi-generate',
    models: (/** @type {any} */ json) => (json.model_id ? [json.model_id] : undefined),
  },
]

/**
 * Finds out what answers at an address: at most five requests.
 *
 * @param {string} base
 * @param {(path: string, options?: { headers?: Record<string, string> }) => Promise<Exchange>} get
 * @returns {Promise<Server>}
 */
export async function discover(base, get) {
  const listed = await get('/v1/models')
  /** @type {Server} */
  const server = { models: [], asked: [listed] }
  if (listed.error && listed.status === undefined) return server
  const json = parse(listed)
  if (Array.isArray(json?.data)) {
    server.models = json.data.map((/** @type {{ id: string }} */ one) => one.id)
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

/** @param {Exchange} seen */
function parse(seen) {
  if (seen.status === undefined) return undefined
  try {
    return JSON.parse(seen.body)
  } catch {
    return undefined
  }
}
