/** @import { Exchange } from '../../exchange.js' */
/** @import { Fleet } from '../../fleet.js' */
/** @import { Flavor, Wire } from '../../wire.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { now } from '../../clock.js'
import { sendJson } from '../../exchange.js'
import { createFleet, loadFault, modelIn } from '../../fleet.js'
import { strict } from '../../model-names.js'
import { route } from '../../routes.js'
import { error, llamacppManners } from './errors.js'
import { llamacppChat } from './index.js'

/** @type {Wire} */
const chat = { ...llamacppChat, resolve: resolveLoaded, before: autoload }

/**
 * llama-server without a model: it starts a server for each and hands requests on
 * (tools/server/README.md, "Using multiple models"). Loads and unloads are accepted at once.
 * @type {Flavor}
 */
export const llamacppRouter = {
  headers: 'first-token',
  pingInterval: 30_000,
  manners: llamacppManners,
  guards: () => true,
  createState: (readOptions) => createFleet(readOptions),
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    route('GET', '/models', 'models', listModels),
    route('GET', '/v1/models', 'models', listModels),
    route('POST', '/models/load', 'models', guarded(llamacppManners, loadModel)),
    route('POST', '/models/unload', 'models', guarded(llamacppManners, unloadModel)),
    route('GET', '/health', 'server', (exchange) => sendJson(exchange, 200, { status: 'ok' })),
  ],
}

/** @param {Exchange} exchange */
function fleetOf(exchange) {
  return /** @type {Fleet} */ (exchange.services.state)
}

/** @type {Wire['resolve']} */
function resolveLoaded(asked, exchange) {
  const model = strict(asked, exchange)
  return model === undefined ? undefined : fleetOf(exchange).answering(model)
}

/**
 * A request for a model that is not in memory loads it and waits.
 * @type {NonNullable<Wire['before']>}
 */
function autoload(exchange, request, proceed) {
  const fleet = fleetOf(exchange)
  const model = strict(request.model, exchange)
  if (model === undefined) return proceed(exchange.receivedAt)
  const there = fleet.has(model)
  const cancel = fleet.load(model, loadFault(exchange, model), ({ ok, message = '' }) => {
    if (!ok) return sendJson(exchange, 500, error(500, `model failed to load: ${message}`))
    proceed(there ? exchange.receivedAt : now(), { cold: () => fleet.takeCold(model) })
  })
  exchange.res.once('close', cancel)
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  const fleet = fleetOf(exchange)
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => {
    const { state, failed } = fleet.stateOf(id)
    const status = { value: state, args: ['llama-server', '-m', `/models/${id}.gguf`] }
    return {
      id,
      object: 'model',
      owned_by: 'llamacpp',
      created,
      in_cache: true,
      path: `/models/${id}.gguf`,
      status: failed ? { ...status, failed: true, exit_code: 1 } : status,
    }
  })
  sendJson(exchange, 200, { object: 'list', data })
}

/** @param {Exchange} exchange */
function loadModel(exchange) {
  const model = modelIn(exchange, 'model') ?? ''
  if (!exchange.options.models.includes(model)) {
    return sendJson(exchange, 404, error(404, `model '${model}' not found`))
  }
  const fleet = fleetOf(exchange)
  if (fleet.stateOf(model).state !== 'unloaded') {
    return sendJson(exchange, 400, error(400, `model '${model}' is already loaded`))
  }
  const fault = loadFault(exchange, model)
  if (fault === 'refuse') return sendJson(exchange, 400, error(400, `model '${model}' was refused`))
  fleet.load(model, fault, () => {})
  sendJson(exchange, 200, { success: true })
}

/** @param {Exchange} exchange */
function unloadModel(exchange) {
  const model = modelIn(exchange, 'model') ?? ''
  if (!fleetOf(exchange).unload(model)) {
    return sendJson(exchange, 400, error(400, `model '${model}' is not running`))
  }
  sendJson(exchange, 200, { success: true })
}
