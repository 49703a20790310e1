import { inferenceRoute } from '../../answer/chat.ts'
import { now } from '../../core/clock.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { route } from '../../exchange/routes.ts'
import { remember } from '../../exchange/services.ts'
import type { Flavor, Proceed, Wire } from '../../exchange/wire.ts'
import { createFleet } from '../../models/fleet.ts'
import { loadFault, modelIn } from '../../models/loads.ts'
import { strict } from '../../models/names.ts'
import type { ChatRequest } from '../../request/request.ts'
import { error, llamacppManners } from './errors.ts'
import { llamacppChat } from './index.ts'

const fleets = remember((readOptions) => createFleet(readOptions))

const chat: Wire = { ...llamacppChat, resolve: resolveLoaded, before: autoload }

/**
 * llama-server without a model: it starts a server for each and hands requests on
 * (tools/server/README.md, "Using multiple models"). Loads and unloads are accepted at once.
 */
export const llamacppRouter: Flavor = {
  headers: 'first-token',
  pingInterval: 30_000,
  manners: llamacppManners,
  guards: () => true,
  createState: fleets.createState,
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    route('GET', '/models', 'models', listModels),
    route('GET', '/v1/models', 'models', listModels),
    route('POST', '/models/load', 'models', guarded(llamacppManners, loadModel)),
    route('POST', '/models/unload', 'models', guarded(llamacppManners, unloadModel)),
    route('GET', '/health', 'server', (exchange) => sendJson(exchange, 200, { status: 'ok' })),
  ],
}

function resolveLoaded(asked: string | undefined, exchange: Exchange) {
  const model = strict(asked, exchange)
  return model === undefined ? undefined : fleets.stateOf(exchange).answering(model)
}

/** A request for a model that is not in memory loads it and waits. */
function autoload(exchange: Exchange, request: ChatRequest, proceed: Proceed) {
  const fleet = fleets.stateOf(exchange)
  const model = strict(request.model, exchange)
  if (model === undefined) return proceed(exchange.receivedAt)
  const there = fleet.has(model)
  const cancel = fleet.load(model, loadFault(exchange, model), ({ ok, message = '' }) => {
    if (!ok) return sendJson(exchange, 500, error(500, `model failed to load: ${message}`))
    proceed(there ? exchange.receivedAt : now(), { cold: () => fleet.takeCold(model) })
  })
  exchange.res.once('close', cancel)
}

function listModels(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
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

function loadModel(exchange: Exchange) {
  const model = modelIn(exchange, 'model') ?? ''
  if (!exchange.options.models.includes(model)) {
    return sendJson(exchange, 404, error(404, `model '${model}' not found`))
  }
  const fleet = fleets.stateOf(exchange)
  if (fleet.stateOf(model).state !== 'unloaded') {
    return sendJson(exchange, 400, error(400, `model '${model}' is already loaded`))
  }
  const fault = loadFault(exchange, model)
  if (fault === 'refuse') return sendJson(exchange, 400, error(400, `model '${model}' was refused`))
  fleet.load(model, fault, () => {})
  sendJson(exchange, 200, { success: true })
}

function unloadModel(exchange: Exchange) {
  const model = modelIn(exchange, 'model') ?? ''
  if (!fleets.stateOf(exchange).unload(model)) {
    return sendJson(exchange, 400, error(400, `model '${model}' is not running`))
  }
  sendJson(exchange, 200, { success: true })
}
