// Model management: one user switches models at random for 10 minutes and looks at the
// management API as it goes. A switch counts when the new model has answered. The first model is
// put back at the end, also after Ctrl-C. Goals: switches succeed > 90 %, within 3 minutes.
// Models are state of the whole server, so MAX_VUS does not apply: one VU switches.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e TEST_DURATION=5m examples/model-management-test.js
import { check, sleep } from 'k6'
import exec from 'k6/execution'
import {
  createModelManager,
  createSummary,
  env,
  login,
  profiles,
  randomIntBetween,
  randomItem,
  scaleProfile,
  slaPresets,
  summaryTrendStats,
  thinkTime,
  toThresholds,
} from '../dist/index.js'

const baseUrl = () => env.baseUrl('http://localhost:8000')
const tags = { sla: 'models' }
let token // of this VU, from the login
const models = createModelManager({
  backend: 'gateway',
  baseUrl,
  token: () => token,
  tags,
})

export const options = {
  scenarios: { models: scaleProfile(profiles.modelManagement, { maxVUs: 1 }) },
  thresholds: toThresholds(slaPresets.guideModelSwitch, { tags }),
  summaryTrendStats,
  // Teardown may have to wait for a switch in flight and then to switch back.
  teardownTimeout: `${Math.ceil(models.deadline / 1000) * 2 + 60}s`,
}

// The pause between two switches, in seconds; the guide has 5 to 15.
const pause = env.number('SWITCH_PAUSE', undefined, { min: 0 })

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
  // Only profiles that suit the hardware are switched to, as the gateway itself advises.
  const advice = await models.recommendations()
  const suitable = advice.ok ? advice.json.compatible_profiles.map((p) => p.profile_id) : []
  session.models = suitable.length > 0 ? suitable : status.models
  session.initial = status.current
  return session
}

export default async function (session) {
  token = session.token
  const status = await models.status()
  check(status, { 'status answers, with a state': (r) => r.ok && r.models.length > 0 })
  const profilesReply = await models.profiles()
  check(profilesReply, { 'profiles answers': (r) => r.ok })
  const advice = await models.recommendations()
  check(advice, { 'recommendations answers': (r) => r.ok })

  const others = session.models.filter((model) => model !== status.current)
  const target = randomItem(others.length > 0 ? others : session.models)
  const done = await models.switchTo(target)
  if (done.ok && !done.already) {
    console.log(`${done.from} → ${done.to}: ${Math.round(done.duration)} ms`)
  } else if (!done.ok) {
    console.warn(`${done.from} → ${done.to} failed: ${done.reason}: ${done.message}`)
  }
  check(done, { 'the new model answers': (r) => r.ok })

  // Now and then the profiles are read anew; the guide's gateway then forgets the current model.
  if (randomIntBetween(1, 10) === 1) {
    check(await models.reload(), { 'reload answers': (r) => r.ok })
  }
  sleep(pause === undefined ? thinkTime(5, 15) : pause)
}

export async function teardown(session) {
  token = session.token
  const back = await models.restore(session.initial)
  if (back && !back.ok) console.error(`${session.initial} was not put back: ${back.reason}`)
  else console.log(`first model in force: ${session.initial}`)
}

export const handleSummary = createSummary({
  title: 'model management test',
  sla: slaPresets.guideModelSwitch,
  tags,
  locale: env.string('LOCALE', 'en'),
})
