import { inferenceRoute } from '../../answer/chat.ts'
import { hexDigits } from '../../core/random.ts'
import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { guarded } from '../../exchange/access.ts'
import {
  brokenJson,
  detail,
  fastapiPaths,
  invalidBody,
  missingField,
} from '../../exchange/errors.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { pythonJson } from '../../exchange/framing.ts'
import { route } from '../../exchange/routes.ts'
import type { Answer, Encoded, Flavor, Manners, Wire } from '../../exchange/wire.ts'
import { epochNow } from '../../record/record.ts'
import { chatReader } from '../../request/openai.ts'
import { currentModel, fleets, loadedName, loadModel, needModel, unloadModel } from './loading.ts'

const ABORTED = 'Chat completion aborted. Please check the server console.'

const manners: Manners = {
  ...fastapiPaths,
  credentials: 'either',
  error: (_, message) => detail(message),
  unauthorized: (verdict) => ({
    status: 401,
    body: detail(verdict === 'missing' ? 'Please provide an API key' : 'Invalid API key'),
  }),
  badJson: (reason) => ({ status: 422, body: brokenJson(reason) }),
  badRequest({ message, param, fault }) {
    const problem =
      fault === 'missing' && param !== null
        ? missingField(param, null)
        : { type: 'value_error', loc: ['body', ...(param === null ? [] : [param])], msg: message }
    return { status: 422, body: invalidBody([problem]) }
  },
  // Never used: the loaded model answers to any name, and none is a 503.
  unknownModel: (model) => ({ status: 404, body: detail(`model ${model} not found`) }),
  failed: { status: 503, body: detail(ABORTED) },
  overloaded: { status: 503, body: detail('No models are currently loaded.') },
}

const chat: Wire = {
  api: 'openai-chat',
  manners,
  read: chatReader({ n: 'one', looseStreamOptions: true }),
  resolve: loadedName,
  before: needModel,
  id: (random) => `chatcmpl-${hexDigits(32, random)}`,
  encoder: encodeChat,
  whole: wholeChat,
  streamType: 'text/event-stream; charset=utf-8',
  headers: (_, whole) => (whole ? {} : STREAM_HEADERS),
  tools: true,
  pings: 'steady',
  done: true,
  doneAfterError: false,
  broken: 'data: {"id": "chatcmpl-broken", "object": "chat.completion.chunk", "choi\r\n\r\n',
}

/** sse-starlette's. */
const STREAM_HEADERS: Record<string, string> = {
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

export const tabby: Flavor = {
  headers: 'early',
  // common/config_models.py, sse_ping_interval
  pingInterval: 15_000,
  manners,
  createState: fleets.createState,
  routes: [
    inferenceRoute('/v1/chat/completions', chat),
    route('GET', '/v1/models', 'models', guarded(manners, listModels)),
    route('GET', '/v1/model/list', 'models', guarded(manners, listModels)),
    route('GET', '/v1/model', 'models', guarded(manners, currentModel)),
    route('POST', '/v1/model/load', 'models', guarded(manners, loadModel)),
    route('POST', '/v1/model/unload', 'models', guarded(manners, unloadModel)),
    route('GET', '/health', 'server', (exchange) =>
      sendJson(exchange, 200, { status: 'healthy', issues: [] }),
    ),
  ],
}

/**
 * streams/tabby-chat: CRLF, Python's spacing, no role anywhere, and with usage one event for the
 * finish and the usage. An error ends it without [DONE].
 */
function encodeChat({
  id,
  created,
  model,
  promptTokens,
  request,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const object = 'chat.completion.chunk'
  const step = (
    { index, finish = null }: AnswerEvent,
    delta: unknown,
    extra?: Record<string, unknown>,
  ) =>
    frame({
      id,
      object,
      created,
      choices: [{ index, delta, finish_reason: finish }],
      model,
      ...extra,
    })

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return ''
      case 'ping':
        return `: ping - ${pythonTime(epochNow())}\r\n\r\n`
      case 'reasoning':
        return step(event, { reasoning_content: event.text })
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event, nextId)] })
      case 'finish':
        return request.usage ? '' : step(event, {})
      case 'usage':
        return step({ ...event, finish: request.finish }, {}, { usage: usageFields(tally) })
      case 'error':
        return frame({ error: { message: ABORTED, trace: null } })
      case 'done':
        return 'data: [DONE]\r\n\r\n'
      default:
        return step(event, { content: event.text })
    }
  }
}

function frame(value: unknown) {
  return `data: ${pythonJson(value)}\r\n\r\n`
}

function toolDelta({ call, name, text }: AnswerEvent, nextId: Answer['nextId']) {
  if (name === undefined) return { index: call, function: { arguments: text } }
  const id = `call_${nextId(9)}`
  return { id, index: call, type: 'function', function: { name, arguments: '' } }
}

/**
 * As Python writes a time of UTC, with microseconds.
 *
 * @param time ms since 1970, with a fraction
 */
function pythonTime(time: number) {
  const [date, clock] = new Date(time).toISOString().slice(0, -1).split('T')
  const micros = String(Math.floor((time % 1) * 1000)).padStart(3, '0')
  return `${date} ${clock}${micros}+00:00`
}

function wholeChat({ id, created, model, promptTokens, counts, nextId }: Answer, whole: Whole) {
  const [{ text, reasoning, calls, finish }] = whole.choices
  const tools = calls.map((call) => ({ id: `call_${nextId(9)}`, type: 'function', function: call }))
  const message = {
    role: 'assistant',
    content: calls.length > 0 ? null : text,
    ...(reasoning && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: tools }),
  }
  const choices = [{ index: 0, finish_reason: finish, message, logprobs: null }]
  const usage = counts && { usage: usageFields(tallyOf(promptTokens, whole)) }
  return { id, choices, created, model, object: 'chat.completion', ...usage }
}

function usageFields({ prompt, total, completion }: Tally) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total }
}

function listModels(exchange: Exchange) {
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'tabbyAPI',
  }))
  sendJson(exchange, 200, { object: 'list', data })
}
