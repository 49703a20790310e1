// Sessions that arrive at a rate: each is a conversation of three turns with pauses to read and
// think. Questions come from a file; figures are kept apart by turn, since prompts grow.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e API=openai-chat examples/sessions.js
// To see tokens arrive (k6/x/sse), add `import '../dist/xk6-sse.js'` above: a wrapper in another
// folder would look for the file there.
import {
  createChatClient,
  createConversation,
  defineTest,
  env,
  loadDataset,
  mergeThresholds,
  pause,
  perTag,
  poissonArrivals,
  thinkTime,
} from '../dist/index.js'

const sessions = poissonArrivals({
  rate: env.number('RATE', 0.5, { min: 0.001 }),
  duration: env.string('TEST_DURATION', '5m'),
  expectedDuration: '60s', // three answers and two pauses
})

// The thunk runs once in a process; k6 looks for the file beside the script that it runs.
const data = loadDataset(
  'sessions.jsonl',
  () => open(env.string('DATASET', './data/sessions.jsonl')),
  { order: 'shuffled' },
)

export const { options, handleSummary } = defineTest({
  title: 'sessions',
  scenarios: { sessions: sessions.scenario },
  thresholds: mergeThresholds(sessions.thresholds, perTag('turn', ['1', '2', '3']), {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
  }),
  login: false,
})

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
})

// Seconds between turns: half of them under 4, one in twenty over 10.
const think = { lognormal: [env.number('THINK', 4, { min: 0.001 }), 0.6], max: 60 }

export default async function () {
  let arrival = sessions.wait()
  const { turns, fields } = data.next()
  const talk = createConversation(chat, { request: { max_tokens: 100 } })
  for (const question of turns) {
    if (talk.turns > 0) pause(thinkTime(think))
    const reply = await talk.say(question, { arrival, tags: { topic: fields.topic } })
    if (!reply.ok) return
    arrival = undefined // it is the session's, and its first request's
  }
}
