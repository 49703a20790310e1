/** @import { Exchange } from '../../exchange.js' */
/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { Flavor, ReadContext, Wire } from '../../wire.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { sendJson } from '../../exchange.js'
import { strict } from '../../model-names.js'
import { hexDigits } from '../../random.js'
import {
  inner,
  missing,
  plainRequest,
  planLength,
  readContent,
  readMessages,
} from '../../request.js'
import { chooseTools } from '../../request-tools.js'
import { route } from '../../routes.js'
import { anthropicManners } from './errors.js'
import { encodeMessage, wholeMessage } from './messages.js'

/** @type {Wire} */
const messages = {
  api: 'anthropic-messages',
  manners: anthropicManners,
  read: readMessage,
  resolve: strict,
  id: (random) => `msg_01${hexDigits(22, random)}`,
  encoder: encodeMessage,
  whole: wholeMessage,
  streamType: 'text/event-stream; charset=utf-8',
  headers: ({ id }) => ({ 'request-id': `req_${id}` }),
  // message_start comes before there is a token (Anthropic's docs on streaming).
  opensAtOnce: true,
  tools: true,
  pings: 'silence',
  done: true,
  doneAfterError: false,
  broken: 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n',
}

/** @type {Flavor} */
export const anthropic = {
  headers: 'early',
  // The docs promise pings without an interval; this is what proxies with a 30 s limit survive.
  pingInterval: 15_000,
  manners: anthropicManners,
  guards: (path) => path.startsWith('/v1/'),
  routes: [
    inferenceRoute('/v1/messages', messages),
    route('GET', '/v1/models', 'models', guarded(anthropicManners, listModels)),
  ],
}

/**
 * @param {Fields} fields
 * @param {ReadContext} context
 * @returns {ChatRequest}
 */
function readMessage(fields, context) {
  for (const name of ['model', 'max_tokens']) if (fields[name] === undefined) throw missing(name)
  const list = Array.isArray(fields.tools) ? fields.tools.map(inner) : []
  const given = list.map(({ name, input_schema }) => ({ name, schema: input_schema }))
  const { type, name: named, disable_parallel_tool_use } = inner(fields.tool_choice)
  const choice = { off: type === 'none', single: disable_parallel_tool_use === true, named }
  const tools = chooseTools(given, choice, context)
  const thinks = inner(fields.thinking).type !== 'disabled'
  return {
    ...plainRequest(fields),
    tools,
    prompt: [readContent(fields.system), readMessages(fields.messages)].filter(Boolean).join('\n'),
    ...planLength({ limit: fields.max_tokens, thinks, tools }, context.options),
  }
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  const { models } = exchange.options
  const data = models.map((id) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-11-24T00:00:00Z',
  }))
  sendJson(exchange, 200, { data, has_more: false, first_id: models[0], last_id: models.at(-1) })
}
