import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { route } from '../../exchange/routes.ts'
import type { Answer, Flavor, Wire } from '../../exchange/wire.ts'
import { strict } from '../../models/names.ts'
import { chatReader, completionReader } from '../../request/openai.ts'
import type { ChatRequest, Fields, ReadContext } from '../../request/request.ts'
import { encodeChat, wholeChat } from './chat.ts'
import { encodeCompletion, wholeCompletion } from './completions.ts'
import { openaiManners, refuseForeign } from './errors.ts'
import { encodeResponse, wholeResponse } from './responses.ts'
import { readResponse } from './responses-request.ts'

const dialect = { n: 'many', namedStops: true } as const

const idOf =
  (prefix: string, length: number): Wire['id'] =>
  (random) =>
    `${prefix}${hexDigits(length, random)}`

const common = {
  manners: openaiManners,
  resolve: strict,
  streamType: 'text/event-stream; charset=utf-8',
  headers: ({ id }: Answer) => ({ 'x-request-id': `req_${id}`, 'openai-version': '2020-10-01' }),
  doneAfterError: true,
}

const chat: Wire = {
  ...common,
  api: 'openai-chat',
  read: ours(chatReader(dialect)),
  id: idOf('chatcmpl-', 29),
  encoder: encodeChat,
  whole: wholeChat,
  tools: true,
  done: true,
  broken: 'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"ind\n\n',
}

const completions: Wire = {
  ...common,
  api: 'openai-completions',
  read: ours(completionReader(dialect)),
  id: idOf('cmpl-', 29),
  encoder: encodeCompletion,
  whole: wholeCompletion,
  done: true,
  broken: 'data: {"id":"cmpl-broken","object":"text_completion","choices":[{"ind\n\n',
}

const responses: Wire = {
  ...common,
  api: 'openai-responses',
  read: readResponse,
  id: idOf('resp_', 48),
  encoder: encodeResponse,
  whole: wholeResponse,
  opensAtOnce: true,
  tools: true,
  done: false,
  doneAfterError: false,
  broken:
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_i\n\n',
}

export const openai: Flavor = {
  // Not established; early makes a client that takes TTFB for TTFT visibly wrong.
  headers: 'early',
  pingInterval: 0,
  manners: openaiManners,
  guards: (path) => path.startsWith('/v1/'),
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    inferenceRoute('/v1/completions', completions),
    inferenceRoute('/v1/responses', responses),
    route('GET', '/v1/models', 'models', guarded(openaiManners, listModels)),
  ],
}

function ours(read: Wire['read']): (fields: Fields, context: ReadContext) => ChatRequest {
  return (fields, context) => {
    refuseForeign(fields)
    return read(fields, context)
  }
}

function listModels(exchange: Exchange) {
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'system',
  }))
  sendJson(exchange, 200, { object: 'list', data })
}
