// Model management: one user switches models for 10 minutes and looks at the management API as it
// goes. A switch counts when the new model has answered. What was in memory is put back at the
// end, also after Ctrl-C. Goals: switches succeed > 90 %, within 3 minutes. Models are state of
// the whole server, so MAX_VUS does not apply: one VU switches.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=5m examples/model-management-test.js
//   k6 run -e BACKEND=ollama -e BASE_URL=http://localhost:11434 -e MODELS=qwen3:8b,llama3.2:3b \
//     -e ORDER=round-robin examples/model-management-test.js
import { check, sleep } from 'k6'
import exec from 'k6/execution'
import {
  createModelManager,
  createSummary,
  env,
  login,
  mergeThresholds,
  perTag,
  profiles,
  randomIntBetween,
  randomItem,
  scaleProfile,
  slaPresets,
  summaryTrendStats,
  switchTour,
  thinkTime,
  toThresholds,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const tags = { sla: 'models' }
let token // of this VU, from the login
const backend = env.string('BACKEND', 'gateway')
const named = env.list('MODELS')
const models = createModelManager({ backend, baseUrl, models: named, token: () => token, tags })

export const options = {
  scenarios: { models: scaleProfile(profiles.modelManagement, { maxVUs: 1 }) },
  thresholds: mergeThresholds(
    toThresholds(slaPresets.guideModelSwitch, { tags }),
    // First and later answers apart, where tokens are not seen arriving.
    perTag('start', ['cold', 'warm'], ['llm_ttft_probe']),
  ),
  summaryTrendStats,
  // A switch in flight, then the one back.
  teardownTimeout: models.teardownTimeout,
}

// The pause between two switches, in seconds; the guide has 5 to 15.
const pause = env.number('SWITCH_PAUSE', undefined, { min: 0 })
const roundRobin = env.string('ORDER', 'random') === 'round-robin'

export async function setup() {
  const session = {}
  if (!env.string('API_TOKEN') && env.string('TEST_EMAIL')) {
    const reply = await login({ baseUrl: baseUrl() })
    if (!reply.ok) exec.test.abort(`login failed: ${reply.error.kind}: ${reply.error.message}`)
    session.token = reply.token
  }
  const status = await models.status()
  if (!status.ok) exec.test.abort(`no model status: ${status.error.kind}: ${status.error.message}`)
  console.log(`first model: ${status.current} (${status.state})`)
  session.before = status
  session.models = named || status.models
  if (backend === 'gateway' && !named) {
    // Only profiles that suit the hardware are switched to, as the gateway itself advises.
    const advice = await models.recommendations()
    const suitable = advice.ok ? advice.json.compatible_profiles.map((p) => p.profile_id) : []
    if (suitable.length > 0) session.models = suitable
  }
  if (session.models.length < 2) exec.test.abort(`one model only: ${session.models}; set MODELS`)
  return session
}

export default async function (session) {
  token = session.token
  const status = await models.status()
  check(status, { 'status answers, with its models': (r) => r.ok && r.models.length > 0 })
  if (backend === 'gateway') {
    check(await models.profiles(), { 'profiles answers': (r) => r.ok })
    check(await models.recommendations(), { 'recommendations answers': (r) => r.ok })
  }

  const done = await models.switchTo(nextModel(session.models, status))
  if (!done.ok) console.warn(`${done.from} → ${done.to} failed: ${done.reason}: ${done.message}`)
  else if (!done.already) console.log(`${done.from} → ${done.to}: ${Math.round(done.duration)} ms`)
  check(done, { 'the new model answers': (r) => r.ok })

  // Now and then the profiles are read anew; the guide's gateway then forgets the current model.
  if (backend === 'gateway' && randomIntBetween(1, 10) === 1) await reload(done.to)
  sleep(pause === undefined ? thinkTime(5, 15) : pause)
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
  check(await models.reload(), { 'reload answers': (r) => r.ok })
  const after = await models.waitReady()
  if (after.current !== current) console.log(`reload put ${after.current} in force, not ${current}`)
}

export async function teardown(session) {
  token = session.token
  const back = await models.restore(session.before)
  if (back && !back.ok) console.error(`not put back: ${back.to}: ${back.reason}: ${back.message}`)
  else console.log(`first model in force: ${session.before.current}`)
}

export const handleSummary = createSummary({
  title: 'model management test',
  sla: slaPresets.guideModelSwitch,
  tags,
  locale: env.string('LOCALE', 'en'),
})
