// Switches through the models named in TO, once each; the results are printed for the test.
import { Counter } from 'k6/metrics'
import { createModelManager, env } from '../../../dist/index.js'

const done = new Counter('tests_done')
export const options = {
  vus: 1,
  iterations: 1,
  thresholds: { tests_done: ['count==1'] },
  teardownTimeout: '60s',
}

const models = createModelManager({
  deadline: '3s',
  pollInterval: 100,
  grace: '1s',
  tags: { sla: 'models' },
})

export async function setup() {
  return { initial: (await models.status()).current }
}

export default async function () {
  for (const to of env.string('TO').split(',')) {
    const result = await models.switchTo(to)
    console.log(
      `SWITCH ${result.from} ${result.to} ${result.ok} ${result.reason || '-'} ${result.already}`,
    )
  }
  console.log('SWITCHES DONE')
  done.add(1)
}

export async function teardown(session) {
  await models.restore(session.initial)
}
