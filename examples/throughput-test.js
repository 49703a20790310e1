// Throughput: the guide's 20 requests and 1000 tokens. Fifteen users who pause 1 to 3 s ask for
// 4.3 requests/s at most (docs/workloads.md has the arithmetic), so the rate itself is the load:
// 22/s, whatever the answers take. Goals are counts over the window, since k6's own rate divides
// by the whole run.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=1m examples/throughput-test.js
import { check } from 'k6'
import exec from 'k6/execution'
import {
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  login,
  mergeThresholds,
  pickPrompt,
  profiles,
  scaleProfile,
  slaPresets,
  summaryTrendStats,
  toThresholds,
} from '../dist/index.js'

// What the scenario of the lag runs: whether this machine keeps up is watched beside the load.
export { clientLag } from '../dist/index.js'

const scenario = scaleProfile(profiles.throughput)
const scenarios = {
  throughput: scenario,
  lag: clientLagScenario({ duration: scenario.duration }),
}
const sla = slaPresets.guideThroughput

export const options = {
  scenarios,
  thresholds: mergeThresholds(
    errorKindThresholds,
    toThresholds(sla, { window: scenario.duration }),
    {
      dropped_iterations: ['count==0'],
    },
  ),
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
})

// A token from API_TOKEN, or a login with TEST_EMAIL and TEST_PASSWORD, or none.
export async function setup() {
  if (env.string('API_TOKEN') || !env.string('TEST_EMAIL')) return {}
  const session = await login({ baseUrl: env.baseUrl('http://localhost:8000') })
  if (!session.ok) exec.test.abort(`login failed: ${session.error.kind}: ${session.error.message}`)
  return { token: session.token }
}

export default async function (session) {
  const { prompt, complexity } = pickPrompt({ weights: { simple: 1 } })
  const reply = await chat.complete(
    { prompt, max_tokens: 50 },
    { token: session.token, tags: { complexity } },
  )
  check(reply, { 'has an answer': (r) => r.ok })
}

export const handleSummary = createSummary({
  title: 'throughput test',
  sla,
  window: scenario.duration,
  scenarios,
  locale: env.string('LOCALE', 'en'),
})
