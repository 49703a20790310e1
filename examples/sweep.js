// How much does the service bear? One run with a step of constant load for each rate (or number of
// users); the summary has a line of each and names the highest that meets the SLA. A step that is
// clearly saturated ends the run, with exit code 99: the report says at which step.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e RATES=2,4,8,16 -e STEP_DURATION=60s examples/sweep.js
//
// With CONCURRENCY=1,2,4,8 users wait for their answers, in place of a rate.
import { check } from 'k6'
import {
  canStream,
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  extendSla,
  mergeThresholds,
  pickPrompt,
  slaPresets,
  summaryTrendStats,
  sweep,
} from '../dist/index.js'

export { clientLag } from '../dist/index.js'

// Stock k6 does not see tokens arrive: there the whole answer is judged.
const sla = canStream()
  ? slaPresets.guideStreaming
  : extendSla(slaPresets.guideChat, { duration: { p50: null, p99: null } })

const numbers = (name) => {
  const list = env.list(name)
  return list === undefined ? undefined : list.map(Number)
}
const concurrency = numbers('CONCURRENCY')
const plan = sweep({
  rates: concurrency ? undefined : numbers('RATES') || [1, 2, 4, 8, 12, 16],
  concurrency,
  stepDuration: env.duration('STEP_DURATION', 60000),
  warmup: env.duration('STEP_WARMUP', 15000),
  atLeast: env.number('AT_LEAST'),
  answerTime: env.duration('ANSWER_TIME', 5000),
  sla,
})

export const options = {
  scenarios: Object.assign({ lag: clientLagScenario({ duration: plan.duration }) }, plan.scenarios),
  thresholds: mergeThresholds(plan.thresholds),
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
})

export default async function () {
  const { prompt } = pickPrompt({ weights: { simple: 1 } })
  const request = { prompt, max_tokens: env.number('MAX_TOKENS', 100) }
  const reply = canStream() ? await chat.stream(request) : await chat.complete(request)
  check(reply, { 'has an answer': (r) => r.ok })
}

export const handleSummary = createSummary({
  title: 'sweep',
  sweep: plan,
  locale: env.string('LOCALE', 'en'),
})
