import { describe, expect, test } from 'vitest'
import { planOf } from '../../../src/workload/plan.ts'

const planned = (scenario: object, more: object = {}) =>
  planOf({ scenarios: { load: scenario }, ...more })?.scenarios[0]

describe('what a scenario plans', () => {
  test('of each executor of k6', () => {
    expect(planned({ executor: 'constant-vus', vus: 2, duration: '1m30s' })).toEqual({
      name: 'load',
      end: 90_000,
    })
    const stages = [
      { duration: '10s', target: 5 },
      { duration: '20s', target: 0 },
    ]
    expect(planned({ executor: 'ramping-vus', stages })?.end).toBe(30_000)
    const rate = { executor: 'constant-arrival-rate', rate: 5, duration: '30s', preAllocatedVUs: 2 }
    expect(planned(rate)?.end).toBe(30_000)
    const free = { executor: 'externally-controlled', vus: 1, maxVUs: 5 }
    expect(planned({ ...free, duration: '30s' })?.end).toBe(30_000)
    expect(planned({ executor: 'shared-iterations', vus: 2, iterations: 20 })).toEqual({
      name: 'load',
      end: 600_000,
      iterations: 20,
    })
    expect(
      planned({ executor: 'per-vu-iterations', vus: 3, iterations: 20, maxDuration: '1m' }),
    ).toEqual({ name: 'load', end: 60_000, iterations: 60 })
  })

  test('begins at its startTime; gracefulStop is no part of it', () => {
    const scenario = { executor: 'constant-vus', vus: 1, duration: '30s', gracefulStop: '5m' }
    expect(planned({ ...scenario, startTime: '10s' })?.end).toBe(40_000)
  })

  test('what k6 shows of the scenario that a run without scenarios has', () => {
    // As exec.test.options has them on 0.47 to 2.2: what is not set is null.
    const empty = { startTime: null, gracefulStop: null, env: null, exec: null, tags: null }
    expect(
      planned({
        executor: 'per-vu-iterations',
        ...empty,
        vus: null,
        iterations: null,
        maxDuration: null,
      }),
    ).toEqual({ name: 'load', end: 600_000, iterations: 1 })
    expect(planned({ executor: 'constant-vus', ...empty, vus: 2, duration: '2s' })?.end).toBe(2000)
    const stages = [{ duration: '1s', target: 2 }]
    expect(planned({ executor: 'ramping-vus', ...empty, startVUs: null, stages })?.end).toBe(1000)
  })

  test('milliseconds as numbers, as a preview has them', () => {
    expect(planned({ executor: 'constant-vus', vus: 1, duration: 1500 })?.end).toBe(1500)
  })

  test('externally-controlled without an end has none', () => {
    expect(planned({ executor: 'externally-controlled', vus: 1, duration: '0s' })).toBeUndefined()
    expect(planned({ executor: 'externally-controlled', vus: 1, duration: null })).toBeUndefined()
  })

  test('ramping-vus is over when the last user has gone for good', () => {
    const end = (...targets: number[]) =>
      planned({
        executor: 'ramping-vus',
        startVUs: 1,
        stages: targets.map((target) => ({ duration: '10s', target })),
      })?.end
    expect(end(5, 0, 0)).toBe(20_000)
    expect(end(0, 0, 3)).toBe(30_000)
  })

  test('ramping-arrival-rate may be over with its last iteration', () => {
    const ramping = (startRate: number, timeUnit: string, ...stages: [string, number][]) =>
      planned({
        executor: 'ramping-arrival-rate',
        startRate,
        timeUnit,
        preAllocatedVUs: 5,
        stages: stages.map(([duration, target]) => ({ duration, target })),
      })?.end as number
    // 10 s at 2/s, then 50 s of nothing: the 20th is due at 10 s, the one before at 9.5 s.
    expect(ramping(2, '1s', ['10s', 2], ['0s', 0], ['50s', 0])).toBeCloseTo(9500, 3)
    expect(ramping(2, '1m', ['5m', 2])).toBeCloseTo(270_000, 3)
    // Of 10.5 iterations; k6 0.47 and 2.2 ended such a run after 5.0 s and an answer.
    const down = ramping(1, '1s', ['3s', 3], ['3s', 0])
    expect(down).toBeGreaterThan(4000)
    expect(down).toBeLessThan(5000)
    expect(
      planned({ executor: 'ramping-arrival-rate', stages: [{ duration: '9s', target: 0 }] }),
    ).toBe(undefined)
  })

  test('of an execution segment its share, and nothing where it has no user', () => {
    const segment = (executionSegment: string, scenario: object) =>
      planned(scenario, { executionSegment })
    const shared = { executor: 'shared-iterations', vus: 3, iterations: 30 }
    expect(segment('0:1/2', shared)?.iterations).toBe(15)
    expect(segment('25%', { ...shared, iterations: 40 })?.iterations).toBe(10)
    const each = { executor: 'per-vu-iterations', vus: 4, iterations: 5 }
    expect(segment('1/2:3/4', each)?.iterations).toBe(5)
    expect(segment('0:1', each)?.iterations).toBe(20)
    const alone = { executor: 'constant-vus', vus: 1, duration: '30s' }
    expect(segment('1/2:1', alone)).toBeUndefined()
    const down = {
      executor: 'ramping-vus',
      stages: [
        { duration: '10s', target: 6 },
        { duration: '20s', target: 0 },
      ],
    }
    expect(segment('0:1/2', down)?.end).toBe(10_000)
  })
})

test('the thresholds that may end a run, and from when on', () => {
  const thresholds = {
    llm_failed: [{ threshold: 'rate<0.1', abortOnFail: true, delayAbortEval: '10s' }, 'rate<0.2'],
    'llm_ttft{model:a}': [{ threshold: 'p(95)<9', abortOnFail: true, delayAbortEval: null }],
    checks: ['rate>0.9', { threshold: 'rate>0.5', abortOnFail: false }],
  }
  expect(planOf({ scenarios: {}, thresholds })?.aborts).toEqual([
    { series: 'llm_failed', threshold: 'rate<0.1', delay: 10_000 },
    { series: 'llm_ttft{model:a}', threshold: 'p(95)<9', delay: 0 },
  ])
})

test('the short forms, which k6 inspect leaves as they are', () => {
  const plan = (options: object) => planOf({ scenarios: null, ...options })?.scenarios[0]
  expect(plan({ vus: 2, duration: '10s', stages: null })).toEqual({ name: 'default', end: 10_000 })
  expect(plan({ iterations: 5, duration: '1m' })).toEqual({
    name: 'default',
    end: 60_000,
    iterations: 5,
  })
  expect(plan({ stages: [{ duration: '3s', target: 2 }] })?.end).toBe(3000)
})

test('without scenarios nothing is planned', () => {
  for (const options of [undefined, null, {}, { scenarios: null }, { vus: 1 }]) {
    expect(planOf(options)).toBeUndefined()
  }
})
