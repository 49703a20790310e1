/** @import { Exchange } from '../../exchange.js' */
/** @import { Flavor, Wire } from '../../wire.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { sendJson } from '../../exchange.js'
import { strict } from '../../model-names.js'
import { chatReader } from '../../openai-request.js'
import { hexDigits } from '../../random.js'
import { route } from '../../routes.js'
import { encodeChat, wholeChat } from './chat.js'
import { litellmManners } from './errors.js'

/** @type {Wire} */
const chat = {
  api: 'openai-chat',
  manners: litellmManners,
  read: chatReader({ n: 'many', looseStreamOptions: true }),
  resolve: strict,
  id: (random) => `chatcmpl-${hexDigits(32, random)}`,
  encoder: encodeChat,
  whole: wholeChat,
  streamType: 'text/event-stream; charset=utf-8',
  headers: ({ id, model }) => ({
    'x-litellm-call-id': id.slice('chatcmpl-'.length),
    'x-litellm-model-id': model,
    'x-litellm-attempted-retries': '0',
    'x-litellm-attempted-fallbacks': '0',
  }),
  tools: true,
  done: true,
  doneAfterError: false,
  noErrorFirst: 'LiteLLM awaits the first chunk and answers with its status; expected 503 instead',
  broken: 'data: {"id":"chatcmpl-broken","created":1764000000,"mod\n\n',
}

/** @type {Flavor} */
export const litellm = {
  headers: 'first-token',
  pingInterval: 0,
  manners: litellmManners,
  guards: (path) => path.startsWith('/v1/'),
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    inferenceRoute('/chat/completions', chat),
    route('GET', '/v1/models', 'models', guarded(litellmManners, listModels)),
    route('GET', '/health/liveliness', 'server', (exchange) =>
      sendJson(exchange, 200, "I'm alive!"),
    ),
    route('GET', '/health/readiness', 'server', (exchange) =>
      sendJson(exchange, 200, { status: 'healthy', db: 'Not connected' }),
    ),
  ],
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created: 1_677_610_602,
    owned_by: 'openai',
  }))
  sendJson(exchange, 200, { data, object: 'list' })
}
