// Requests at times of chance: 2 in a second on average, as of many users who do not know of each
// other, whether or not the last was answered. Prompts and answers vary in length. All of it comes
// from SEED: the same run again, on any k6, on several machines, sends the same.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e API=openai-chat -e TEST_DURATION=5m examples/poisson.js
import {
  createChatClient,
  defineTest,
  env,
  mergeThresholds,
  poissonArrivals,
  syntheticPrompts,
} from '../dist/index.js'

// Gaps that vary more: gammaArrivals({ burstiness: 0.25, … }).
const arrivals = poissonArrivals({
  rate: env.number('RATE', 2, { min: 0.001 }),
  duration: env.string('TEST_DURATION', '2m'),
  expectedDuration: '15s',
})

const prompts = syntheticPrompts({
  inputTokens: { lognormal: [300, 0.8], min: 20, max: 4000 },
  outputTokens: { lognormal: [100, 0.6], min: 10, max: 800 },
})

export const { options, handleSummary } = defineTest({
  title: 'Poisson arrivals',
  scenarios: { chat: arrivals.scenario },
  thresholds: mergeThresholds(arrivals.thresholds, {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
  }),
  login: false,
})

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
})

export default async function () {
  const arrival = arrivals.wait()
  await chat.stream(prompts.next().request, { arrival })
}
