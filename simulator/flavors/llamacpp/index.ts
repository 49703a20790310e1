import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits, type Random } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { metricsRoute, route } from '../../exchange/routes.ts'
import type { Flavor, Wire } from '../../exchange/wire.ts'
import { ownName } from '../../models/names.ts'
import { chatReader } from '../../request/openai.ts'
import { BUILD, encodeChat, wholeChat } from './chat.ts'
import { encodeCompletion, readCompletion, wholeCompletion } from './completion.ts'
import { error, llamacppManners } from './errors.ts'
import { llamacppMetrics } from './metrics.ts'

/** --parallel. Nothing waits for a slot here: every request has the machine to itself. */
const SLOTS = 4
const CONTEXT = 32_768

const common = {
  manners: llamacppManners,
  resolve: ownName,
  id: (random: Random) => `chatcmpl-${hexDigits(32, random)}`,
  streamType: 'text/event-stream',
  headers: () => ({ 'x-accel-buffering': 'no' }),
  pings: 'silence' as const,
  progress: true,
  doneAfterError: false,
  noErrorFirst:
    'llama.cpp answers with a status when nothing was sent yet (#16486); expected 503 or 500 instead',
}

export const llamacppChat: Wire = {
  ...common,
  api: 'openai-chat',
  read: chatReader({ n: 'one', looseStreamOptions: true }),
  encoder: encodeChat,
  whole: wholeChat,
  tools: true,
  done: true,
  broken: 'data: {"choices":[{"finish_reason":null,"index":0,"delta":{"conte\n\n',
}

const llamacppCompletion: Wire = {
  ...common,
  api: 'llamacpp-completion',
  read: readCompletion,
  encoder: encodeCompletion,
  whole: wholeCompletion,
  done: false,
  broken: 'data: {"index":0,"content":"bro\n\n',
}

export const llamacpp: Flavor = {
  headers: 'first-token',
  pingInterval: 30_000,
  manners: llamacppManners,
  metrics: llamacppMetrics,
  guards: () => true,
  routes: [
    inferenceRoute('/v1/chat/completions', llamacppChat),
    inferenceRoute('/completion', llamacppCompletion),
    // These need no key (tools/server/README.md, --api-key).
    route('GET', '/v1/models', 'models', listModels),
    route('GET', '/health', 'server', (exchange) => sendJson(exchange, 200, { status: 'ok' })),
    route('GET', '/props', 'server', guarded(llamacppManners, getProps)),
    route('GET', '/slots', 'server', guarded(llamacppManners, getSlots)),
    metricsRoute,
  ],
}

function listModels(exchange: Exchange) {
  const created = Math.floor(Date.now() / 1000)
  const meta = { vocab_type: 2, n_vocab: 151_936, n_ctx_train: CONTEXT, n_embd: 2560 }
  const [id] = exchange.options.models
  const data = [{ id, object: 'model', created, owned_by: 'llamacpp', meta }]
  sendJson(exchange, 200, { object: 'list', data })
}

function getProps(exchange: Exchange) {
  const [model] = exchange.options.models
  sendJson(exchange, 200, {
    default_generation_settings: { n_ctx: CONTEXT, params: { n_predict: -1 } },
    total_slots: SLOTS,
    model_alias: model,
    model_path: `/models/${model}.gguf`,
    modalities: { vision: false, audio: false },
    build_info: BUILD,
    is_sleeping: false,
  })
}

function getSlots(exchange: Exchange) {
  const { running } = exchange.services.metrics
  if (exchange.url.searchParams.get('fail_on_no_slot') === '1' && running >= SLOTS) {
    return sendJson(exchange, 503, error(503, 'no slot available'))
  }
  const slots = Array.from({ length: SLOTS }, (_, id) => ({
    id,
    n_ctx: CONTEXT / SLOTS,
    speculative: false,
    is_processing: id < running,
  }))
  sendJson(exchange, 200, slots)
}
