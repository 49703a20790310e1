// Switches as CASES says, a list of { name, to, manager }: the models of `to` in turn, by one
// manager. Without it, the guide's gateway and the models named in TO. The results are printed for
// the test, the servers are put back in teardown. Cases of different servers go on beside each
// other, each in a scenario of one VU.
import { Counter } from 'k6/metrics'
import { createModelManager, env } from '../../../dist/index.js'

const done = new Counter('tests_done')
const cases = JSON.parse(
  env.string('CASES', JSON.stringify([{ name: '-', to: env.string('TO', '').split(',') }])),
)
const groups = cases.map((one) => one.group || one.name).filter((g, i, all) => all.indexOf(g) === i)

export const options = {
  thresholds: { tests_done: [`count==${groups.length}`] },
  teardownTimeout: '60s',
}
if (env.string('CASES')) {
  options.scenarios = {}
  for (const group of groups) {
    options.scenarios[group] = {
      executor: 'per-vu-iterations',
      vus: 1,
      iterations: 1,
      env: { GROUP: group },
    }
  }
} else {
  options.vus = 1
  options.iterations = 1
}

const common = { deadline: '2500ms', pollInterval: 100, grace: '1s', tags: { sla: 'models' } }
const managers = cases.map((one) => createModelManager(Object.assign({}, common, one.manager)))
// Faults that a header asks for would go wrong at the way back as well.
const healers = cases.map((one) => {
  const plain = Object.assign({}, common, one.manager)
  delete plain.headers
  return createModelManager(plain)
})

export async function setup() {
  const before = []
  for (const manager of managers) before.push(await manager.status())
  return { before }
}

export default async function (session) {
  const group = env.string('GROUP', groups[0])
  for (let i = 0; i < cases.length; i++) {
    if ((cases[i].group || cases[i].name) !== group) continue
    for (const to of cases[i].to) {
      const begun = Date.now()
      const r = await managers[i].switchTo(to)
      const took = Date.now() - begun
      console.log(`SWITCH ${r.from} ${to} ${r.ok} ${r.reason || '-'} ${r.already}`)
      console.log(`CASE|${cases[i].name}|${to}|${r.reason || 'ok'}|${took}|${r.message || ''}|`)
    }
    if (cases[i].heal) await healers[i].restore(session.before[i])
  }
  console.log('SWITCHES DONE')
  done.add(1)
}

export async function teardown(session) {
  for (let i = 0; i < cases.length; i++) {
    const back = await healers[i].restore(session.before[i])
    if (back && !back.ok)
      console.error(`${cases[i].name}: not put back: ${back.reason}: ${back.message}`)
  }
}
