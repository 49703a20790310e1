import { inferenceRoute } from '../../answer/chat.ts'
import { now, toEpoch } from '../../core/clock.ts'
import { hexDigits } from '../../core/random.ts'
import { guarded } from '../../exchange/access.ts'
import {
  type Exchange,
  endResponse,
  openResponse,
  sendBody,
  sendJson,
  write,
} from '../../exchange/exchange.ts'
import { route } from '../../exchange/routes.ts'
import { remember } from '../../exchange/services.ts'
import type { Flavor, Proceed, Wire } from '../../exchange/wire.ts'
import { createFleet } from '../../models/fleet.ts'
import { loadFault, modelIn } from '../../models/loads.ts'
import { strict } from '../../models/names.ts'
import { chatReader, completionReader } from '../../request/openai.ts'
import type { ChatRequest } from '../../request/request.ts'
import { BUSY, nativeManners, openaiManners } from './errors.ts'
import { toKeepMs } from './keep-alive.ts'
import { head, isLoad, nativeEncoder, nativeReader, nativeWhole } from './native.ts'
import { encodeChat, encodeCompletion, wholeChat, wholeCompletion } from './openai.ts'

const fleets = remember((readOptions) => createFleet(readOptions))

const VERSION = '0.13.0'
/** A 7B model at 4 bits. */
const SIZE = 4_683_087_332

const common = {
  resolve: resolveAnswering,
  before: awaitModel,
  doneAfterError: false,
  noErrorFirst:
    'Ollama answers with a status when nothing was sent yet; expected 503 or 500 instead',
}

const native = (shape: 'chat' | 'generate'): Wire => ({
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

const chat: Wire = {
  ...openai,
  api: 'openai-chat',
  read: chatReader({ n: 'ignored', looseStreamOptions: true }),
  id: (random) => `chatcmpl-${Math.floor(random() * 999)}`,
  encoder: encodeChat,
  whole: wholeChat,
  tools: true,
  broken: 'data: {"id":"chatcmpl-42","object":"chat.completion.chunk","choices":[{"ind\n\n',
}

const completions: Wire = {
  ...openai,
  api: 'openai-completions',
  read: completionReader({ n: 'ignored', looseStreamOptions: true }),
  id: (random) => `cmpl-${Math.floor(random() * 999)}`,
  encoder: encodeCompletion,
  whole: wholeCompletion,
  broken: 'data: {"id":"cmpl-42","object":"text_completion","choices":[{"te\n\n',
}

export const ollama: Flavor = {
  // With the first write, so after the model was loaded (streamResponse in server/routes.go).
  headers: 'first-token',
  pingInterval: 0,
  manners: nativeManners,
  createState: fleets.createState,
  routes: [
    inferenceRoute('/api/chat', native('chat')),
    inferenceRoute('/api/generate', native('generate')),
    inferenceRoute('/v1/chat/completions', chat),
    inferenceRoute('/v1/completions', completions),
    route('GET', '/v1/models', 'models', guarded(openaiManners, listModels)),
    route('GET', '/api/tags', 'models', guarded(nativeManners, listTags)),
    route('GET', '/api/ps', 'models', guarded(nativeManners, listResident)),
    route('POST', '/api/pull', 'models', guarded(nativeManners, pull)),
    route('GET', '/api/version', 'server', (exchange) =>
      sendJson(exchange, 200, { version: VERSION }),
    ),
    route('GET', '/', 'server', (exchange) =>
      sendBody(exchange, 200, 'text/plain; charset=utf-8', 'Ollama is running'),
    ),
  ],
}

/** A name without a tag means `:latest`. */
function resolveTag(asked: string | undefined, exchange: Exchange) {
  return strict(asked, exchange) ?? strict(`${asked}:latest`, exchange)
}

function resolveAnswering(asked: string | undefined, exchange: Exchange) {
  const model = resolveTag(asked, exchange)
  return model === undefined ? undefined : fleets.stateOf(exchange).answering(model)
}

/** Lets a request wait till its model is in memory; one for the model alone is answered then. */
function awaitModel(exchange: Exchange, request: ChatRequest, proceed: Proceed) {
  const fleet = fleets.stateOf(exchange)
  const model = resolveTag(request.model, exchange)
  if (model === undefined) return proceed(exchange.receivedAt)
  const { keep_alive: keepAlive } = request.fields
  const alone = exchange.entry.api.startsWith('ollama-') && isLoad(request.fields)
  if (alone && keepAlive === 0) {
    fleet.unload(model)
    return sendLoaded(exchange, model, 'unload')
  }
  const there = fleet.has(model)
  const cancel = fleet.load(model, loadFault(exchange, model), ({ ok, why, message = '' }) => {
    if (!ok)
      return sendJson(exchange, why === 'refused' ? 503 : 500, {
        error: refusals[why ?? 'failed'](message),
      })
    fleet.keep(model, toKeepMs(keepAlive))
    if (alone) return sendLoaded(exchange, model, 'load')
    const loadMs = there ? 0 : now() - exchange.receivedAt
    const since = there ? exchange.receivedAt : now()
    proceed(since, { cold: () => fleet.takeCold(model), loadMs })
  })
  exchange.res.once('close', cancel)
}

const refusals = {
  refused: () => BUSY,
  failed: (message: string) => `llama runner process has terminated: ${message}`,
  memory: (message: string) => `model requires more system memory: ${message}`,
}

/** One JSON object, streaming or not (streams/ollama-load, -unload). */
function sendLoaded(exchange: Exchange, model: string, reason: 'load' | 'unload') {
  const empty =
    exchange.entry.api === 'ollama-chat'
      ? { message: { role: 'assistant', content: '' } }
      : { response: '' }
  exchange.entry.model = model
  sendJson(exchange, 200, { ...head(model), ...empty, done: true, done_reason: reason })
}

function listModels(exchange: Exchange) {
  const created = Math.floor(Date.now() / 1000)
  const data = exchange.options.models.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'library',
  }))
  sendJson(exchange, 200, { object: 'list', data })
}

function listTags(exchange: Exchange) {
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

function listResident(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const models = fleet.loaded.map((model) => {
    const { expiresAt } = fleet.stateOf(model)
    // One that stays for ever has a time far ahead.
    const expires = Number.isFinite(expiresAt) ? toEpoch(expiresAt) : Date.UTC(2318, 2)
    const one = { name: model, model, size: SIZE, digest: digestOf(model), details }
    return { ...one, expires_at: new Date(expires).toISOString(), size_vram: SIZE }
  })
  sendJson(exchange, 200, { models })
}

/**
 * A download as rows of JSON, over the load time. What is on disk is there at once; another name
 * does not exist.
 */
function pull(exchange: Exchange) {
  const model = modelIn(exchange, 'model')
  const known = model === undefined ? undefined : resolveTag(model, exchange)
  openResponse(exchange, 200, { 'content-type': 'application/x-ndjson' }, true)
  const send = (row: object) => write(exchange, `${JSON.stringify(row)}\n`, 'progress', 0)
  send({ status: 'pulling manifest' })
  if (known === undefined) {
    send({ error: 'pull model manifest: file does not exist' })
  } else {
    const digest = `sha256:${digestOf(known)}`
    send({ status: `pulling ${digest}`, digest, total: SIZE, completed: SIZE })
    send({ status: 'success' })
  }
  endResponse(exchange)
}

const details = {
  parent_model: '',
  format: 'gguf',
  family: 'sim',
  families: ['sim'],
  parameter_size: '7.6B',
  quantization_level: 'Q4_K_M',
}

function digestOf(name: string) {
  return Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)
}
