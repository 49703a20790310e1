// What the two scripts of the accuracy case have in common, so that only the reading differs:
// each VU begins at a time of its own, sends a few requests one after the other, and prints its
// arrival times when all are done. So the end of one stream falls into the others' middle.
import { sleep } from 'k6'
import exec from 'k6/execution'

const vus = Number(__ENV.VUS)
const requests = Number(__ENV.REQUESTS)
const tokens = Number(__ENV.TOKENS)
const spread = Number(__ENV.SPREAD) // seconds over which the VUs begin

export const options = {
  scenarios: { default: { executor: 'per-vu-iterations', vus, iterations: 1 } },
}

/**
 * The wall time of the run's zero, to some microseconds: read where Date.now() just stepped. What
 * comes between the two readings makes it too early, so the latest of some is the best.
 */
export function setup() {
  const clock = exec.instance
  let origin = 0
  for (let i = 0; i < 10; i++) {
    const before = Date.now()
    let wall = before
    while (wall === before) wall = Date.now()
    origin = Math.max(origin, wall - clock.currentTestRunDuration)
  }
  return { origin }
}

export function run(send) {
  return async ({ origin }) => {
    const vu = exec.vu.idInTest
    sleep((spread * (vu - 1)) / vus)
    const kept = []
    for (let i = 0; i < requests; i++) {
      const id = `${vu}-${i}`
      kept.push([id, await send({ 'X-Bench': id }, tokens)])
    }
    sleep(spread + 0.5)
    for (const [id, { startedAt, ttft, at }] of kept) {
      console.log(`bench-stream ${JSON.stringify({ id, origin, startedAt, ttft, at })}`)
    }
  }
}
