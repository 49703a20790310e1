// README's own script, letter by letter but for the address (test/unit/docs.test.ts).
import { createChatClient, defineTest, extendSla, slaPresets } from 'k6-llm'

export const { options, handleSummary } = defineTest({
  title: 'my test',
  scenarios: { users: { executor: 'constant-vus', vus: 5, duration: '2m' } },
  sla: extendSla(slaPresets.guideStreaming, { ttft: { p95: 800 }, tpot: { p95: 50 } }),
  login: false,
})

const chat = createChatClient({ baseUrl: 'http://localhost:8000', model: 'qwen2.5-7b' })

export default async function () {
  const reply = await chat.stream({ prompt: 'Why is the sky blue?', max_tokens: 200 })
  if (reply.ok) console.log(`first token after ${reply.timing.ttft} ms: ${reply.text}`)
  else console.log(`${reply.error.kind}: ${reply.error.message}`)
}
