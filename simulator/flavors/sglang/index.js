/** @import { Exchange } from '../../exchange.js' */
/** @import { Flavor, Wire } from '../../wire.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { sendBody, sendJson } from '../../exchange.js'
import { askedName } from '../../model-names.js'
import { chatReader } from '../../openai-request.js'
import { hexDigits } from '../../random.js'
import { metricsRoute, route } from '../../routes.js'
import { encodeChat, wholeChat } from './chat.js'
import { sglangManners } from './errors.js'
import { encodeGenerate, readGenerate, wholeGenerate } from './generate.js'
import { sglangMetrics } from './metrics.js'

const common = {
  manners: sglangManners,
  resolve: askedName,
  id: /** @type {Wire['id']} */ ((random) => hexDigits(32, random)),
  streamType: 'text/event-stream; charset=utf-8',
  done: true,
  doneAfterError: true,
}

/** @type {Wire} */
const chat = {
  ...common,
  api: 'openai-chat',
  read: chatReader({ n: 'many', looseStreamOptions: true }),
  encoder: encodeChat,
  whole: wholeChat,
  tools: true,
  broken: 'data: {"id":"broken","object":"chat.completion.chunk","choices":[{"ind\n\n',
}

/** @type {Wire} */
const generate = {
  ...common,
  api: 'sglang-generate',
  read: readGenerate,
  encoder: encodeGenerate,
  whole: wholeGenerate,
  rides: () => true,
  broken: 'data: {"text":" broken","meta_inf\n\n',
}

/** @type {Flavor} */
export const sglang = {
  // Recent versions wait for the first chunk, so that a bad request can be a 400
  // (_handle_streaming_request).
  headers: 'first-token',
  pingInterval: 0,
  manners: sglangManners,
  guards: (path) => !path.startsWith('/health') && !path.startsWith('/metrics'),
  metrics: sglangMetrics,
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    inferenceRoute('/generate', generate),
    route('GET', '/v1/models', 'models', guarded(sglangManners, listModels)),
    route('GET', '/get_model_info', 'models', guarded(sglangManners, getModelInfo)),
    route('GET', '/health', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    route('GET', '/health_generate', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    metricsRoute,
  ],
}

/** @param {Exchange} exchange */
function listModels(exchange) {
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

/** @param {Exchange} exchange */
function getModelInfo(exchange) {
  const [path] = exchange.options.models
  sendJson(exchange, 200, { model_path: path, tokenizer_path: path, is_generation: true })
}
