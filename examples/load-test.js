// Load test: 1 → 5 → 10 → 15 users ask questions of three sizes for 13 minutes and wait for the
// whole answer. Goals: ordinary chat p95 < 3 s, complex questions p95 < 8 s, errors < 1 %.
// With the extension (examples/xk6-sse/) the same users read streams, and TTFT is measured too.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=2m -e MAX_VUS=5 examples/load-test.js
import { check } from 'k6'
import exec from 'k6/execution'
import {
  canStream,
  createChatClient,
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
]

export const options = {
  scenarios: { load: scaleProfile(profiles.load) },
  thresholds: mergeThresholds(
    errorKindThresholds,
    ...goals.map(({ sla, tags }) => toThresholds(sla, { tags })),
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
  const { prompt, complexity, max_tokens } = pickPrompt()
  const ask = canStream() ? chat.stream : chat.complete
  const reply = await ask(
    { prompt, max_tokens, temperature: 0.7 },
    {
      session,
      tags: { complexity, sla: complexity === 'complex' ? 'complex' : 'chat' },
    },
  )
  check(reply, {
    'status is 200': (r) => r.status === 200,
    'has an answer': (r) => r.text.length > 0,
    'answered within 10 s': (r) => r.ok && r.timing.duration < 10000,
  })
  pause(thinkTime(1, 3))
}

export const handleSummary = createSummary({
  title: 'load test',
  sla: goals,
  notes: (session) => session && { server: session.about },
  locale: env.string('LOCALE', 'en'),
})
