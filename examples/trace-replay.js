// Replays the traffic of another service: when its requests came, how long their prompts and
// answers were, and which prompts began alike. Traces of Mooncake (JSONL), Azure and BurstGPT (CSV);
// SPEED=2 plays it twice as fast.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TRACE=./conversation_trace.jsonl -e SPEED=2 \
//     -e TEST_DURATION=10m examples/trace-replay.js
// To see tokens arrive (k6/x/sse), add `import '../dist/xk6-sse.js'` above: a wrapper in another
// folder would look for the file there.
import {
  createChatClient,
  defineTest,
  env,
  mergeThresholds,
  syntheticPrompts,
  traceArrivals,
} from '../dist/index.js'

const file = env.string('TRACE', './data/trace.jsonl')
const arrivals = traceArrivals(file, () => open(file), {
  speed: env.number('SPEED', 1, { min: 0.001 }),
  expectedDuration: '30s',
})
// The lengths are the trace's; only the words are ours.
const prompts = syntheticPrompts({ inputTokens: 100, outputTokens: 100 })

export const { options, handleSummary } = defineTest({
  title: 'trace replay',
  scenarios: { replay: arrivals.scenario },
  thresholds: mergeThresholds(arrivals.thresholds, {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
  }),
  login: false,
})

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '300s',
})

export default async function () {
  const arrival = arrivals.wait()
  const { request } = prompts.next(arrival.shape)
  await chat.stream(request, { arrival })
}
