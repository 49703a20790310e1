// k6-utils of jslib beside k6-llm, imported as its documentation says: users come and go in a bell
// curve, and each prompt begins with a word of its own, so that no cache of prefixes answers it.
// k6 downloads that file before each run. What k6-llm has under the same names (randomItem here)
// needs no network and repeats with SEED: docs/workloads.md, "k6-utils of jslib".
//
//   k6 run -e BASE_URL=http://localhost:8000 -e MODEL=qwen2.5-7b examples/k6-utils.js
import { normalDistributionStages, randomString } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js'
import {
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  mergeThresholds,
  pause,
  promptSets,
  randomItem,
  summaryTrendStats,
  thinkTime,
} from '../dist/index.js'

const users = env.number('MAX_VUS', 10, { min: 1, integer: true })
const seconds = env.duration('TEST_DURATION', 120000) / 1000

export const options = {
  scenarios: {
    curve: {
      executor: 'ramping-vus',
      stages: normalDistributionStages(users, seconds),
      gracefulRampDown: '60s',
    },
  },
  thresholds: mergeThresholds(errorKindThresholds, {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
  }),
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
})

export default async function () {
  const prompt = `${randomString(8)}: ${randomItem(promptSets.en.simple)}`
  await chat.stream({ prompt, max_tokens: 100 })
  pause(thinkTime(1, 3))
}

export const handleSummary = createSummary({
  title: 'k6-utils',
  locale: env.string('LOCALE', 'en'),
})
