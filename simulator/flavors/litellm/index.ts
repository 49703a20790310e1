import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { route } from '../../exchange/routes.ts'
import type { Flavor, Wire } from '../../exchange/wire.ts'
import { strict } from '../../models/names.ts'
import { chatReader } from '../../request/openai.ts'
import { encodeChat, wholeChat } from './chat.ts'
import { litellmManners } from './errors.ts'

const chat: Wire = {
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

export const litellm: Flavor = {
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

function listModels(exchange: Exchange) {
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created: 1_677_610_602,
    owned_by: 'openai',
  }))
  sendJson(exchange, 200, { data, object: 'list' })
}
