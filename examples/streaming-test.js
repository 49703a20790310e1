// Streaming test: 1 → 3 → 5 streams at the time for 8 minutes. Goals: TTFT p95 < 2 s, errors
// < 5 %. By `k6-llm run` (the relay) or the extension k6/x/sse, tokens are seen arriving. On stock k6
// alone they are not: TTFT is then estimated by one-token requests beside the load, under its own
// name, and the summary says so.
//
//   npx k6-llm run -e BASE_URL=http://localhost:8000 examples/streaming-test.js
import { check } from 'k6'
import {
  canStream,
  createChatClient,
  defineTest,
  env,
  pause,
  pickPrompt,
  profiles,
  scaleProfile,
  slaPresets,
  thinkTime,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const scenarios = { streaming: profiles.streaming }
if (!canStream()) {
  scenarios.probe = { executor: 'constant-vus', vus: 1, duration: '8m', exec: 'probe' }
}

// Its setup() finds out what the server speaks (API, else by asking), its model (MODEL), and has a
// token: API_TOKEN, or of a login with TEST_EMAIL and TEST_PASSWORD.
export const { options, setup, handleSummary } = defineTest({
  title: 'streaming test',
  scenarios: scaleProfile(scenarios),
  sla: slaPresets.guideStreaming,
  unmeasured: 'estimate',
  login: { baseUrl },
})

const chat = createChatClient({ baseUrl, timeout: '120s' })

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
