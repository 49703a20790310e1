// Streaming test: 1 → 3 → 5 streams at the time for 8 minutes. Goals: TTFT p95 < 2 s, errors
// < 5 %. With the extension k6/x/sse, tokens are seen arriving (run examples/xk6-sse/ for that).
// On stock k6 they are not: TTFT is then estimated by one-token requests beside the load, under
// its own name, and the summary says so.
//
//   k6 run -e BASE_URL=http://localhost:8000 examples/xk6-sse/streaming-test.js
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

const scenarios = { streaming: profiles.streaming }
if (!canStream()) {
  scenarios.probe = { executor: 'constant-vus', vus: 1, duration: '8m', exec: 'probe' }
}

export const options = {
  scenarios: scaleProfile(scenarios),
  thresholds: mergeThresholds(
    errorKindThresholds,
    toThresholds(slaPresets.guideStreaming, { unmeasured: 'estimate' }),
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
  const { prompt, complexity } = pickPrompt({ weights: { medium: 50, complex: 50 } })
  const reply = await chat.stream(
    { prompt, max_tokens: 500, temperature: 0.7 },
    { session, tags: { complexity } },
  )
  check(reply, {
    'status is 200': (r) => r.status === 200,
    'the stream came to its end': (r) => r.ok,
    'tokens arrived': (r) => r.stream.chunks > 0,
  })
  pause(thinkTime(2, 5))
}

// Stock k6 only: how long one token takes under this load.
export async function probe(session) {
  const { prompt } = pickPrompt({ weights: { medium: 50, complex: 50 } })
  await chat.probe(prompt, { session })
  pause(thinkTime(1, 2))
}

export const handleSummary = createSummary({
  title: 'streaming test',
  sla: slaPresets.guideStreaming,
  unmeasured: 'estimate',
  notes: (session) => session && { server: session.about },
  locale: env.string('LOCALE', 'en'),
})
