// The same users on a slow mobile network: how much of what they wait for is the network's? k6 has no
// slow network, and one that reads slowly is none, since buffers swallow whole answers. So a proxy
// stands in front of the server and FAST_URL is the way past it:
//
//   node dist/simulator/proxy.js --to http://localhost:8000 --bandwidth 1mbit --latency 150 --jitter 0.3 --port 8080
//   k6 run -e BASE_URL=http://localhost:8080 -e FAST_URL=http://localhost:8000 examples/mobile-network.js
import {
  canStream,
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  extendSla,
  mergeThresholds,
  pause,
  perTag,
  pickPrompt,
  slaPresets,
  summaryTrendStats,
  thinkTime,
  toThresholds,
} from '../dist/index.js'

// The mobile way is judged; the other one is there to compare.
const sla = canStream()
  ? slaPresets.guideStreaming
  : extendSla(slaPresets.guideChat, { duration: { p50: null } })
const fast = env.url('FAST_URL')
const users = {
  executor: 'constant-vus',
  vus: env.number('MAX_VUS', 5, { min: 1, integer: true }),
  duration: `${env.duration('TEST_DURATION', 120000)}ms`,
  gracefulStop: '305s',
}
const scenarios = { mobile: Object.assign({ env: { NETWORK: 'mobile' } }, users) }
if (fast) {
  scenarios.fast = Object.assign(
    { env: { NETWORK: 'fast', API_BASE_URL: fast, BASE_URL: fast } },
    users,
  )
}
const networks = Object.keys(scenarios)

export const options = {
  scenarios,
  thresholds: mergeThresholds(
    errorKindThresholds,
    toThresholds(sla, { tags: { network: 'mobile' } }),
    perTag('network', networks),
  ),
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8080'),
  timeout: '120s',
})

export default async function () {
  const { prompt } = pickPrompt({ weights: { simple: 1 } })
  const request = { prompt, max_tokens: env.number('MAX_TOKENS', 100) }
  const params = { tags: { network: env.string('NETWORK', 'mobile') } }
  await (canStream() ? chat.stream(request, params) : chat.complete(request, params))
  pause(thinkTime(1, 3))
}

export const handleSummary = createSummary({
  title: 'mobile network',
  sla: { sla, tags: { network: 'mobile' } },
  locale: env.string('LOCALE', 'en'),
})
