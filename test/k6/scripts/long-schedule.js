// 100 VUs, each of which has the schedule of an hour at hand.
import { env, poissonArrivals } from '../../../dist/index.js'

const arrivals = poissonArrivals({ rate: env.number('RATE'), duration: env.string('LENGTH') })

export const options = {
  scenarios: {
    begin: { executor: 'per-vu-iterations', vus: env.number('VUS'), iterations: 1 },
  },
}

export default function () {
  if (!(arrivals.dueAt(arrivals.count - 1) > 0)) throw new Error('no schedule')
}
