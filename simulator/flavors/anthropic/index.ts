import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { route } from '../../exchange/routes.ts'
import type { Flavor, Wire } from '../../exchange/wire.ts'
import { strict } from '../../models/names.ts'
import {
  type ChatRequest,
  type Fields,
  inner,
  missing,
  plainRequest,
  planLength,
  type ReadContext,
  readContent,
  readMessages,
} from '../../request/request.ts'
import { chooseTools } from '../../request/tools.ts'
import { anthropicManners } from './errors.ts'
import { encodeMessage, wholeMessage } from './messages.ts'

const messages: Wire = {
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

export const anthropic: Flavor = {
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

function readMessage(fields: Fields, context: ReadContext): ChatRequest {
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

function listModels(exchange: Exchange) {
  const { models } = exchange.options
  const data = models.map((id) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-11-24T00:00:00Z',
  }))
  sendJson(exchange, 200, { data, has_more: false, first_id: models[0], last_id: models.at(-1) })
}
