import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits, type Random } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendBody, sendJson } from '../../exchange/exchange.ts'
import { metricsRoute, route } from '../../exchange/routes.ts'
import { remember } from '../../exchange/services.ts'
import type { Flavor, Proceed, Wire } from '../../exchange/wire.ts'
import { createFleet } from '../../models/fleet.ts'
import { loadFault, modelIn } from '../../models/loads.ts'
import { askedName } from '../../models/names.ts'
import { chatReader } from '../../request/openai.ts'
import type { ChatRequest } from '../../request/request.ts'
import { encodeChat, wholeChat } from './chat.ts'
import { sglangManners } from './errors.ts'
import { encodeGenerate, readGenerate, wholeGenerate } from './generate.ts'
import { sglangMetrics } from './metrics.ts'

const fleets = remember((readOptions) => createFleet(readOptions))

const common = {
  manners: sglangManners,
  resolve: askedName,
  id: (random: Random) => hexDigits(32, random),
  streamType: 'text/event-stream; charset=utf-8',
  done: true,
  doneAfterError: true,
  before: answerCold,
}

const chat: Wire = {
  ...common,
  api: 'openai-chat',
  read: chatReader({ n: 'many', looseStreamOptions: true }),
  encoder: encodeChat,
  whole: wholeChat,
  tools: true,
  broken: 'data: {"id":"broken","object":"chat.completion.chunk","choices":[{"ind\n\n',
}

const generate: Wire = {
  ...common,
  api: 'sglang-generate',
  read: readGenerate,
  encoder: encodeGenerate,
  whole: wholeGenerate,
  rides: () => true,
  broken: 'data: {"text":" broken","meta_inf\n\n',
}

export const sglang: Flavor = {
  // Recent versions wait for the first chunk, so that a bad request can be a 400
  // (_handle_streaming_request).
  headers: 'first-token',
  pingInterval: 0,
  manners: sglangManners,
  guards: (path) => !path.startsWith('/health') && !path.startsWith('/metrics'),
  metrics: sglangMetrics,
  createState: fleets.createState,
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    inferenceRoute('/generate', generate),
    route('GET', '/v1/models', 'models', guarded(sglangManners, listModels)),
    route('GET', '/get_model_info', 'models', guarded(sglangManners, getModelInfo)),
    route('POST', '/update_weights_from_disk', 'models', guarded(sglangManners, updateWeights)),
    route('GET', '/get_server_info', 'models', guarded(sglangManners, getModelInfo)),
    route('GET', '/health', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    route('GET', '/health_generate', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    metricsRoute,
  ],
}

function listModels(exchange: Exchange) {
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'sglang',
    root: id,
    parent: null,
    max_model_len: 32_768,
  }))
  sendJson(exchange, 200, { object: 'list', data })
}

function getModelInfo(exchange: Exchange) {
  const [path = exchange.options.models[0]] = fleets.stateOf(exchange).loaded
  sendJson(exchange, 200, { model_path: path, tokenizer_path: path, is_generation: true })
}

function answerCold(exchange: Exchange, _: ChatRequest, proceed: Proceed) {
  const fleet = fleets.stateOf(exchange)
  const [model = ''] = fleet.loaded
  proceed(exchange.receivedAt, { cold: () => fleet.takeCold(model) })
}

/**
 * Reads other weights into the server (entrypoints/http_server.py). It runs one model whatever fits: the
 * one before is gone when this one is there, and stays when it fails.
 */
function updateWeights(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const path = modelIn(exchange, 'model_path')
  if (!path) return sendJson(exchange, 422, { detail: 'model_path: Field required' })
  const answer = (success: boolean, message: string) =>
    sendJson(exchange, success ? 200 : 400, { success, message, num_paused_requests: 0 })
  const known = exchange.options.models.includes(path)
  if (!known) return answer(false, `Failed to get weights iterator: ${path}`)
  const before = fleet.loaded
  const fault = loadFault(exchange, path)
  const cancel = fleet.load(path, fault, ({ ok, message }) => {
    const stays = !ok || fault === 'lying' || fault === 'reverted'
    for (const other of stays ? [path] : before) if (other !== path || stays) fleet.unload(other)
    // Weights that could not be read leave the ones that were there.
    if (stays) for (const other of before) fleet.put(other)
    answer(ok, ok ? 'Succeeded to update model weights.' : `${message}`)
  })
  exchange.res.once('close', cancel)
}
