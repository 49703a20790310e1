// A/B: each scenario has its own MODEL, BASE_URL and API_TOKEN, read at the request.
import { createChatClient } from '../../../dist/index.js'

const scenario = (letter) => ({
  executor: 'per-vu-iterations',
  vus: 1,
  iterations: 3,
  env: { MODEL: `model-${letter}`, BASE_URL: __ENV[`URL_${letter}`], API_TOKEN: `token-${letter}` },
  tags: { test_type: letter },
})
export const options = {
  scenarios: { a: scenario('a'), b: scenario('b') },
  thresholds: {
    'llm_requests{model:model-a}': ['count==3'],
    'llm_requests{test_type:b}': ['count==3'],
  },
}

const chat = createChatClient()

export default async function () {
  await chat.complete({ prompt: 'Hello', max_tokens: 3 })
}
