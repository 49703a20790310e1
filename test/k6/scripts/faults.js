// One request for each fault of the simulator; the results are printed as JSON for the test.
import { Counter } from 'k6/metrics'
import { createChatClient, env } from '../../../dist/index.js'

const done = new Counter('tests_done')
const faults = env.string('FAULTS').split(',')

export const options = {
  vus: 1,
  iterations: 1,
  thresholds: { tests_done: ['count==1'] },
}

// These errors are meant.
const chat = createChatClient({ timeout: '1500ms', stopOnMisuse: false })

export default async function () {
  for (const fault of faults) {
    const reply = await chat.stream('Hello', { headers: { 'x-sim-fault': fault } })
    console.log(
      `RESULT ${JSON.stringify({ fault, ok: reply.ok, error: reply.error, text: reply.text, chunks: reply.stream.chunks, buffered: reply.stream.buffered })}`,
    )
  }
  const reply = await chat.stream('Hello')
  console.log(
    `RESULT ${JSON.stringify({ fault: 'none', ok: reply.ok, error: reply.error, text: reply.text, chunks: reply.stream.chunks, buffered: reply.stream.buffered })}`,
  )
  done.add(1)
}
