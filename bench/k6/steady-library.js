// Answers one after the other at the server's pace, for as long as the run lasts.
import { createChatClient } from '../../dist/index.js'
import '../../dist/xk6-sse.js'

const chat = createChatClient({ baseUrl: __ENV.URL })
const tokens = Number(__ENV.TOKENS)

export default async function () {
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: tokens })
  if (!reply.ok) throw new Error(reply.error.message)
}
