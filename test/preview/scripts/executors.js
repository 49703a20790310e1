// One scenario of each executor; what each iteration saw is logged.
import { sleep } from 'k6'
import exec from 'k6/execution'
import { Counter } from 'k6/metrics'

const seen = new Counter('seen')

const scenarios = {
  shared: { executor: 'shared-iterations', vus: 2, iterations: 7, exec: 'quick' },
  each: { executor: 'per-vu-iterations', vus: 2, iterations: 3, exec: 'quick', startTime: '200ms' },
  constant: { executor: 'constant-vus', vus: 2, duration: '2s', exec: 'slow' },
  ramping: {
    executor: 'ramping-vus',
    startVUs: 0,
    stages: [
      { duration: '1s', target: 2 },
      { duration: '1s', target: 0 },
    ],
    exec: 'long',
    gracefulRampDown: '5s',
  },
  rate: {
    executor: 'constant-arrival-rate',
    rate: 10,
    duration: '1950ms', // none falls on the end, where k6 starts it or not
    preAllocatedVUs: 3,
    exec: 'quick',
    env: { WHO: 'rate' },
    tags: { kind: 'open' },
  },
  dropping: {
    executor: 'constant-arrival-rate',
    rate: 10,
    duration: '1950ms',
    preAllocatedVUs: 1,
    exec: 'second',
  },
  rates: {
    executor: 'ramping-arrival-rate',
    startRate: 5,
    stages: [
      { duration: '1s', target: 15 },
      { duration: '1s', target: 15 },
      { duration: '1s', target: 0 },
    ],
    preAllocatedVUs: 3,
    exec: 'quick',
  },
}

export const options = { scenarios, thresholds: { seen: ['count>0'] } }

function note() {
  seen.add(1, { who: __ENV.WHO || 'nobody' })
  const { name, executor, iterationInTest } = exec.scenario
  console.log(`SEEN ${JSON.stringify({ name, executor, iterationInTest })}`)
}

export const quick = () => note()

export function slow() {
  note()
  sleep(0.7)
}

export function second() {
  note()
  sleep(1.05)
}

export function long() {
  note()
  sleep(2.2)
}

export function handleSummary(data) {
  return { stdout: `\nSUMMARY ${JSON.stringify(data)}\n` }
}
