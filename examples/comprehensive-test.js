// Comprehensive test: chat, streams and API calls beside each other for 10 minutes, as a service
// in use sees them, while the server's own figures are read. Each part has its own goals.
//
//   k6 run -e BASE_URL=http://localhost:8000 examples/xk6-sse/comprehensive-test.js
import { check } from 'k6'
import exec from 'k6/execution'
import http from 'k6/http'
import {
  createChatClient,
  createModelManager,
  createServerMonitor,
  createSummary,
  env,
  errorKindThresholds,
  login,
  mergeThresholds,
  pause,
  pickPrompt,
  profiles,
  scaleProfile,
  slaPresets,
  summaryTrendStats,
  thinkTime,
  toThresholds,
} from '../dist/index.js'

const goals = [
  { sla: slaPresets.guideChat, tags: { sla: 'chat' } },
  { sla: slaPresets.guideComplex, tags: { sla: 'complex' } },
  // On stock k6 no token is seen arriving: TTFT is then reported as not measured.
  { sla: slaPresets.guideStreaming, tags: { sla: 'streaming' }, unmeasured: 'report' },
  { sla: slaPresets.guideApi, tags: { sla: 'api' } },
]

const parts = scaleProfile(profiles.comprehensive)
export const options = {
  scenarios: {
    chat: Object.assign({ exec: 'chatLoad' }, parts.chat),
    streaming: Object.assign({ exec: 'streaming' }, parts.streaming),
    api: Object.assign({ exec: 'apiStability' }, parts.api),
  },
  thresholds: mergeThresholds(
    errorKindThresholds,
    ...goals.map(({ sla, tags, unmeasured }) => toThresholds(sla, { tags, unmeasured })),
  ),
  summaryTrendStats,
}

const baseUrl = () => env.baseUrl('http://localhost:8000')
const apiTags = { sla: 'api' }
const chat = createChatClient({ api: env.string('API', 'gateway'), baseUrl, timeout: '120s' })
const models = createModelManager({ baseUrl, tags: apiTags })
const server = createServerMonitor({ baseUrl })

// A token from API_TOKEN, or a login with TEST_EMAIL and TEST_PASSWORD, or none.
export async function setup() {
  const health = http.get(`${baseUrl()}/health`)
  if (health.status !== 200) exec.test.abort(`${baseUrl()}/health answered ${health.status}`)
  if (env.string('API_TOKEN') || !env.string('TEST_EMAIL')) return {}
  const session = await login({ baseUrl: baseUrl() })
  if (!session.ok) exec.test.abort(`login failed: ${session.error.kind}: ${session.error.message}`)
  return { token: session.token }
}

export async function chatLoad(session) {
  const { prompt, complexity, max_tokens } = pickPrompt()
  const sla = complexity === 'complex' ? 'complex' : 'chat'
  const reply = await chat.complete(
    { prompt, max_tokens, temperature: 0.7 },
    { token: session.token, tags: { complexity, sla } },
  )
  check(reply, {
    'chat: status is 200': (r) => r.status === 200,
    'chat: has an answer': (r) => r.text.length > 0,
  })
  pause(thinkTime(1, 3))
}

export async function streaming(session) {
  const { prompt } = pickPrompt({ weights: { complex: 1 } })
  const reply = await chat.stream(
    { prompt, max_tokens: 400, temperature: 0.8 },
    { token: session.token, tags: { sla: 'streaming' } },
  )
  check(reply, {
    'streaming: status is 200': (r) => r.status === 200,
    'streaming: came to its end': (r) => r.ok,
  })
  pause(3)
}

export async function apiStability() {
  const health = http.get(`${baseUrl()}/health`, { tags: apiTags })
  check(health, { 'api: health answers 200': (r) => r.status === 200 })
  for (const call of ['status', 'profiles', 'recommendations']) {
    const reply = await models[call]()
    check(reply, { [`api: ${call} answers 200`]: (r) => r.ok })
    pause(0.5)
  }
  await server.sample()
  pause(2)
}

export const handleSummary = createSummary({
  title: 'comprehensive test',
  sla: goals,
  scenarios: options.scenarios,
  locale: env.string('LOCALE', 'en'),
})
