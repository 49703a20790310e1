// What each switch costs: every ordered pair of MODELS once, n × (n − 1) switches, printed as a
// table from → to. The tour begins and ends at the first of MODELS.
//
//   k6 run -e BACKEND=ollama -e BASE_URL=http://localhost:11434 \
//     -e MODELS=qwen3:8b,llama3.2:3b,gemma3:4b examples/switch-matrix.js
import exec from 'k6/execution'
import {
  createModelManager,
  createSummary,
  env,
  mergeThresholds,
  perPair,
  perTag,
  summaryTrendStats,
  switchTour,
} from '../dist/index.js'

const names = env.list('MODELS')
if (!names) throw new Error('MODELS: name two models or more, like -e MODELS=org/a,org/b')

const models = createModelManager({
  backend: env.string('BACKEND', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  models: names,
  // On a server that holds several models a pair costs nothing once both are in memory.
  exclusive: true,
})

export const options = {
  scenarios: {
    matrix: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '24h' },
  },
  thresholds: mergeThresholds(
    perPair(names),
    perTag('start', ['cold', 'warm'], ['llm_ttft_probe']),
    {
      llm_model_switch_failed: ['rate<0.1'],
    },
  ),
  summaryTrendStats,
  teardownTimeout: models.teardownTimeout,
}

export async function setup() {
  const before = await models.status()
  if (!before.ok) exec.test.abort(`no model status: ${before.error.kind}: ${before.error.message}`)
  return before
}

export default async function () {
  // The way to the first model is none of the pairs; `load` records nothing.
  const first = await models.load(names[0])
  if (!first.ok) exec.test.abort(`${names[0]} does not load: ${first.reason}: ${first.message}`)
  let at = names[0]
  for (const to of switchTour(names)) {
    const done = await models.switchTo(to)
    const result = done.ok ? `${Math.round(done.duration)} ms` : `${done.reason}: ${done.message}`
    console.log(`${at} → ${to}: ${done.already ? 'was there' : result}`)
    at = to
  }
}

export async function teardown(before) {
  const back = await models.restore(before)
  if (back && !back.ok) console.error(`not put back: ${back.to}: ${back.reason}: ${back.message}`)
}

export const handleSummary = createSummary({ title: 'switch matrix' })
