// Users that stream answers. What they ask is below, all else is in config.json; variables win:
//   npx k6-llm run -e BASE_URL=https://llm.example.com load/chat.js
import {
  canStream,
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  pause,
  summaryTrendStats,
  thinkTime,
  toThresholds,
} from '../node_modules/k6-llm/dist/index.js'

export { clientLag } from '../node_modules/k6-llm/dist/index.js'

const config = JSON.parse(open('./config.json'))
const duration = env.string('TEST_DURATION', config.duration)
// `k6-llm run` sees tokens arrive on any k6. Under a bare `k6 run` without a relay (LLM_RELAY) TTFT
// is reported as not measured.
const unmeasured = 'report'

export const options = {
  scenarios: {
    chat: {
      executor: 'constant-vus',
      vus: env.number('MAX_VUS', config.users, { min: 1, integer: true }),
      duration,
      gracefulStop: '120s', // a stream that has begun may come to its end
    },
    lag: clientLagScenario({ duration }),
  },
  thresholds: toThresholds(config.goals, { unmeasured }),
  summaryTrendStats,
}

const chat = createChatClient({
  api: config.api,
  baseUrl: () => env.baseUrl(config.baseUrl),
  model: () => env.string('MODEL', config.model),
  timeout: '120s',
})

const prompts = [
  'Why is the sky blue?',
  'Write a short poem about the sea.',
  'Explain recursion to a child.',
]

export default async function () {
  const prompt = prompts[Math.floor(Math.random() * prompts.length)]
  const reply = await chat.stream({ prompt, max_tokens: 200 })
  if (!reply.ok) console.warn(`${reply.error.kind}: ${reply.error.message}`)
  pause(thinkTime(1, 3))
}

export const handleSummary = createSummary({
  title: 'chat',
  sla: config.goals,
  unmeasured,
  notes: { 'tokens seen': canStream() ? 'as they arrive' : 'at the end' },
})
