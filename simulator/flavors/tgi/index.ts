import { inferenceRoute } from '../../answer/chat.ts'
import type { Whole } from '../../events/whole.ts'
import { type Exchange, sendBody, sendJson } from '../../exchange/exchange.ts'
import { metricsRoute, route } from '../../exchange/routes.ts'
import type { Answer, Flavor, Manners, Wire } from '../../exchange/wire.ts'
import { ownName } from '../../models/names.ts'
import { chatReader } from '../../request/openai.ts'
import type { Finish, ReadContext } from '../../request/request.ts'
import { encodeChat, wholeChat } from './chat.ts'
import { chatEvent, nativeEvent, tgiManners } from './errors.ts'
import { encodeGenerate, generateReader, wholeGenerate } from './generate.ts'
import { tgiMetrics } from './metrics.ts'

const chatManners = tgiManners((message) => `${chatEvent(message)}data: [DONE]\n\n`)
const manners = tgiManners((message) => nativeEvent(message, 'validation'))

/** The path alone says that it streams. */
const streamed: Manners = { ...manners, badRequest: (wrong) => manners.badRequest(wrong, true) }

const common = {
  resolve: ownName,
  id: () => '',
  streamType: 'text/event-stream',
  headers,
  eos: true,
  single: true,
  pings: 'silence' as const,
}

const chat: Wire = {
  ...common,
  manners: chatManners,
  api: 'openai-chat',
  // It has no reasoning of its own: thoughts are in the text.
  read: (fields, context) => readChat(fields, { ...context, options: withoutReasoning(context) }),
  encoder: encodeChat,
  whole: wholeChat,
  rides: (finish) => finish === 'length',
  tools: true,
  done: true,
  doneAfterError: true,
  broken: 'data: {"object":"chat.completion.chunk","id":"","choices":[{"ind\n\n',
}

const native = {
  ...common,
  manners,
  api: 'tgi-generate',
  encoder: encodeGenerate,
  whole: wholeGenerate,
  rides: (finish: Finish) => finish === 'length',
  done: false,
  doneAfterError: false,
  broken: 'data:{"index":1,"token":{"id":11,"te\n\n',
}

export const tgi: Flavor = {
  // Before it even validates: generate_stream in TGI's router/src/server.rs does so in the stream.
  headers: 'early',
  pingInterval: 15_000,
  manners,
  metrics: tgiMetrics,
  routes: [
    inferenceRoute('/generate', { ...native, read: generateReader(false) }),
    inferenceRoute('/generate_stream', {
      ...native,
      manners: streamed,
      read: generateReader(true),
    }),
    inferenceRoute('/v1/chat/completions', chat),
    route('GET', '/v1/models', 'models', listModels),
    route('GET', '/info', 'models', getInfo),
    route('GET', '/health', 'server', (exchange) => sendBody(exchange, 200, '', '')),
    metricsRoute,
  ],
}

const readChat = chatReader({ n: 'ignored', looseStreamOptions: true, eos: true })

function withoutReasoning({ options }: ReadContext) {
  return { ...options, reasoning: 0 }
}

function headers({ promptTokens, request }: Answer, whole?: Whole): Record<string, string> {
  const length = String(request.prompt.length)
  const compute = { 'x-compute-type': '1-simulated', 'x-compute-characters': length }
  if (!whole) return { ...compute, 'x-accel-buffering': 'no' }
  const { firstAt, lastAt, tokens } = whole
  return {
    ...compute,
    'x-total-time': String(Math.round(lastAt)),
    'x-validation-time': '0',
    'x-queue-time': '0',
    'x-inference-time': String(Math.round(lastAt)),
    'x-time-per-token': String(Math.round((lastAt - firstAt) / Math.max(1, tokens - 1))),
    'x-prompt-tokens': String(promptTokens),
    'x-generated-tokens': String(tokens),
  }
}

function listModels(exchange: Exchange) {
  const [id] = exchange.options.models
  const data = [{ id, object: 'model', created: 0, owned_by: id }]
  sendJson(exchange, 200, { object: 'list', data })
}

function getInfo(exchange: Exchange) {
  sendJson(exchange, 200, {
    model_id: exchange.options.models[0],
    model_sha: null,
    max_concurrent_requests: 128,
    max_best_of: 2,
    max_stop_sequences: 4,
    max_input_tokens: 32_767,
    max_total_tokens: 32_768,
    router: 'text-generation-router',
    version: '3.3.6',
    sha: null,
  })
}
