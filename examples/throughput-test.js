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
  mergeThresholds,
  openSession,
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

const baseUrl = () => env.baseUrl('http://localhost:8000')
const chat = createChatClient({ baseUrl, timeout: '120s' })

// What the server speaks (API, else found by asking), its model (MODEL), and a token: API_TOKEN,
// or of a login with TEST_EMAIL and TEST_PASSWORD.
export async function setup() {
  const session = await openSession({ baseUrl })
  if (!session.ok) exec.test.abort(session.error.message)
  console.log(`server: ${session.about}`)
  return session
}

export default async function (session) {
  const { prompt, complexity } = pickPrompt({ weights: { simple: 1 } })
  const reply = await chat.complete({ prompt, max_tokens: 50 }, { session, tags: { complexity } })
  check(reply, { 'has an answer': (r) => r.ok })
}

export const handleSummary = createSummary({
  title: 'throughput test',
  sla,
  window: scenario.duration,
  scenarios,
  notes: (session) => session && { server: session.about },
  locale: env.string('LOCALE', 'en'),
})
