// A stream and a whole answer of a server that echoes; printed as JSON for the test.
import { Counter } from 'k6/metrics'
import { createChatClient } from '../../../dist/index.js'

const done = new Counter('tests_done')
export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }
const chat = createChatClient({ model: 'gpt-5.2' })

export default async function () {
  for (const ask of [chat.stream, chat.complete]) {
    const { ok, text, finishReason, usage, timing, stream, error } = await ask(
      'the same words come back',
    )
    console.log(
      `MADE ${JSON.stringify({ ok, text, finishReason, usage, timing, chunks: stream.chunks, error })}`,
    )
  }
  done.add(1)
}
