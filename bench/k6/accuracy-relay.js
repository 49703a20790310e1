// The library on a stock k6: tokens are seen by the relay that LLM_RELAY names.
// accuracy-library.js wraps it.
import { createChatClient } from '../../dist/index.js'
import { run } from './accuracy.js'

export { options, setup } from './accuracy.js'

const chat = createChatClient({ baseUrl: __ENV.URL, keep: 'recording' })

export default run(async (headers, tokens) => {
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: tokens }, { headers })
  if (!reply.ok) throw new Error(reply.error.message)
  const { startedAt, at } = reply.recording
  return { startedAt, at, ttft: reply.timing.ttft }
})
