// Model management: one user switches models for 10 minutes and looks at the management API as it
// goes. A switch counts when the new model has answered. What was in memory is put back at the
// end, also after Ctrl-C. Goals: switches succeed > 90 %, within 3 minutes. Models are state of
// the whole server, so MAX_VUS does not apply: one VU switches. A server that cannot switch (a
// plain vLLM, OpenAI) has its list of models and its model asked, and the report says so.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=5m examples/model-management-test.js
//   k6 run -e BACKEND=ollama -e BASE_URL=http://localhost:11434 -e MODELS=qwen3:8b,llama3.2:3b \
//     -e ORDER=round-robin examples/model-management-test.js
import { check, sleep } from 'k6'
import exec from 'k6/execution'
import {
  createChatClient,
  createModelManager,
  defineTest,
  env,
  perTag,
  profiles,
  randomIntBetween,
  randomItem,
  scaleProfile,
  slaPresets,
  switchTour,
  thinkTime,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const tags = { sla: 'models' }
const named = env.list('MODELS')
// Whoever names a backend wants switches: then a run without any fails.
const wanted = env.string('BACKEND', 'auto') !== 'auto'
const chat = createChatClient({ baseUrl, tags })

export const { options, setup, handleSummary } = defineTest({
  title: 'model management test',
  scenarios: { models: scaleProfile(profiles.modelManagement, { maxVUs: 1 }) },
  sla: slaPresets.guideModelSwitch,
  tags,
  optional: !wanted,
  // First and later answers apart, where tokens are not seen arriving.
  thresholds: perTag('start', ['cold', 'warm'], ['llm_ttft_probe']),
  // A switch in flight, then the one back.
  options: { teardownTimeout: createModelManager({ baseUrl }).teardownTimeout },
  login: { baseUrl },
  setup: findModels,
})

// The pause between two switches, in seconds; the guide has 5 to 15.
const pause = env.number('SWITCH_PAUSE', undefined, { min: 0 })
const roundRobin = env.string('ORDER', 'random') === 'round-robin'

let manager // of this VU

function managerOf({ api, backend, token }) {
  // What manages models has a wire of its own; a mere list is asked as the server is.
  const wire = backend === 'list' ? api : undefined
  if (!manager) {
    manager = createModelManager({ backend, api: wire, baseUrl, models: named, token, tags })
  }
  return manager
}

/** What is switched between, if anything is. */
async function findModels(session) {
  const { name, backend } = session
  if (!backend) return leaveOut(session, `${name || 'the server'} has no list of its models`)

  const models = managerOf(session)
  const status = await models.status()
  if (!status.ok) exec.test.abort(`no model status: ${status.error.kind}: ${status.error.message}`)
  if (backend === 'list') return leaveOut(session, `${name} has no call that loads a model`)
  console.log(`first model: ${status.current} (${status.state})`)
  session.before = status
  // `ollama cp` gives one model two names.
  session.models = named || status.models.filter((model) => !status.aliases[model])
  if (backend === 'gateway' && !named) {
    // Only profiles that suit the hardware are switched to, as the gateway itself advises.
    const advice = await models.recommendations()
    const suitable = advice.ok ? advice.json.compatible_profiles.map((p) => p.profile_id) : []
    if (suitable.length > 0) session.models = suitable
  }
  session.switches = session.models.length > 1
  if (session.switches) return session
  const one = `one model only: ${session.models}; set MODELS`
  if (wanted) exec.test.abort(one)
  return leaveOut(session, one)
}

function leaveOut(session, why) {
  session.notes = { 'left out': `switches: ${why}` }
  console.log(`left out: ${session.notes['left out']}`)
  return session
}

export default async function (session) {
  const { backend, switches } = session
  const models = backend && managerOf(session)
  const status = models && (await models.status())
  if (status)
    check(status, { 'status answers, with its models': (r) => r.ok && r.models.length > 0 })
  if (backend === 'gateway') {
    check(await models.profiles(), { 'profiles answers': (r) => r.ok })
    check(await models.recommendations(), { 'recommendations answers': (r) => r.ok })
  }
  if (switches) await switchTo(nextModel(session.models, status), session)
  else {
    const reply = await chat.complete({ prompt: 'Hi', max_tokens: 1 }, { session })
    check(reply, { 'the model answers': (r) => r.ok })
  }
  sleep(pause === undefined ? thinkTime(5, 15) : pause)
}

async function switchTo(model, { backend }) {
  const done = await manager.switchTo(model)
  if (!done.ok) console.warn(`${done.from} → ${done.to} failed: ${done.reason}: ${done.message}`)
  else if (!done.already) console.log(`${done.from} → ${done.to}: ${Math.round(done.duration)} ms`)
  check(done, { 'the new model answers': (r) => r.ok })

  // Now and then the profiles are read anew; the guide's gateway then forgets the current model.
  if (backend === 'gateway' && randomIntBetween(1, 10) === 1) await reload(done.to)
}

let tour
let step = 0

/** Any other model, or the next of a tour through all pairs. */
function nextModel(names, status) {
  if (roundRobin) {
    const first = names.indexOf(status.current) !== -1 ? status.current : names[0]
    if (!tour) tour = switchTour([first].concat(names.filter((name) => name !== first)))
    return tour[step++ % tour.length]
  }
  const others = names.filter((name) => name !== status.current)
  return randomItem(others.length > 0 ? others : names)
}

async function reload(current) {
  check(await manager.reload(), { 'reload answers': (r) => r.ok })
  const after = await manager.waitReady()
  if (after.current !== current) console.log(`reload put ${after.current} in force, not ${current}`)
}

export async function teardown(session) {
  if (!session.switches) return
  const back = await managerOf(session).restore(session.before)
  if (back && !back.ok) console.error(`not put back: ${back.to}: ${back.reason}: ${back.message}`)
  else console.log(`first model in force: ${session.before.current}`)
}
