// Requests at a rate, whether this machine keeps up watched beside them.
import { check } from 'k6'
import {
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  mergeThresholds,
  pause,
  summaryTrendStats,
  validityThresholds,
} from '../../../dist/index.js'

export { clientLag } from '../../../dist/index.js'

const scenarios = {
  load: {
    executor: 'constant-arrival-rate',
    rate: 20,
    duration: '2s',
    preAllocatedVUs: env.number('USERS', 10),
    gracefulStop: '5s',
  },
  lag: clientLagScenario({ duration: '2s' }),
}

export const options = {
  scenarios,
  thresholds: mergeThresholds(
    { llm_failed: ['rate==0'], checks: ['rate==1'] },
    // Whether other work slows this machine is not what is tested: the lag may be large.
    env.string('GATE') ? validityThresholds({ scenarios, lag: 5000 }) : {},
  ),
  summaryTrendStats,
}

const chat = createChatClient({ model: 'sim-7b', itl: 'sample' })

export async function setup() {
  const opened = await chat.connect()
  check(opened, { 'a connection was measured': (r) => r.ok && r.tcp > 0 && r.tls === 0 })
  pause(0.05)
}

export default async function () {
  await chat.stream({ prompt: 'Hello', max_tokens: 40 })
}

export const handleSummary = createSummary({ title: 'validity', scenarios })
