// Users who read at a pace, by the library as scripts use it: what it takes of the CPU. Tokens are seen
// by the relay that LLM_RELAY names; paced-library.js wraps it.
import { sleep } from 'k6'
import exec from 'k6/execution'
import { createChatClient } from '../../dist/index.js'

const vus = Number(__ENV.VUS)
const tokens = Number(__ENV.TOKENS)

export const options = {
  scenarios: { default: { executor: 'per-vu-iterations', vus, iterations: 1 } },
}

const chat = createChatClient({ baseUrl: __ENV.URL })

export default async function () {
  sleep((Number(__ENV.SPREAD) * (exec.vu.idInTest - 1)) / vus)
  for (let i = 0; i < Number(__ENV.REQUESTS); i++) {
    const reply = await chat.stream({ prompt: 'Hello', max_tokens: tokens })
    if (!reply.ok || reply.usage.completionTokens !== tokens) throw new Error('a wrong answer')
    if (reply.timing.source !== 'stream') throw new Error('tokens were not seen')
  }
}
