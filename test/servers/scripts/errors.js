// What a real server must refuse, each once, streamed and whole; printed as JSON for the test.
import { Counter } from 'k6/metrics'
import { createChatClient, openSession } from '../../../dist/index.js'

const done = new Counter('tests_done')
export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }

export async function setup() {
  return openSession()
}

export default async function (session) {
  const chat = createChatClient({ timeout: '60s' })
  const cases = {
    good: [{ prompt: 'Count to three.', max_tokens: 8 }, {}],
    model: [{ prompt: 'Hi', max_tokens: 4, model: 'no-such-model' }, {}],
    key: [{ prompt: 'Hi', max_tokens: 4 }, { token: 'sk-wrong' }],
    request: [{ prompt: 'Hi', max_tokens: 4, temperature: 'hot' }, {}],
  }
  for (const name of Object.keys(cases)) {
    const [request, params] = cases[name]
    for (const how of ['stream', 'complete']) {
      const reply = await chat[how](request, Object.assign({ session }, params))
      const { ok, status, error, usage } = reply
      console.log(`MADE ${JSON.stringify({ name, how, ok, status, error, usage })}`)
    }
  }
  done.add(1)
}
