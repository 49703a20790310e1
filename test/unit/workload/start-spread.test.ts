import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { spreadStart, startsAtOnce, usersTogether } from '../../../src/workload/start-spread.ts'
import { Aborted, world } from '../../support/k6/execution.ts'

const global = globalThis as unknown as { __ENV: Record<string, string>; __VU: number }
let start = Date.UTC(2026, 10, 27)

beforeEach(() => {
  world.reset()
  world.tick = 0
  global.__ENV = {}
  // Each in a scenario of its own: a VU waits once in each.
  start += 1_000_000
  world.scenarioStart = start
  vi.useFakeTimers({ now: start })
})
afterEach(() => {
  vi.useRealTimers()
})

/** ms that a VU waits, `late` ms after its scenario began. */
function waitOf(vu: number, scenario: Record<string, unknown>, late = 0): number {
  world.vu = vu
  world.scenario = scenario
  start += 1_000_000
  world.scenarioStart = start
  vi.setSystemTime(start + late)
  const before = world.time
  spreadStart()
  return world.time - before
}

const users = { executor: 'constant-vus', vus: 200, duration: '1m' }

describe('the first requests of many users', () => {
  test('are spread evenly over 5 ms for each, at a place by SEED', () => {
    const waits = Array.from({ length: 200 }, (_, vu) => waitOf(vu + 1, users))
    expect(new Set(waits.map((wait) => Math.floor(wait / 5))).size).toBe(200)
    expect(Math.min(...waits)).toBeLessThan(5)
    expect(Math.max(...waits)).toBeGreaterThan(995)
    expect(Math.max(...waits)).toBeLessThan(1000)
    expect(waitOf(7, users)).toBe(waits[6])
    global.__ENV = { SEED: '2' }
    expect(waitOf(7, users)).not.toBe(waits[6])
  })

  test('take 2 s at most, or what START_SPREAD says', () => {
    expect(waitOf(4999, { ...users, vus: 5000 })).toBeLessThan(2000)
    global.__ENV = { START_SPREAD: '10s' }
    expect(waitOf(199, users)).toBeGreaterThan(9900)
    global.__ENV = { START_SPREAD: '0s' }
    expect(waitOf(199, users)).toBe(0)
    global.__ENV = { START_SPREAD: 'soon' }
    expect(() => waitOf(199, users)).toThrow(Aborted)
  })

  test('once for each user in a scenario, and not for who comes later', () => {
    expect(waitOf(100, users)).toBeGreaterThan(0)
    const before = world.time
    spreadStart()
    expect(world.time).toBe(before)
    // 300 ms went by with a login: what is left of its slot.
    expect(waitOf(100, users, 300)).toBeCloseTo(waitOf(100, users) - 300)
    expect(waitOf(100, users, 600)).toBe(0)
    expect(waitOf(100, users, 1500)).toBe(0)
  })

  test.each([
    [{ executor: 'constant-vus', vus: 9, duration: '1m' }, 9],
    [{ executor: 'constant-arrival-rate', rate: 50, preAllocatedVUs: 100 }, 0],
    [{ executor: 'ramping-vus', startVUs: 1, stages: [{ target: 100, duration: '1m' }] }, 1],
    [{ executor: 'shared-iterations', vus: 100, iterations: 5 }, 5],
    [{ executor: 'per-vu-iterations', vus: null, iterations: 5 }, 1],
  ])('%j do not begin together', (scenario, together) => {
    expect(waitOf(5, scenario)).toBe(0)
    expect(usersTogether()).toBe(together)
    expect(startsAtOnce(together)).toBe(false)
  })

  test.each([
    { executor: 'ramping-vus', startVUs: 100, stages: [] },
    { executor: 'per-vu-iterations', vus: 100, iterations: 1 },
    { executor: 'shared-iterations', vus: 100, iterations: 1000 },
  ])('%j do', (scenario) => {
    expect(waitOf(99, scenario)).toBeGreaterThan(0)
    expect(usersTogether()).toBe(100)
    expect(startsAtOnce(100)).toBe(false)
    global.__ENV = { START_SPREAD: '0s' }
    expect(startsAtOnce(100)).toBe(true)
  })

  test('nothing waits outside of a scenario', () => {
    world.init = true
    spreadStart()
    expect(world.time).toBe(0)
  })
})
