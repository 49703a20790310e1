// Runs that end otherwise than planned: CASE says how.
import {
  createChatClient,
  createSummary,
  env,
  pause,
  summaryTrendStats,
} from '../../../dist/index.js'

const users = { executor: 'constant-vus', vus: 2, duration: '30s' }
const CASES = {
  time: { scenario: users },
  // k6's duration is that of setup too: with it the run is longer than its scenario plans.
  setup: { scenario: Object.assign({}, users, { duration: '2s' }), setup: 2.5 },
  count: { scenario: { executor: 'shared-iterations', vus: 2, iterations: 20 } },
  few: { scenario: { executor: 'shared-iterations', vus: 2, iterations: 4 }, tokens: [5] },
  cut: {
    scenario: { executor: 'per-vu-iterations', vus: 4, maxDuration: '1s', gracefulStop: '500ms' },
    tokens: [5, 5, 5, 2000],
  },
  all: {
    scenario: { executor: 'constant-vus', vus: 4, duration: '1s', gracefulStop: '0s' },
    tokens: [2000],
  },
  abort: {
    scenario: users,
    thresholds: { llm_requests: [{ threshold: 'count<1', abortOnFail: true }] },
  },
  misuse: { scenario: users, params: { model: 'sim-7b', tagz: {} } },
}
const { scenario, setup: before = 0, tokens = [40], params, thresholds } = CASES[env.string('CASE')]

export const options = {
  scenarios: { load: scenario },
  thresholds: Object.assign({ llm_failed: ['rate==0'] }, thresholds),
  summaryTrendStats,
}

const chat = createChatClient({ model: 'sim-7b' })

export function setup() {
  if (before > 0) pause(before)
}

export default async function () {
  await chat.stream({ prompt: 'Hello', max_tokens: tokens[(__VU - 1) % tokens.length] }, params)
  console.log('answered')
}

export const handleSummary = createSummary({
  title: 'ending',
  formats: ['text', 'json', 'markdown', 'html'],
  scenarios: options.scenarios,
})
