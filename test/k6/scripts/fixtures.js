// Reads every fixture on this k6 and prints what it made of each.
import { Counter } from 'k6/metrics'
import { interpretStream, parseEventStream } from '../../../dist/index.js'

const done = new Counter('tests_done')
const fixtures = JSON.parse(__ENV.FIXTURES).map(({ file, api }) => ({
  file,
  api,
  text: open(`../../fixtures/streams/${file}`),
}))

export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }

export default function () {
  for (const { file, api, text } of fixtures) {
    const made = { file, parsed: parseEventStream(text), outcome: interpretStream(text, { api }) }
    console.log(`MADE ${JSON.stringify(made)}`)
  }
  done.add(1)
}
