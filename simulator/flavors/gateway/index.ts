import { inferenceRoute } from '../../answer/chat.ts'
import { now } from '../../core/clock.ts'
import { guarded } from '../../exchange/access.ts'
import { brokenJson, detail, fastapiPaths, invalidBody } from '../../exchange/errors.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import { metricsRoute, route } from '../../exchange/routes.ts'
import type { Flavor, Manners, Wire } from '../../exchange/wire.ts'
import { flatVllmError, vllmError, vllmManners } from '../vllm/errors.ts'
import { modelList, vllm, vllmChat, vllmCompletions } from '../vllm/index.ts'
import { getProfiles, getRecommendations, getStatus, postReload, postSwitch } from './models-api.ts'

/** FastAPI's shapes for what the gateway says itself, vLLM's flat ones for what it passes on. */
const manners: Manners = {
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

const chat: Wire = {
  ...vllmChat,
  api: 'gateway',
  manners,
  resolve: (asked, exchange) => resolve(asked === 'current' ? undefined : asked, exchange),
  before: hold(detail),
}

const behind = { resolve, before: hold((message) => vllmError(503, message)) }

export const gateway: Flavor = {
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

/** The profile that really answers, by its id or by its model's. */
function resolve(asked: string | undefined, { services: { models } }: Exchange) {
  const { current: said, answering } = models.state
  const names = [said, answering].flatMap((id) => [id, models.profiles[id]?.model_id])
  return asked === undefined || names.includes(asked) ? answering : undefined
}

/** Refuses a chat during a switch, holds it, or lets the old model answer. */
function hold(refusal: (message: string) => unknown): NonNullable<Wire['before']> {
  return (exchange, _, proceed) => {
    const { options, res, services } = exchange
    const { models } = services
    const answerAt = (since: number) => proceed(since, { cold: models.takeCold })
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

function listModels(exchange: Exchange) {
  const { loaded, state } = exchange.services.models
  if (!loaded) return sendJson(exchange, 503, vllmError(503, 'The model is loading.'))
  const { model_id: root, max_model_len: maxModelLen } = loaded
  sendJson(exchange, 200, modelList([{ id: state.answering, root, maxModelLen }]))
}

function logIn(exchange: Exchange) {
  const { auth } = exchange.services
  const { status, body, headers } = auth.login(exchange.text, exchange.options)
  sendJson(exchange, status, body, headers)
}
