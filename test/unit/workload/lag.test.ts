import { beforeEach, describe, expect, test, vi } from 'vitest'
import { clientLag, clientLagScenario, pause } from '../../../src/workload/lag.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { lateness } from '../../support/k6/k6.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'

const lag = () => valuesOf('llm_client_lag').map((ms) => Number(ms.toFixed(6)))

beforeEach(() => {
  world.reset()
  world.tick = 0
  lateness.length = 0
  samples.length = 0
  vi.stubGlobal('__ENV', {})
})

describe('pause', () => {
  test('sleeps and records how late it woke', () => {
    lateness.push(0.4)
    pause(1.5)
    expect(world.time).toBeCloseTo(1500.4)
    expect(lag()).toEqual([0.4])
  })

  test('records nothing where it was cut short, or asked for no waking', () => {
    lateness.push(-700) // the scenario ended
    pause(1)
    pause(0)
    expect(lag()).toEqual([])
  })

  test.each([-1, Number.NaN, Infinity, undefined as never])('refuses %s', (wrong) => {
    expect(() => pause(wrong)).toThrow(Aborted)
    expect(world.aborted).toMatch(/pause\(.*\): expected seconds, 0 or more, like pause\(thinkTime/)
  })
})

describe('the scenario that watches', () => {
  test('is one VU, one iteration, as long as asked', () => {
    expect(clientLagScenario({ duration: '2m' })).toEqual({
      executor: 'per-vu-iterations',
      vus: 1,
      iterations: 1,
      maxDuration: '125s',
      gracefulStop: '0s',
      exec: 'clientLag',
    })
    vi.stubGlobal('__ENV', { TEST_DURATION: '30s' })
    expect(clientLagScenario()).toMatchObject({ maxDuration: '35s' })
  })

  test('wakes ten times a second until its end', () => {
    clientLagScenario({ duration: '3s' })
    lateness.push(0.5, 0.25)
    clientLag()
    expect(lag()).toHaveLength(30)
    // The second waking is due 200 ms after the start, however late the first was.
    expect(lag().slice(0, 3)).toEqual([0.5, 0.25, 0])
    expect(world.time).toBeCloseTo(3000)
  })

  test('a standstill is as many samples as wakings were missed', () => {
    clientLagScenario({ duration: '2s' })
    lateness.push(0, 550)
    clientLag()
    expect(lag().slice(0, 9)).toEqual([0, 550, 450, 350, 250, 150, 50, 0, 0])
    expect(lag()).toHaveLength(20)
  })

  test('wrong options end the test at init', () => {
    world.init = true
    expect(() => clientLagScenario()).toThrow(/the length of the load, got nothing; pass/)
    expect(() => clientLagScenario({ duration: 'long' })).toThrow(/duration: expected milliseconds/)
    expect(() => clientLagScenario({ length: 1 } as never)).toThrow(/unknown option "length"/)
  })
})
