import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setDefaultTransport } from '../../../src/chat/default-transport.ts'
import { relayTransport } from '../../../src/chat/transports/relay.ts'
import type { Scenario, ScenarioGroup } from '../../../src/workload/profiles.ts'
import {
  askedIterations,
  leastIterations,
  validityThresholds,
} from '../../../src/workload/validity.ts'
import { world } from '../../support/k6/execution.ts'

beforeEach(() => {
  world.reset()
  world.init = true
})

describe('validityThresholds', () => {
  test('fail a late generator, dropped iterations, and a lag that nothing watched', () => {
    expect(validityThresholds()).toEqual({
      llm_client_lag: ['p(99)<50', 'max>0'],
      dropped_iterations: ['count==0'],
    })
  })

  test('with scenarios: 1 % may be dropped, 95 % of each must come to its end', () => {
    const scenarios = {
      chat: { executor: 'constant-arrival-rate', rate: 10, duration: '2m' },
      few: { executor: 'constant-arrival-rate', rate: 1, duration: '10s' },
      rounds: { executor: 'per-vu-iterations', vus: 2, iterations: 10 },
      users: { executor: 'constant-vus', vus: 3, duration: '2m' },
      lag: { executor: 'per-vu-iterations', exec: 'clientLag' },
    }
    expect(validityThresholds({ lag: 20, scenarios })).toEqual({
      llm_client_lag: ['p(99)<20', 'max>0'],
      'dropped_iterations{scenario:chat}': ['count<=12'],
      'iterations{scenario:chat}': ['count>=1140'],
      'dropped_iterations{scenario:few}': ['count==0'],
      'iterations{scenario:few}': ['count>=9'],
      // Here "dropped" is what `maxDuration` left undone: that is judged by what was done.
      'iterations{scenario:rounds}': ['count>=19'],
    })
    const own = validityThresholds({ dropped: 3, scenarios })
    expect(own['dropped_iterations{scenario:few}']).toEqual(['count<=3'])
    expect(validityThresholds({ dropped: 3 }).dropped_iterations).toEqual(['count<=3'])
  })

  describe('with the relay in force', () => {
    beforeEach(() => setDefaultTransport(relayTransport({ url: 'http://127.0.0.1:9470' })))
    afterEach(() => {
      Reflect.deleteProperty(globalThis, 'k6-llm/transport@1')
    })

    test('fail one that was the bottleneck, or gone', () => {
      expect(validityThresholds({ relay: 20 })).toEqual({
        llm_client_lag: ['p(99)<50', 'max>0'],
        llm_relay_delay: ['p(99)<20'],
        llm_relay_overhead: ['p(99)<500'],
        llm_relay_errors: ['count==0'],
        dropped_iterations: ['count==0'],
      })
      expect(validityThresholds().llm_relay_delay).toEqual(['p(99)<50'])
    })
  })

  test.each([
    [{ lag: 0 }, /lag=0: expected milliseconds over 0/],
    [{ relay: -1 }, /relay=-1: expected milliseconds over 0, like 50/],
    [{ dropped: 1.5 }, /dropped=1.5: expected a whole number/],
    [{ drops: 1 }, /unknown option "drops"/],
    [{ scenarios: [] }, /scenarios=\[\]: expected the object of options.scenarios/],
    [
      { scenarios: { a: { vus: 1 } } },
      /scenarios\["a"\]=.*: expected a scenario with its executor/,
    ],
  ])('refuses %j', (options, message) => {
    expect(() => validityThresholds(options as never)).toThrow(message)
  })
})

describe('how many iterations a scenario asks for', () => {
  const count = (scenario: Scenario) => askedIterations({ s: scenario } as ScenarioGroup).s

  test.each([
    [{ executor: 'constant-arrival-rate', rate: 10, duration: '1m30s' }, 900],
    [{ executor: 'constant-arrival-rate', rate: 90, timeUnit: '1m', duration: '2m' }, 180],
    [
      {
        executor: 'ramping-arrival-rate',
        startRate: 10,
        stages: [
          { duration: '10s', target: 30 },
          { duration: '5s', target: 30 },
          { duration: '10s', target: 0 },
        ],
      },
      200 + 150 + 150,
    ],
    [{ executor: 'shared-iterations', vus: 5, iterations: 40 }, 40],
    [{ executor: 'per-vu-iterations', vus: 5, iterations: 4 }, 20],
    [{ executor: 'constant-vus', vus: 5, duration: '1m' }, undefined],
    [{ executor: 'ramping-vus', stages: [] }, undefined],
    [{ executor: 'per-vu-iterations', exec: 'clientLag' }, undefined],
  ] as [Scenario, number | undefined][])('%j: %s', (scenario, expected) => {
    expect(count(scenario)).toBe(expected)
  })

  test('one less at the edge of a window is no loss', () => {
    expect(leastIterations(30, 0.01)).toBe(29)
    expect(leastIterations(1200, 0.05)).toBe(1140)
  })
})
