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
  const { prompt, complexity } = pickPrompt({ weights: { medium: 50, complex: 50 } })
  const reply = await chat.stream(
    { prompt, max_tokens: 500, temperature: 0.7 },
    { token: session.token, tags: { complexity } },
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
  await chat.probe(prompt, { token: session.token })
  pause(thinkTime(1, 2))
}

export const handleSummary = createSummary({
  title: 'streaming test',
  sla: slaPresets.guideStreaming,
  unmeasured: 'estimate',
  locale: env.string('LOCALE', 'en'),
})
