// Streams without an end, which k6 cuts.
import { createChatClient } from '../../../dist/index.js'

export const options = {
  scenarios: {
    cut: { executor: 'constant-vus', vus: 3, duration: __ENV.DURATION, gracefulStop: '0s' },
  },
  thresholds: { llm_failed: ['rate==0'] },
}

const chat = createChatClient({ model: 'm' })

export default async function () {
  console.log('BEGUN')
  await chat.stream('Hello')
}
