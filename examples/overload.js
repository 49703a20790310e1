// What users do when a service is too slow: they leave, and their clients ask again. More requests
// than it can bear for a while, then as few as before: does it recover, and how much of its work was
// for users who were gone already?
//
//   k6 run -e BASE_URL=http://localhost:8000 -e RATES=4,20,4 -e STEP_DURATION=60s examples/overload.js
//
// Every attempt is a request of its own in all figures; what users saw is in {final:yes}.
import {
  canStream,
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  mergeThresholds,
  perTag,
  pickPrompt,
  summaryTrendStats,
  sweep,
} from '../dist/index.js'

export { clientLag } from '../dist/index.js'

const patience = env.duration('PATIENCE', 10000)
const rates = (env.list('RATES') || ['4', '20', '4']).map(Number)
const plan = sweep({
  rates,
  stepDuration: env.duration('STEP_DURATION', 60000),
  // What the step before left behind: so long its most patient users stay.
  warmup: env.duration('STEP_WARMUP', patience * 1.5),
  answerTime: env.duration('ANSWER_TIME', 5000),
  // It is meant to be too much: the run goes on.
  stop: false,
})

const last = plan.steps[plan.steps.length - 1]

export const options = {
  scenarios: Object.assign({ lag: clientLagScenario({ duration: plan.duration }) }, plan.scenarios),
  thresholds: mergeThresholds(
    plan.thresholds,
    errorKindThresholds,
    perTag('final', ['yes'], ['llm_requests', 'llm_failed']),
    perTag(
      'step',
      plan.steps.map((step) => step.step),
      ['llm_abandoned', 'llm_retries'],
    ),
    // After the overload the service is itself again.
    {
      [`llm_failed{step:${last.step},phase:measure,final:yes}`]: [
        `rate<${env.share('ERROR_RATE_THRESHOLD', 0.05)}`,
      ],
      [`llm_requests{step:${last.step},phase:measure,final:yes}`]: ['count>0'],
    },
  ),
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
  // For the first token where it is seen arriving, else for the whole answer.
  patience: { min: patience / 2, max: patience * 1.5 },
  retry: { attempts: env.number('ATTEMPTS', 3), budget: env.number('RETRY_BUDGET') },
})

export default async function () {
  const { prompt } = pickPrompt({ weights: { simple: 1 } })
  const request = { prompt, max_tokens: env.number('MAX_TOKENS', 100) }
  // A stream that is not seen arriving has no first token to wait for.
  await (canStream() ? chat.stream(request) : chat.complete(request))
}

export const handleSummary = createSummary({
  title: 'overload',
  sweep: plan,
  locale: env.string('LOCALE', 'en'),
})
