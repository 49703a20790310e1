/** @import { Exchange } from '../../exchange.js' */
/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { Flavor, ReadContext, Wire } from '../../wire.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { sendJson } from '../../exchange.js'
import { strict } from '../../model-names.js'
import { chatReader, completionReader } from '../../openai-request.js'
import { hexDigits } from '../../random.js'
import { route } from '../../routes.js'
import { encodeChat, wholeChat } from './chat.js'
import { encodeCompletion, wholeCompletion } from './completions.js'
import { openaiManners, refuseForeign } from './errors.js'
import { encodeResponse, wholeResponse } from './responses.js'
import { readResponse } from './responses-request.js'

const dialect = /** @type {const} */ ({ n: 'many', namedStops: true })

/** @param {string} prefix @param {number} length @returns {Wire['id']} */
const idOf = (prefix, length) => (random) => `${prefix}${hexDigits(length, random)}`

const common = {
  manners: openaiManners,
  resolve: strict,
  streamType: 'text/event-stream; charset=utf-8',
  /** @type {Wire['headers']} */
  headers: ({ id }) => ({ 'x-request-id': `req_${id}`, 'openai-version': '2020-10-01' }),
  doneAfterError: true,
}

/** @type {Wire} */
const chat = {
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

/** @type {Wire} */
const completions = {
  ...common,
  api: 'openai-completions',
  read: ours(completionReader(dialect)),
  id: idOf('cmpl-', 29),
  encoder: encodeCompletion,
  whole: wholeCompletion,
  done: true,
  broken: 'data: {"id":"cmpl-broken","object":"text_completion","choices":[{"ind\n\n',
}

/** @type {Wire} */
const responses = {
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

/** @type {Flavor} */
export const openai = {
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

/**
 * @param {Wire['read']} read
 * @returns {(fields: Fields, context: ReadContext) => ChatRequest}
 */
function ours(read) {
  return (fields, context) => {
    refuseForeign(fields)
    return read(fields, context)
  }
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'system',
  }))
  sendJson(exchange, 200, { object: 'list', data })
}
