// The library, with all its work: the request, the reading of the answer, the metrics. Tokens are
// seen by the relay that LLM_RELAY names; library.js wraps it.
import { createChatClient } from '../../dist/index.js'

const chat = createChatClient({ baseUrl: __ENV.URL })
const tokens = Number(__ENV.TOKENS)
const read = __ENV.READ === 'yes'

export default async function () {
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: tokens })
  if (!reply.ok || reply.usage.completionTokens !== tokens) throw new Error('a wrong answer')
  if (read && reply.text.length < tokens) throw new Error('a short text')
}
