// Load test: 1 → 5 → 10 → 15 users ask questions of three sizes for 13 minutes and wait for the
// whole answer. Goals: ordinary chat p95 < 3 s, complex questions p95 < 8 s, errors < 1 %.
// Where tokens are seen arriving the same users read streams, and TTFT is measured too.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=2m -e MAX_VUS=5 examples/load-test.js
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

// Its setup() finds out what the server speaks (API, else by asking), its model (MODEL), and has a
// token: API_TOKEN, or of a login with TEST_EMAIL and TEST_PASSWORD.
export const { options, setup, handleSummary } = defineTest({
  title: 'load test',
  scenarios: { load: scaleProfile(profiles.load) },
  sla: [
    { sla: slaPresets.guideChat, tags: { sla: 'chat' } },
    { sla: slaPresets.guideComplex, tags: { sla: 'complex' } },
  ],
  login: { baseUrl },
})

const chat = createChatClient({ baseUrl, timeout: '120s' })

export default async function (session) {
  const { prompt, complexity, max_tokens } = pickPrompt()
  const ask = canStream() ? chat.stream : chat.complete
  const reply = await ask(
    { prompt, max_tokens, temperature: 0.7 },
    { session, tags: { complexity, sla: complexity === 'complex' ? 'complex' : 'chat' } },
  )
  check(reply, {
    'status is 200': (r) => r.status === 200,
    'has an answer': (r) => r.text.length > 0,
    'answered within 10 s': (r) => r.ok && r.timing.duration < 10000,
  })
  pause(thinkTime(1, 3))
}
