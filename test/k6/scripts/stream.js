// Streams of a known pace, one for each iteration.
import { sleep } from 'k6'
import { Counter } from 'k6/metrics'
import { createChatClient, env, summaryTrendStats } from '../../../dist/index.js'

const done = new Counter('tests_done')
const vus = env.number('STREAMS', 5)
const each = env.number('EACH', 1)

export const options = {
  scenarios: { s: { executor: 'per-vu-iterations', vus, iterations: each, maxDuration: '60s' } },
  thresholds: { tests_done: [`count==${vus * each}`] },
  summaryTrendStats,
}

const chat = createChatClient({ model: 'sim-7b' })

export default async function () {
  // Not all at the same instant: what they wait for each other is no error of a clock.
  if (__ITER === 0) sleep(__VU * 0.037)
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: 200 })
  if (!reply.ok || reply.usage.completionTokens !== 200)
    throw new Error(JSON.stringify(reply.error))
  done.add(1)
}
