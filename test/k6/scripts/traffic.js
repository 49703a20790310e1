// What is sent and when, all from seeds: the test compares what the simulator received.
import {
  createChatClient,
  env,
  loadDataset,
  poissonArrivals,
  syntheticPrompts,
} from '../../../dist/index.js'

const arrivals = poissonArrivals({
  rate: env.number('RATE', 10),
  duration: env.string('LENGTH', '3s'),
  expectedDuration: '500ms',
})
const prompts = syntheticPrompts({
  inputTokens: { lognormal: [60, 0.8], min: 8, max: 400 },
  outputTokens: { uniform: [2, 9] },
  sharedPrefix: { tokens: 6, groups: 3 },
})
const data = loadDataset('rows.jsonl', () => open('./rows.jsonl'), { order: 'shuffled' })

export const options = {
  scenarios: { traffic: arrivals.scenario },
  thresholds: Object.assign({ llm_failed: ['rate==0'] }, arrivals.thresholds),
}

const chat = createChatClient({ api: 'openai-chat', model: 'sim-7b' })

export default async function () {
  const arrival = arrivals.wait()
  const { request } = prompts.next()
  const { fields } = data.next()
  const headers = { 'x-arrival': String(arrival.index), 'x-row': fields.id }
  await chat.complete(request, { arrival, headers })
}
