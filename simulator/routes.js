/** @import { Exchange } from './exchange.js' */
import { refuseUnauthorized } from './access.js'
import { handleChat } from './chat.js'
import { detail, vllmError } from './errors.js'
import { sendBody, sendJson } from './exchange.js'
import { getProfiles, getRecommendations, getStatus, postReload, postSwitch } from './models-api.js'
import { modelList } from './vllm.js'

/**
 * @typedef {object} Route
 * @property {string} method
 * @property {string} path
 * @property {string} api as the record names it
 * @property {(exchange: Exchange) => void | Promise<void>} handle
 */

/** The vLLM version whose manners these are. */
const VLLM_VERSION = '0.11.2'

/** @type {Route[]} */
const vllm = [
  route('POST', '/v1/chat/completions', 'openai-chat', (exchange) =>
    handleChat(exchange, { shape: 'chat', front: 'vllm' }),
  ),
  route('POST', '/v1/completions', 'openai-completions', (exchange) =>
    handleChat(exchange, { shape: 'completions', front: 'vllm' }),
  ),
  route('GET', '/v1/models', 'models', listModels),
  route('GET', '/metrics', 'server', async (exchange) => {
    const { metrics } = exchange.services
    sendBody(exchange, 200, metrics.contentType, await metrics.text())
  }),
]

const routes = {
  vllm: [
    ...vllm,
    route('GET', '/health', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    route('GET', '/version', 'server', (exchange) =>
      sendJson(exchange, 200, { version: VLLM_VERSION }),
    ),
  ],
  gateway: [
    ...vllm,
    route('POST', '/api/chat', 'gateway', (exchange) =>
      handleChat(exchange, { shape: 'chat', front: 'gateway' }),
    ),
    route('POST', '/api/auth/login', 'auth', (exchange) => {
      const { status, body, headers } = exchange.services.auth.login(
        exchange.text,
        exchange.options,
      )
      sendJson(exchange, status, body, headers)
    }),
    route('GET', '/api/models/status', 'models', getStatus),
    route('GET', '/api/models/profiles', 'models', getProfiles),
    route('GET', '/api/models/hardware-recommendations', 'models', getRecommendations),
    route('POST', '/api/models/switch', 'models', postSwitch),
    route('POST', '/api/models/reload', 'models', postReload),
    route('GET', '/health', 'server', (exchange) =>
      sendJson(exchange, 200, { status: 'healthy', service: 'k6-llm simulator' }),
    ),
    // 200 always: the real one does not look at vLLM either.
    route('GET', '/health/ready', 'server', (exchange) =>
      sendJson(exchange, 200, { status: 'ready' }),
    ),
  ],
}

/**
 * Finds the handler of a request and calls it, or answers 401, 404 or 405 as FastAPI does.
 * @param {Exchange} exchange
 */
export async function answer(exchange) {
  const { entry, options, req, url } = exchange
  const here = routes[options.flavor].filter(({ path }) => path === url.pathname)
  const found = here.find(({ method }) => method === req.method)
  if (here[0]) entry.api = here[0].api
  // vLLM guards all of /v1 before it looks for a route.
  const unfound = !found && url.pathname.startsWith('/v1/')
  if (unfound && refuseUnauthorized(exchange, 'vllm')) return
  if (found) return found.handle(exchange)
  if (here.length > 0) {
    const allow = here.map(({ method }) => method).join(', ')
    return sendJson(exchange, 405, detail('Method Not Allowed'), { allow })
  }
  sendJson(exchange, 404, detail('Not Found'))
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  if (refuseUnauthorized(exchange, 'vllm')) return
  const { options, services } = exchange
  const created = Math.floor(Date.now() / 1000)
  if (options.flavor === 'vllm') {
    const models = options.models.map((id) => ({ id, root: id, maxModelLen: 32_768 }))
    return sendJson(exchange, 200, modelList(models, created))
  }
  const { loaded, state } = services.models
  if (!loaded) return sendJson(exchange, 503, vllmError(503, 'The model is loading.'))
  const { model_id: root, max_model_len: maxModelLen } = loaded
  sendJson(exchange, 200, modelList([{ id: state.answering, root, maxModelLen }], created))
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} api
 * @param {Route['handle']} handle
 * @returns {Route}
 */
function route(method, path, api, handle) {
  return { method, path, api, handle }
}
