// Conversations: each user asks three questions and reads each answer before the next. Every turn
// carries the history, so prompts grow; tags `turn` and `cache_state` keep the turns apart.
//
//   k6-llm run -e BASE_URL=http://localhost:8000 -e API=openai-chat examples/conversation.js
import {
  createChatClient,
  createConversation,
  createSummary,
  env,
  pause,
  scaleProfile,
  summaryTrendStats,
  thinkTime,
} from '../dist/index.js'

const questions = [
  'What is a load test?',
  'Which figures of it matter for a chat service?',
  'Which one would you look at first, and why?',
]

export const options = {
  scenarios: {
    talk: scaleProfile({ executor: 'constant-vus', vus: 3, duration: '2m', gracefulStop: '125s' }),
  },
  // A figure by turn is kept only where a threshold names it; `max>=0` judges nothing.
  thresholds: {
    llm_failed: ['rate<0.01'],
    llm_requests: ['count>0'],
    'llm_request_duration{turn:1}': ['max>=0'],
    'llm_request_duration{turn:2}': ['max>=0'],
    'llm_request_duration{turn:3}': ['max>=0'],
  },
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'gateway'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  timeout: '120s',
})

export default async function () {
  const talk = createConversation(chat, {
    system: 'Answer in two sentences.',
    request: { max_tokens: 100 },
  })
  for (const question of questions) {
    const reply = await talk.say(question)
    if (!reply.ok) return // the next user starts anew
    pause(thinkTime(1, 3))
  }
}

export const handleSummary = createSummary({
  title: 'conversation',
  locale: env.string('LOCALE', 'en'),
})
