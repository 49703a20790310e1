// Tools: the model calls a function, the script answers it, the model goes on. Both requests
// belong to one turn, as they do for the user who waits for them.
//
//   k6-llm run -e BASE_URL=http://localhost:8000 -e MODEL=qwen2.5-7b examples/tools.js
import { check } from 'k6'
import { Counter } from 'k6/metrics'
import {
  createChatClient,
  createConversation,
  createSummary,
  env,
  summaryTrendStats,
} from '../dist/index.js'

const rounds = new Counter('tool_rounds')

export const options = {
  vus: 2,
  iterations: 6,
  thresholds: { checks: ['rate==1'], llm_requests: ['count>0'] },
  summaryTrendStats,
}

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
})

export default async function () {
  const talk = createConversation(chat, { request: { tools: [weather], max_tokens: 100 } })
  let reply = await talk.say('What is the weather in Seoul?')
  // A model may call tools again and again: five rounds are enough for this question.
  for (let round = 0; reply.ok && reply.toolCalls.length > 0 && round < 5; round++) {
    rounds.add(1)
    reply = await talk.answerTools((call) => `${call.name}: 21 degrees, sunny`)
  }
  check(reply, { 'the conversation ends in an answer': (r) => r.ok && r.text.length > 0 })
}

export const handleSummary = createSummary({
  title: 'tools',
  locale: env.string('LOCALE', 'en'),
})
