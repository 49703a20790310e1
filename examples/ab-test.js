// A/B in one run: two scenarios ask two models (or two servers) for the same, at the same times.
// Times and prompts come from one seed, so request 17 of A is request 17 of B. The summary puts
// the figures of the two side by side.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e MODEL_A=qwen3-8b -e MODEL_B=qwen3-4b examples/ab-test.js
//   k6 run -e URL_A=http://old:8000 -e URL_B=http://new:8000 -e MODEL_A=m -e MODEL_B=m examples/ab-test.js
import {
  createChatClient,
  defineTest,
  env,
  mergeThresholds,
  perTag,
  poissonArrivals,
  syntheticPrompts,
} from '../dist/index.js'

const arrivals = poissonArrivals({
  rate: env.number('RATE', 1, { min: 0.001 }),
  duration: env.string('TEST_DURATION', '5m'),
  expectedDuration: '15s',
})
const prompts = syntheticPrompts({ inputTokens: { uniform: [50, 400] }, outputTokens: 100 })

// What a scenario's `env` sets is read at each request, so one client serves both.
function variant(name) {
  return Object.assign({}, arrivals.scenario, {
    env: {
      MODEL: env.string(`MODEL_${name}`, env.string('MODEL', '')),
      BASE_URL: env.string(`URL_${name}`, env.baseUrl('http://localhost:8000')),
    },
    tags: { variant: name },
  })
}

export const { options, handleSummary } = defineTest({
  title: 'A/B test',
  scenarios: { a: variant('A'), b: variant('B') },
  thresholds: mergeThresholds(arrivals.thresholds, perTag('variant', ['A', 'B']), {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
  }),
  sideBySide: 'variant',
  login: false,
})

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.string('BASE_URL'),
  timeout: '120s',
})

export default async function () {
  const arrival = arrivals.wait()
  await chat.stream(prompts.next().request, { arrival })
}
