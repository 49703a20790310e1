// Every wire of every server: a stream, a whole answer, reasoning, and an error after HTTP 200.
// The results are printed as JSON for the test.
import { Counter } from 'k6/metrics'
import { createChatClient } from '../../../dist/index.js'

const done = new Counter('tests_done')
const servers = JSON.parse(__ENV.SERVERS)

export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }

function show(name, reply) {
  const { ok, text, reasoning, usage, finishReason, timing, stream, error } = reply
  const { source, ttft, ttfo, tpot } = timing
  const seen = {
    name,
    ok,
    text,
    reasoning,
    usage,
    finishReason,
    source,
    ttft,
    ttfo,
    tpot,
    chunks: stream.chunks,
    error,
  }
  console.log(`MADE ${JSON.stringify(seen)}`)
}

export default async function () {
  for (const { flavor, api, url } of servers) {
    const chat = createChatClient({
      baseUrl: url,
      api,
      token: 'key',
      timeout: '5s',
      model: flavor === 'gateway' ? undefined : 'sim-7b',
    })
    const name = `${flavor} ${api}`
    show(`${name} stream`, await chat.stream({ prompt: 'Hello', max_tokens: 12 }))
    show(`${name} whole`, await chat.complete({ prompt: 'Hello', max_tokens: 12 }))
    show(
      `${name} error-event`,
      await chat.stream(
        { prompt: 'Hello', max_tokens: 12 },
        { headers: { 'x-sim-fault': 'error-event:3' } },
      ),
    )
    show(
      `${name} truncated`,
      await chat.stream(
        { prompt: 'Hello', max_tokens: 12 },
        { headers: { 'x-sim-fault': 'truncated:3' } },
      ),
    )
    show(
      `${name} 429`,
      await chat.stream({ prompt: 'Hello', max_tokens: 12 }, { headers: { 'x-sim-fault': '429' } }),
    )
  }
  done.add(1)
}
