// Several models in one run: each request asks for one of MODELS at random, and the report has
// the figures of each model apart. Names may have / : spaces, and as a JSON list also commas.
//
//   k6 run -e BASE_URL=http://localhost:11434 -e MODELS=qwen3:8b,llama3.2:3b examples/multi-model.js
//   k6 run -e MODELS='["org/a,b","org/c"]' … examples/multi-model.js
import {
  createChatClient,
  defineTest,
  env,
  mergeThresholds,
  pause,
  perTag,
  pickPrompt,
  randomItem,
  thinkTime,
} from '../dist/index.js'

const models = env.list('MODELS')
if (!models) throw new Error('MODELS: name the models, like -e MODELS=org/a,org/b')

export const { options, handleSummary } = defineTest({
  title: 'several models',
  scenarios: {
    chat: {
      executor: 'constant-vus',
      vus: env.number('MAX_VUS', 5, { min: 1, integer: true }),
      duration: env.string('TEST_DURATION', '5m'),
      gracefulStop: '305s',
    },
  },
  thresholds: mergeThresholds(perTag('model', models), {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
  }),
  login: false,
})

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
})

export default async function () {
  const { prompt } = pickPrompt()
  await chat.stream({ model: randomItem(models), prompt, max_tokens: 200 })
  pause(thinkTime(1, 3))
}
