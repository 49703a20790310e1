// Two copies of the library in one script (COPY is a second path of dist/): a client of either
// streams, whichever of them the extension was given to.
import '../../../dist/xk6-sse.js'
import { Counter } from 'k6/metrics'
import { createChatClient as first } from '../../../dist/index.js'
import { canStream, createChatClient as second } from './copy-of-dist.js'

const done = new Counter('tests_done')
export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }

export default async function () {
  if (!canStream()) throw new Error('the second copy does not stream')
  for (const create of [first, second]) {
    const reply = await create({}).stream({ prompt: 'Hello', max_tokens: 5 })
    if (reply.timing.source !== 'stream' || reply.timing.ttft === undefined)
      throw new Error('no TTFT')
  }
  done.add(1)
}
