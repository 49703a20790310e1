// What calibrate runs on k6: streams of a known pace, and what the library measured of each. They
// begin one after the other, spread over the length of one, as those of a service do; or all at
// once, and then again and again, since their answers are of one length. The first of each user is
// left out: what is done once in a user's life is no error of a run.
// It runs from dist/cli/calibrate, where the build puts it.
import { sleep } from 'k6'
import exec from 'k6/execution'
import { clientLagScenario, createChatClient, env, summaryTrendStats } from '../../index.js'

export { clientLag } from '../../index.js'

const streams = env.number('STREAMS', 1)
const rounds = env.number('ROUNDS', 1)
const tokens = env.number('TOKENS', 10)
const length = env.number('LENGTH', 1000) // of one stream, ms
const spread = env.string('START') === 'together' ? 0 : length
const total = length * (rounds + 1)

export const options = {
  scenarios: {
    streams: {
      executor: 'per-vu-iterations',
      vus: streams,
      iterations: 1,
      maxDuration: env.string('BOUND'),
      gracefulStop: '0s',
    },
    lag: clientLagScenario({ duration: total }),
  },
  summaryTrendStats,
}

const chat = createChatClient({ model: 'sim-7b' })

export default async function () {
  const own = exec.scenario.iterationInTest
  const begin = exec.instance.currentTestRunDuration
  sleep((spread * own) / streams / 1000)
  const seen = []
  for (let round = 0; round < rounds; round++) {
    const id = `${own}-${round}`
    const reply = await chat.stream(
      { prompt: 'Hello', max_tokens: tokens },
      { headers: { 'x-calibrate': id } },
    )
    if (round === 0) continue
    seen.push({ id, ok: reply.ok, ttft: reply.timing.ttft, gaps: reply.timing.gaps })
  }
  // Writing is work: not before every stream has ended.
  sleep(Math.max(0.2, (begin + total + 300 - exec.instance.currentTestRunDuration) / 1000))
  for (const one of seen) console.log(JSON.stringify(one))
}

export function handleSummary(data) {
  return { [env.string('SUMMARY')]: JSON.stringify(data.metrics) }
}
