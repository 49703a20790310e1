import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendBody, sendJson } from '../../exchange/exchange.ts'
import { metricsRoute, route } from '../../exchange/routes.ts'
import type { Flavor, Wire } from '../../exchange/wire.ts'
import { chatReader, completionReader } from '../../request/openai.ts'
import { encodeChat, wholeChat } from './chat.ts'
import { encodeCompletion, wholeCompletion } from './completions.ts'
import { vllmManners } from './errors.ts'
import {
  createState,
  holdWhileAsleep,
  isSleeping,
  lend,
  loadAdapter,
  resolveModel,
  sleep,
  unloadAdapter,
  wakeUp,
} from './management.ts'
import { vllmMetrics } from './metrics.ts'

/** The vLLM version whose manners these are. */
const VERSION = '0.11.2'

const dialect = { n: 'many', usageUnlessFalse: true, namedStops: true } as const

/** The id has the client's X-Request-Id. */
const idWith =
  (prefix: string): Wire['id'] =>
  (random, { req }) =>
    `${prefix}-${req.headers['x-request-id'] ?? hexDigits(32, random)}`

const common = {
  manners: vllmManners,
  resolve: resolveModel,
  before: holdWhileAsleep,
  streamType: 'text/event-stream; charset=utf-8',
  done: true,
  doneAfterError: true,
}

export const vllmChat: Wire = {
  ...common,
  api: 'openai-chat',
  read: chatReader(dialect),
  id: idWith('chatcmpl'),
  encoder: encodeChat,
  whole: wholeChat,
  // One that max_tokens cuts says so on its last token (streams/vllm-chat-length); one that stops by
  // itself has an event of its own: the end-of-sequence token has no text.
  rides: (finish) => finish === 'length',
  tools: true,
  broken: 'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"ind\n\n',
}

export const vllmCompletions: Wire = {
  ...common,
  api: 'openai-completions',
  read: completionReader(dialect),
  id: idWith('cmpl'),
  encoder: encodeCompletion,
  whole: wholeCompletion,
  rides: () => true,
  broken: 'data: {"id":"cmpl-broken","object":"text_completion","choices":[{"ind\n\n',
}

export const vllm: Flavor = {
  headers: 'early',
  pingInterval: 0,
  manners: vllmManners,
  guards: (path) => path.startsWith('/v1/'),
  metrics: vllmMetrics,
  createState,
  routes: [
    inferenceRoute('/v1/chat/completions', vllmChat),
    inferenceRoute('/v1/completions', vllmCompletions),
    route('GET', '/v1/models', 'models', guarded(vllmManners, listModels)),
    // With VLLM_ALLOW_RUNTIME_LORA_UPDATING
    route('POST', '/v1/load_lora_adapter', 'models', guarded(vllmManners, loadAdapter)),
    route('POST', '/v1/unload_lora_adapter', 'models', guarded(vllmManners, unloadAdapter)),
    // With VLLM_SERVER_DEV_MODE=1 and --enable-sleep-mode; not below /v1, so without credentials.
    route('POST', '/sleep', 'models', sleep),
    route('POST', '/wake_up', 'models', wakeUp),
    route('GET', '/is_sleeping', 'models', isSleeping),
    route('GET', '/health', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    route('GET', '/version', 'server', (exchange) => sendJson(exchange, 200, { version: VERSION })),
    metricsRoute,
  ],
}

function listModels(exchange: Exchange) {
  const served = exchange.options.models.map((id) => ({ id, root: id, maxModelLen: 32_768 }))
  const [parent] = exchange.options.models
  const adapters = lend(exchange).map((one) => ({ ...one, maxModelLen: 32_768, parent }))
  sendJson(exchange, 200, modelList([...served, ...adapters]))
}

interface Listed {
  id: string
  root: string
  maxModelLen: number
  /** the base model of an adapter */
  parent?: string
}

/** The list of /v1/models. */
export function modelList(models: Listed[]) {
  const created = Math.floor(Date.now() / 1000)
  const data = models.map(({ id, root, maxModelLen, parent = null }) => ({
    id,
    object: 'model',
    created,
    owned_by: 'vllm',
    root,
    parent,
    max_model_len: maxModelLen,
  }))
  return { object: 'list', data }
}
