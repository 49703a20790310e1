// Wrong use, at init (WHERE=init) or in VU code (WHERE=vu). The test must not go on.
import { Counter } from 'k6/metrics'
import * as llm from '../../../dist/index.js'

const done = new Counter('tests_done')
export const options = { vus: 2, iterations: 20 }

const wrong = {
  api: () => llm.createChatClient({ baseUrl: 'http://127.0.0.1:9', api: 'vllm' }),
  baseUrl: () => llm.createChatClient({}),
  option: () => llm.createChatClient({ baseUrl: 'http://127.0.0.1:9', modle: 'x' }),
  timeout: () => llm.createChatClient({ baseUrl: 'http://127.0.0.1:9', timeout: 'soon' }),
  sla: () => llm.toThresholds({ name: 'x', source: 'x', tfft: { p95: 1 } }),
  maxVus: () => llm.scaleProfile(llm.profiles.load),
  summary: () => llm.createSummary({ formats: ['docx'] }),
  preset: () => llm.toThresholds(llm.slaPresets.guideStreming),
  profile: () => llm.scaleProfile(llm.profiles.laod),
  backend: () => llm.createModelManager({ baseUrl: 'http://127.0.0.1:9', backend: 'nope' }),
}[__ENV.WRONG]

if (__ENV.WHERE === 'init') wrong()

export default async function () {
  wrong()
  done.add(1)
}
