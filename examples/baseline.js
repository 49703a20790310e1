// Did the service get worse? A first run writes a baseline; each later one fails (exit code 99)
// where it is worse than that by more than is allowed, so that CI can stop a bad change.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e MODEL=qwen2.5-7b examples/baseline.js
//   k6 run -e BASELINE=$PWD/results/baseline-….json … examples/baseline.js
//
// BASELINE: the JSON report of the first run, or k6's --summary-export. k6 reads a relative path
// from where the script is. With the extension k6/x/sse (examples/xk6-sse/) TTFT and token pace
// are compared too. Compare runs of the same machine, server, model and load: nothing else says
// anything about the service.
import {
  baselineThresholds,
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  mergeThresholds,
  pause,
  pickPrompt,
  summaryTrendStats,
} from '../dist/index.js'

const duration = env.string('TEST_DURATION', '2m')
const scenarios = {
  load: {
    executor: 'constant-vus',
    vus: env.number('MAX_VUS', 5, { min: 1, integer: true }),
    duration,
  },
  lag: clientLagScenario({ duration }),
}

const file = env.string('BASELINE')
const compared = file
  ? baselineThresholds(open(file), {
      p50: { ratio: 1.1, margin: 10 }, // 10 %, and 10 ms where that is more
      p95: { ratio: 1.2, margin: 20 },
      rate: { ratio: 1.1, margin: 0.005 }, // failures, availability
    })
  : {}

export const options = {
  scenarios,
  thresholds: mergeThresholds(errorKindThresholds, compared),
  summaryTrendStats,
}

export { clientLag } from '../dist/index.js'

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
})

export default async function () {
  // SEED makes both runs send the same prompts.
  const { prompt } = pickPrompt()
  await chat.stream({ prompt, max_tokens: 200, temperature: 0 })
  pause(1)
}

export const handleSummary = createSummary({
  title: 'baseline',
  scenarios,
  formats: ['text', 'json', 'html'],
  locale: env.string('LOCALE', 'en'),
})
