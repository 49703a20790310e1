// What a model switch does to the traffic: users chat all the while, and one more user switches
// the model once. Requests that failed or were delayed in the window of the switch stand beside
// those before and after it.
//
// k6's users share nothing, so none of them can know that a switch runs. What they know is the
// schedule: the switch begins SWITCH_AT seconds after the start, and a request that starts in the
// SWITCH_WINDOW seconds after that has the tag during=switch, whatever it meets. The report says
// how long the switch took: choose a window a little longer than that.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e SWITCH_AT=60 -e SWITCH_WINDOW=90 \
//     examples/switch-under-load.js
import { sleep } from 'k6'
import exec from 'k6/execution'
import {
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  login,
  mergeThresholds,
  modelSwitch,
  modelSwitchScenario,
  modelSwitchSetup,
  modelSwitchTeardown,
  perTag,
  pickPrompt,
  summaryTrendStats,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const api = env.string('API', 'gateway')
const at = env.number('SWITCH_AT', 30, { min: 1 })
const span = env.number('SWITCH_WINDOW', 60, { min: 1 })
// Seconds from which an answer counts as delayed.
const delayed = env.number('DELAYED', 5, { min: 0 })

export const options = {
  scenarios: {
    traffic: {
      executor: 'constant-vus',
      vus: env.number('MAX_VUS', 5, { min: 1, integer: true }),
      duration: `${at + span + at}s`,
      gracefulStop: '60s',
    },
    switching: modelSwitchScenario({
      manager: { backend: env.string('BACKEND', 'gateway'), baseUrl, token: () => token },
      targets: env.list('MODELS'),
      switches: 1,
      startTime: `${at}s`,
      pause: '1s',
      exec: 'switching',
    }),
  },
  thresholds: mergeThresholds(
    errorKindThresholds,
    perTag('during', ['before', 'switch', 'after']),
    perTag('during', ['before', 'switch', 'after'], ['llm_slo_e2el']),
    { llm_model_switch_failed: ['rate==0'], llm_model_switch_duration: ['max>0'] },
  ),
  summaryTrendStats,
  teardownTimeout: '420s', // twice the deadline of a switch, and a minute
}

let token // of this VU, from the login
const chat = createChatClient({ api, baseUrl, token: () => token, slo: { e2el: delayed * 1000 } })

export async function setup() {
  if (!env.string('API_TOKEN') && env.string('TEST_EMAIL')) {
    const reply = await login({ baseUrl: baseUrl() })
    if (!reply.ok) exec.test.abort(`login failed: ${reply.error.kind}: ${reply.error.message}`)
    token = reply.token
  }
  const session = await modelSwitchSetup()
  if (token) session.token = token
  return session
}

export default async function (session) {
  token = session.token
  const second = (Date.now() - exec.scenario.startTime) / 1000
  const during = second < at ? 'before' : second < at + span ? 'switch' : 'after'
  const { prompt } = pickPrompt()
  await chat.complete({ prompt, max_tokens: 50 }, { tags: { during } })
  sleep(0.5)
}

export async function switching(session) {
  token = session.token
  await modelSwitch()
}

export async function teardown(session) {
  token = session.token
  await modelSwitchTeardown(session)
}

export const handleSummary = createSummary({ title: 'a switch under load' })
