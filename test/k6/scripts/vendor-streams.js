// Sends a request for each stream of the fixture and prints what came of it.
import { Counter } from 'k6/metrics'
import { createChatClient } from '../../../dist/index.js'

const done = new Counter('tests_done')
const streams = JSON.parse(open('../../fixtures/vendor-streams.json')).map(({ name, api }) => ({
  name,
  api,
}))

export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }

export default async function () {
  for (const { name, api } of streams) {
    const chat = createChatClient({ api, path: `/${name}`, model: 'm', timeout: '20s' })
    console.log(`MADE ${JSON.stringify({ name, result: await chat.stream('hi') })}`)
  }
  done.add(1)
}
