// Throughput: are 20 requests a second answered, and 1000 tokens a minute? A user who waits for
// answers asks less when the service is slow, so users prove nothing here; the rate itself is the load:
// 22/s, whatever the answers take. Goals are counts over the window, since k6's own rate divides
// by the whole run.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=1m examples/throughput-test.js
import { check } from 'k6'
import {
  createChatClient,
  defineTest,
  env,
  pause,
  pickPrompt,
  profiles,
  scaleProfile,
  slaPresets,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const throughput = scaleProfile(profiles.throughput)

// Its setup() finds out what the server speaks (API, else by asking), its model (MODEL), and has a
// token: API_TOKEN, or of a login with TEST_EMAIL and TEST_PASSWORD.
export const { options, setup, handleSummary } = defineTest({
  title: 'throughput test',
  scenarios: { throughput },
  sla: slaPresets.guideThroughput,
  window: throughput.duration,
  thresholds: { dropped_iterations: ['count==0'] },
  login: { baseUrl },
})

const chat = createChatClient({ baseUrl, timeout: '120s' })

export default async function (session) {
  const { prompt, complexity } = pickPrompt({ weights: { simple: 1 } })
  const reply = await chat.complete({ prompt, max_tokens: 50 }, { session, tags: { complexity } })
  check(reply, { 'has an answer': (r) => r.ok })
  // Whether this machine keeps up. After the answer it takes nothing off the rate.
  pause(0.1)
}
