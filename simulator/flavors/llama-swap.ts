import { inferenceRoute } from '../answer/chat.ts'
import { now } from '../core/clock.ts'
import { guarded } from '../exchange/access.ts'
import { type Exchange, sendBody, sendJson } from '../exchange/exchange.ts'
import { route } from '../exchange/routes.ts'
import { remember } from '../exchange/services.ts'
import type { Flavor, Manners, Proceed, Wire } from '../exchange/wire.ts'
import { createFleet } from '../models/fleet.ts'
import { loadFault } from '../models/loads.ts'
import { strict } from '../models/names.ts'
import type { ChatRequest } from '../request/request.ts'
import { llamacppManners } from './llamacpp/errors.ts'
import { llamacppChat } from './llamacpp/index.ts'

const fleets = remember((readOptions) => createFleet(readOptions))

/** internal/swaputil/httperror.go: in JSON unless the client wants text. */
const swapError = (status: number, message: string, code: string) => ({
  src: 'llama-swap',
  error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', code },
})

const manners: Manners = {
  ...llamacppManners,
  unknownModel: (model) => ({
    status: 404,
    body: swapError(404, `no router for requested model: ${model}`, 'not_found'),
  }),
  notFound: () => ({ status: 404, body: '404 page not found', type: 'text/plain' }),
  notAllowed: () => ({ status: 405, body: 'Method Not Allowed', type: 'text/plain' }),
}

const chat: Wire = { ...llamacppChat, manners, resolve: behind, before: swapIn }

/**
 * llama-swap with llama.cpp servers behind it (internal/server/{server,api,apigroup}.go): any request
 * for a model swaps it in and waits. An answer has the name of the server behind it.
 */
export const llamaSwap: Flavor = {
  headers: 'first-token',
  pingInterval: 30_000,
  manners,
  createState: fleets.createState,
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    route('GET', '/running', 'models', guarded(manners, listRunning)),
    route('GET', '/v1/models', 'models', guarded(manners, listModels)),
    route('GET', '/unload', 'models', guarded(manners, unloadAll)),
    route('POST', '/api/models/unload', 'models', guarded(manners, unloadAll)),
    route('POST', '/api/models/unload/*', 'models', guarded(manners, unloadOne)),
    route('GET', '/health', 'server', (exchange) => sendBody(exchange, 200, 'text/plain', 'OK')),
  ],
}

function behind(asked: string | undefined, exchange: Exchange) {
  const model = strict(asked, exchange)
  if (model === undefined) return undefined
  // A model that lies is known by its own name; else the server behind says its file's.
  const answering = fleets.stateOf(exchange).answering(model)
  return answering === model ? `${model}.gguf` : answering
}

function swapIn(exchange: Exchange, request: ChatRequest, proceed: Proceed) {
  const fleet = fleets.stateOf(exchange)
  const model = strict(request.model, exchange)
  if (model === undefined) return proceed(exchange.receivedAt)
  const there = fleet.has(model)
  const fault = loadFault(exchange, model)
  const cancel = fleet.load(model, fault, ({ ok, why, message = '' }) => {
    if (!ok) {
      const status = why === 'refused' ? 429 : 502
      const code = why === 'refused' ? 'concurrency_limit' : 'upstream_error'
      const headers = status === 429 ? { 'retry-after': '1' } : undefined
      return sendJson(exchange, status, swapError(status, message, code), headers)
    }
    proceed(there ? exchange.receivedAt : now(), { cold: () => fleet.takeCold(model) })
  })
  exchange.res.once('close', cancel)
}

function listRunning(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const running = exchange.options.models.flatMap((model) => {
    const { state } = fleet.stateOf(model)
    if (state === 'unloaded') return []
    const words = { cmd: `llama-server -m ${model}.gguf`, proxy: 'http://localhost:5800', ttl: 0 }
    const names = { name: '', description: '' }
    return [{ model, state: state === 'loaded' ? 'ready' : 'starting', ...words, ...names }]
  })
  sendJson(exchange, 200, { running })
}

function listModels(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => {
    // Loaded also while it starts.
    const value = fleet.stateOf(id).state === 'unloaded' ? 'unloaded' : 'loaded'
    return { id, object: 'model', created, owned_by: 'llama-swap', status: { value } }
  })
  sendJson(exchange, 200, { object: 'list', data })
}

function unloadAll(exchange: Exchange) {
  for (const model of exchange.options.models) fleets.stateOf(exchange).unload(model)
  if (exchange.req.method === 'GET') sendBody(exchange, 200, 'text/plain', 'OK')
  else sendJson(exchange, 200, { msg: 'ok' })
}

function unloadOne(exchange: Exchange) {
  const model = decodeURIComponent(exchange.url.pathname.slice('/api/models/unload/'.length))
  if (!exchange.options.models.includes(model)) {
    return sendJson(exchange, 404, swapError(404, 'model not found', 'not_found'))
  }
  fleets.stateOf(exchange).unload(model)
  sendBody(exchange, 200, 'text/plain', 'OK')
}
