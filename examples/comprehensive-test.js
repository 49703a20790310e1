// Chat, streams and API calls side by side for 10 minutes; what a server lacks is left out, and said.
//
//   npx k6-llm run -e BASE_URL=http://localhost:8000 examples/comprehensive-test.js
import { check } from 'k6'
import http from 'k6/http'
import {
  createChatClient,
  createModelManager,
  createServerMonitor,
  defineTest,
  env,
  pause,
  pickPrompt,
  profiles,
  scaleProfile,
  slaPresets,
  thinkTime,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const tags = { sla: 'api' }
const parts = scaleProfile(profiles.comprehensive)
const server = createServerMonitor({ baseUrl })
const chat = createChatClient({ baseUrl, timeout: '120s' })
let models // of this VU

export const { options, setup, handleSummary } = defineTest({
  title: 'comprehensive test',
  scenarios: {
    chat: Object.assign({ exec: 'chatLoad' }, parts.chat),
    streaming: Object.assign({ exec: 'streaming' }, parts.streaming),
    api: Object.assign({ exec: 'apiStability' }, parts.api),
  },
  sla: [
    { sla: slaPresets.guideChat, tags: { sla: 'chat' } },
    { sla: slaPresets.guideComplex, tags: { sla: 'complex' } },
    // On stock k6 no token is seen arriving: TTFT is then reported as not measured.
    { sla: slaPresets.guideStreaming, tags: { sla: 'streaming' }, unmeasured: 'report' },
    { sla: slaPresets.guideApi, tags, optional: true },
  ],
  login: { baseUrl },
  async setup(session) {
    const has = { '/health': session.health, 'the list of models': session.backend }
    has.profiles = has.recommendations = session.backend === 'gateway'
    has['/metrics'] = await server.sample()
    const missing = Object.keys(has).filter((name) => !has[name])
    if (missing.length > 0) session.notes = { 'left out': `it has no ${missing.join(', ')}` }
    if (session.notes) console.log(`left out: ${session.notes['left out']}`)
    return session
  },
})

export async function chatLoad(session) {
  const { prompt, complexity, max_tokens } = pickPrompt()
  const tags = { complexity, sla: complexity === 'complex' ? 'complex' : 'chat' }
  const reply = await chat.complete({ prompt, max_tokens, temperature: 0.7 }, { session, tags })
  check(reply, { 'chat: has an answer': (r) => r.ok && r.text.length > 0 })
  pause(thinkTime(1, 3))
}

export async function streaming(session) {
  const { prompt } = pickPrompt({ weights: { complex: 1 } })
  const request = { prompt, max_tokens: 400, temperature: 0.8 }
  const reply = await chat.stream(request, { session, tags: { sla: 'streaming' } })
  check(reply, { 'streaming: came to its end': (r) => r.ok })
  pause(3)
}

export async function apiStability({ api, backend, health, token }) {
  if (health) check(http.get(health, { tags }), { 'api: health': (r) => r.status === 200 })
  if (backend && !models) models = createModelManager({ api, backend, baseUrl, token, tags })
  const calls = backend === 'gateway' ? ['status', 'profiles', 'recommendations'] : ['status']
  for (const call of models ? calls : []) {
    check(await models[call](), { [`api: ${call}`]: (r) => r.ok })
    pause(0.5)
  }
  await server.sample()
  pause(2)
}
