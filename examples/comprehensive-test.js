// Comprehensive test: chat, streams and API calls beside each other for 10 minutes, as a service
// in use sees them, while the server's own figures are read. Each part has its own goals. What a
// server does not have (/health, a list of models) is left out, and the report says so.
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
  mergeThresholds,
  openSession,
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
  { sla: slaPresets.guideApi, tags: { sla: 'api' }, optional: true },
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
    ...goals.map(({ sla, tags, unmeasured, optional }) =>
      toThresholds(sla, { tags, unmeasured, optional }),
    ),
  ),
  summaryTrendStats,
}

const baseUrl = () => env.baseUrl('http://localhost:8000')
const tags = { sla: 'api' }
const chat = createChatClient({ baseUrl, timeout: '120s' })
const server = createServerMonitor({ baseUrl })

// What the server speaks (API, BACKEND, else found by asking), its model (MODEL), and a token:
// API_TOKEN, or of a login with TEST_EMAIL and TEST_PASSWORD.
export async function setup() {
  const session = await openSession({ baseUrl })
  if (!session.ok) exec.test.abort(session.error.message)
  const missing = []
  if (!session.health) missing.push('/health')
  if (!session.backend) missing.push('the list of models')
  if (session.backend !== 'gateway') missing.push('profiles', 'recommendations')
  if (!(await server.sample())) missing.push('/metrics')
  session.notes = { server: session.about }
  if (missing.length > 0) session.notes['left out'] = `it has no ${missing.join(', ')}`
  for (const label of Object.keys(session.notes)) console.log(`${label}: ${session.notes[label]}`)
  return session
}

export async function chatLoad(session) {
  const { prompt, complexity, max_tokens } = pickPrompt()
  const sla = complexity === 'complex' ? 'complex' : 'chat'
  const reply = await chat.complete(
    { prompt, max_tokens, temperature: 0.7 },
    { session, tags: { complexity, sla } },
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
    { session, tags: { sla: 'streaming' } },
  )
  check(reply, {
    'streaming: status is 200': (r) => r.status === 200,
    'streaming: came to its end': (r) => r.ok,
  })
  pause(3)
}

let models // of this VU

export async function apiStability(session) {
  const { api, backend, health, token } = session
  if (health) {
    const reply = http.get(health, { tags })
    check(reply, { 'api: health answers 200': (r) => r.status === 200 })
  }
  if (backend && !models) models = createModelManager({ api, backend, baseUrl, token, tags })
  for (const call of backend === 'gateway'
    ? ['status', 'profiles', 'recommendations']
    : ['status']) {
    if (!models) break
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
  notes: (session) => (session ? session.notes : {}),
  locale: env.string('LOCALE', 'en'),
})
