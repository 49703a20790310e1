/** @import { Exchange } from '../../exchange.js' */
/** @import { Flavor, Manners, Wire } from '../../wire.js' */
import { guarded } from '../../access.js'
import { inferenceRoute } from '../../chat.js'
import { now } from '../../clock.js'
import { brokenJson, detail, fastapiPaths, invalidBody } from '../../errors.js'
import { sendJson } from '../../exchange.js'
import { metricsRoute, route } from '../../routes.js'
import { flatVllmError, vllmError, vllmManners } from '../vllm/errors.js'
import { modelList, vllm, vllmChat, vllmCompletions } from '../vllm/index.js'
import { getProfiles, getRecommendations, getStatus, postReload, postSwitch } from './models-api.js'

/** FastAPI's shapes for what the gateway says itself, vLLM's flat ones for what it passes on. */
/** @type {Manners} */
const manners = {
  ...fastapiPaths,
  credentials: 'bearer',
  error: (status, message) =>
    status === 422
      ? invalidBody([{ type: 'list_type', loc: ['body', 'messages'], msg: message }])
      : detail(message),
  unauthorized: (verdict) =>
    verdict === 'missing'
      ? { status: 403, body: detail('Not authenticated') }
      : {
          status: 401,
          body: detail('Could not validate credentials'),
          headers: { 'www-authenticate': 'Bearer' },
        },
  // It reads the body itself before it asks vLLM.
  badJson: (reason) => ({ status: 422, body: brokenJson(reason) }),
  badRequest: ({ message, param }) => ({ status: 400, body: flatVllmError(400, message, param) }),
  unknownModel(model, stream, { options }) {
    const body = flatVllmError(404, `The model \`${model}\` does not exist.`)
    if (!options.upstream404As200) return { status: 404, body }
    // The guide's gateway passes the error on with its own status and type (its routers/chat.py).
    const type = stream ? 'text/plain; charset=utf-8' : 'application/json'
    return { status: 200, body: JSON.stringify(body), type }
  },
  failed: vllmManners.failed,
  overloaded: vllmManners.overloaded,
}

/** @type {Wire} */
const chat = {
  ...vllmChat,
  api: 'gateway',
  manners,
  resolve: (asked, exchange) => resolve(asked === 'current' ? undefined : asked, exchange),
  before: hold(detail),
}

const behind = { resolve, before: hold((message) => vllmError(503, message)) }

/** @type {Flavor} */
export const gateway = {
  headers: 'early',
  pingInterval: 0,
  manners: vllmManners,
  guards: vllm.guards,
  metrics: vllm.metrics,
  routes: [
    inferenceRoute('/v1/chat/completions', { ...vllmChat, ...behind }),
    inferenceRoute('/v1/completions', { ...vllmCompletions, ...behind }),
    route('GET', '/v1/models', 'models', guarded(vllmManners, listModels)),
    metricsRoute,
    inferenceRoute('/api/chat', chat),
    route('POST', '/api/auth/login', 'auth', logIn),
    route('GET', '/api/models/status', 'models', getStatus),
    route('GET', '/api/models/profiles', 'models', getProfiles),
    route('GET', '/api/models/hardware-recommendations', 'models', getRecommendations),
    route('POST', '/api/models/switch', 'models', postSwitch),
    route('POST', '/api/models/reload', 'models', postReload),
    route('GET', '/health', 'server', (exchange) =>
      sendJson(exchange, 200, { status: 'healthy', service: 'k6-llm simulator' }),
    ),
    // 200 always: the real one does not look at vLLM either.
    route('GET', '/health/ready', 'server', (exchange) =>
      sendJson(exchange, 200, { status: 'ready' }),
    ),
  ],
}

/**
 * The profile that really answers, by its id or by its model's.
 * @type {Wire['resolve']}
 */
function resolve(asked, { services: { models } }) {
  const { current: said, answering } = models.state
  const names = [said, answering].flatMap((id) => [id, models.profiles[id]?.model_id])
  return asked === undefined || names.includes(asked) ? answering : undefined
}

/**
 * Refuses a chat during a switch, holds it, or lets the old model answer.
 * @param {(message: string) => unknown} refusal
 * @returns {NonNullable<Wire['before']>}
 */
function hold(refusal) {
  return (exchange, _, proceed) => {
    const { options, res, services } = exchange
    const { models } = services
    const answerAt = (/** @type {number} */ since) => proceed(since, { cold: models.takeCold })
    if (models.state.status === 'switching' && options.duringSwitch === '503') {
      const message = `'${models.state.target}' 모델로 전환 중입니다.`
      return sendJson(exchange, 503, refusal(message))
    }
    if (models.state.status === 'stopped') {
      return sendJson(exchange, 503, refusal('vLLM 서버에 연결할 수 없습니다.'))
    }
    if (models.state.status !== 'switching' || options.duringSwitch === 'old') {
      return answerAt(exchange.receivedAt)
    }
    const leaveQueue = services.metrics.waits(models.state.current)
    const cancel = models.whenSettled(() => {
      res.off('close', leave)
      leaveQueue()
      answerAt(now())
    })
    const leave = () => {
      cancel()
      leaveQueue()
    }
    res.once('close', leave)
  }
}

/** @param {Exchange} exchange */
function listModels(exchange) {
  const { loaded, state } = exchange.services.models
  if (!loaded) return sendJson(exchange, 503, vllmError(503, 'The model is loading.'))
  const { model_id: root, max_model_len: maxModelLen } = loaded
  sendJson(exchange, 200, modelList([{ id: state.answering, root, maxModelLen }]))
}

/** @param {Exchange} exchange */
function logIn(exchange) {
  const { auth } = exchange.services
  const { status, body, headers } = auth.login(exchange.text, exchange.options)
  sendJson(exchange, status, body, headers)
}
