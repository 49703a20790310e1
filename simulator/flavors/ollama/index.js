/** @import { Exchange } from '../../exchange.js' */
/** @import { Flavor, Wire } from '../../wire.js' */
/** @import { Residency } from './residency.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { at, now, toEpoch } from '../../clock.js'
import { sendBody, sendJson } from '../../exchange.js'
import { strict } from '../../model-names.js'
import { chatReader, completionReader } from '../../openai-request.js'
import { hexDigits } from '../../random.js'
import { route } from '../../routes.js'
import { nativeManners, openaiManners } from './errors.js'
import { head, isLoad, nativeEncoder, nativeReader, nativeWhole } from './native.js'
import { encodeChat, encodeCompletion, wholeChat, wholeCompletion } from './openai.js'
import { createResidency } from './residency.js'

const VERSION = '0.13.0'
/** A 7B model at 4 bits. */
const SIZE = 4_683_087_332

const common = {
  resolve: resolveTag,
  before: awaitModel,
  doneAfterError: false,
  noErrorFirst:
    'Ollama answers with a status when nothing was sent yet; expected 503 or 500 instead',
}

/** @param {'chat' | 'generate'} shape @returns {Wire} */
const native = (shape) => ({
  ...common,
  api: `ollama-${shape}`,
  manners: nativeManners,
  read: nativeReader(shape),
  id: (random) => hexDigits(12, random),
  encoder: nativeEncoder(shape),
  whole: nativeWhole(shape),
  streamType: 'application/x-ndjson',
  tools: shape === 'chat',
  done: false,
  broken: '{"model":"broken","created_at":"2026-11-24T02:00:00.000001Z","mess\n',
})

const openai = {
  ...common,
  manners: openaiManners,
  streamType: 'text/event-stream',
  done: true,
}

/** @type {Wire} */
const chat = {
  ...openai,
  api: 'openai-chat',
  read: chatReader({ n: 'ignored', looseStreamOptions: true }),
  id: (random) => `chatcmpl-${Math.floor(random() * 999)}`,
  encoder: encodeChat,
  whole: wholeChat,
  tools: true,
  broken: 'data: {"id":"chatcmpl-42","object":"chat.completion.chunk","choices":[{"ind\n\n',
}

/** @type {Wire} */
const completions = {
  ...openai,
  api: 'openai-completions',
  read: completionReader({ n: 'ignored', looseStreamOptions: true }),
  id: (random) => `cmpl-${Math.floor(random() * 999)}`,
  encoder: encodeCompletion,
  whole: wholeCompletion,
  broken: 'data: {"id":"cmpl-42","object":"text_completion","choices":[{"te\n\n',
}

/** @type {Flavor} */
export const ollama = {
  // With the first write, so after the model was loaded (streamResponse in server/routes.go).
  headers: 'first-token',
  pingInterval: 0,
  manners: nativeManners,
  createState: createResidency,
  routes: [
    inferenceRoute('/api/chat', native('chat')),
    inferenceRoute('/api/generate', native('generate')),
    inferenceRoute('/v1/chat/completions', chat),
    inferenceRoute('/v1/completions', completions),
    route('GET', '/v1/models', 'models', guarded(openaiManners, listModels)),
    route('GET', '/api/tags', 'models', guarded(nativeManners, listTags)),
    route('GET', '/api/ps', 'models', guarded(nativeManners, listResident)),
    route('GET', '/api/version', 'server', (exchange) =>
      sendJson(exchange, 200, { version: VERSION }),
    ),
    route('GET', '/', 'server', (exchange) =>
      sendBody(exchange, 200, 'text/plain; charset=utf-8', 'Ollama is running'),
    ),
  ],
}

/**
 * A name without a tag means `:latest`.
 * @type {Wire['resolve']}
 */
function resolveTag(asked, exchange) {
  return strict(asked, exchange) ?? strict(`${asked}:latest`, exchange)
}

/**
 * Lets a request wait till its model is in memory; one for the model alone is answered then.
 * @type {NonNullable<Wire['before']>}
 */
function awaitModel(exchange, request, proceed) {
  const residency = /** @type {Residency} */ (exchange.services.state)
  const model = resolveTag(request.model, exchange)
  if (model === undefined) return proceed(exchange.receivedAt)
  const { keep_alive: keepAlive } = request.fields
  const alone = exchange.entry.api.startsWith('ollama-') && isLoad(request.fields)
  if (alone && keepAlive === 0) {
    residency.unload(model)
    return sendLoaded(exchange, model, 'unload')
  }
  const readyAt = residency.use(model, keepAlive)
  const ready = () => {
    const loadMs = Math.max(0, readyAt - exchange.receivedAt)
    if (alone) return sendLoaded(exchange, model, 'load')
    proceed(loadMs > 0 ? now() : exchange.receivedAt, { cold: residency.takeCold, loadMs })
  }
  if (readyAt <= now()) return ready()
  exchange.res.once('close', at(readyAt, ready))
}

/**
 * One JSON object, streaming or not (streams/ollama-load, -unload).
 * @param {Exchange} exchange
 * @param {string} model
 * @param {'load' | 'unload'} reason
 */
function sendLoaded(exchange, model, reason) {
  const empty =
    exchange.entry.api === 'ollama-chat'
      ? { message: { role: 'assistant', content: '' } }
      : { response: '' }
  exchange.entry.model = model
  sendJson(exchange, 200, { ...head(model), ...empty, done: true, done_reason: reason })
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'library',
  }))
  sendJson(exchange, 200, { object: 'list', data })
}

/** @param {Exchange} exchange */
function listTags(exchange) {
  const modified_at = '2026-11-24T02:00:00Z'
  const models = exchange.options.models.map((name) => ({
    name,
    model: name,
    modified_at,
    size: SIZE,
    digest: digestOf(name),
    details,
  }))
  sendJson(exchange, 200, { models })
}

/** @param {Exchange} exchange */
function listResident(exchange) {
  const { current } = /** @type {Residency} */ (exchange.services.state)
  if (!current) return sendJson(exchange, 200, { models: [] })
  const { model, expiresAt } = current
  // One that stays for ever has a time far ahead.
  const expires = Number.isFinite(expiresAt) ? toEpoch(expiresAt) : Date.UTC(2318, 2)
  const one = { name: model, model, size: SIZE, digest: digestOf(model), details }
  const expires_at = new Date(expires).toISOString()
  sendJson(exchange, 200, { models: [{ ...one, expires_at, size_vram: SIZE }] })
}

const details = {
  parent_model: '',
  format: 'gguf',
  family: 'sim',
  families: ['sim'],
  parameter_size: '7.6B',
  quantization_level: 'Q4_K_M',
}

/** @param {string} name */
function digestOf(name) {
  return Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)
}
