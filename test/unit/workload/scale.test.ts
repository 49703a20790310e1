import { beforeEach, describe, expect, test, vi } from 'vitest'
import { parseDuration } from '../../../src/core/duration.ts'
import { profiles, type Scenario, type Stage } from '../../../src/workload/profiles.ts'
import { type ScaleOptions, scaleProfile } from '../../../src/workload/scale.ts'
import { world } from '../../support/k6/execution.ts'

beforeEach(() => {
  world.reset()
  world.init = true
  vi.stubGlobal('__ENV', {})
})

const ms = (value: string) => parseDuration(value) as number
const lengths = (stages: Stage[]) => stages.map((stage) => ms(stage.duration))
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
const targets = (stages: Stage[]) => stages.map((stage) => stage.target)

describe('the profiles', () => {
  test('are the loads of the guide', () => {
    expect(targets(profiles.load.stages)).toEqual([1, 5, 10, 15, 0])
    expect(sum(lengths(profiles.load.stages))).toBe(13 * 60000)
    expect(targets(profiles.streaming.stages)).toEqual([1, 3, 5, 0])
    expect(sum(lengths(profiles.streaming.stages))).toBe(8 * 60000)
    const { chat, streaming, api } = profiles.comprehensive
    expect(targets(chat.stages)).toEqual([2, 5, 8, 0])
    expect(streaming).toMatchObject({ executor: 'constant-vus', vus: 2, duration: '5m' })
    expect(api).toMatchObject({ executor: 'per-vu-iterations', vus: 1, iterations: 10 })
    expect(profiles.modelManagement).toMatchObject({ executor: 'constant-vus', duration: '10m' })
  })

  test('throughput has users for the goal by Little’s law, from p95 to p99 of the guide', () => {
    const { rate, preAllocatedVUs, maxVUs } = profiles.throughput
    expect(rate).toBeGreaterThanOrEqual(20 * 1.1)
    expect(preAllocatedVUs).toBe(rate * 3)
    expect(maxVUs).toBe(rate * 5)
  })

  test('let the longest answer finish: the client’s timeout of 300 s and a pause of 3 s', () => {
    const { comprehensive, ...single } = profiles
    const all: Scenario[] = [...Object.values(comprehensive), ...Object.values(single)]
    for (const scenario of all) {
      expect(ms(scenario.gracefulStop as string)).toBeGreaterThanOrEqual(303000)
      if (scenario.executor === 'ramping-vus') {
        expect(ms(scenario.gracefulRampDown as string)).toBeGreaterThanOrEqual(303000)
      }
    }
  })
})

describe('the types of test of k6’s manual', () => {
  const { smoke, average, stress, spike, soak, breakpoint } = profiles
  const length = ({ stages = [], duration }: Scenario) =>
    stages.reduce((sum, stage) => sum + ms(stage.duration), 0) + (duration ? ms(duration) : 0)

  test('are plain data, of a length and size that their names say', () => {
    expect(JSON.parse(JSON.stringify(profiles)).soak).toEqual(soak)
    expect([smoke, average, stress, spike, soak, breakpoint].map((p) => length(p) / 60000)).toEqual(
      [1, 18, 19, 6.5, 1440, 25],
    )
  })

  test('are scaled like the others', () => {
    expect(scaleProfile(soak, { duration: '24m', maxVUs: 2 }).stages).toEqual([
      { duration: '5s', target: 2 },
      { duration: '1430s', target: 2 },
      { duration: '5s', target: 0 },
    ])
    expect(scaleProfile(breakpoint, { duration: '5m' }).stages).toEqual([
      { duration: '300s', target: 50 },
    ])
  })
})

describe('scaleProfile of stages', () => {
  test('is a copy of the profile where nothing is asked', () => {
    expect(scaleProfile(profiles.load)).toEqual(profiles.load)
    expect(scaleProfile(profiles.comprehensive)).toEqual(profiles.comprehensive)
    const scaled = scaleProfile(profiles.load)
    expect(scaled).not.toBe(profiles.load)
    expect(scaled.stages[0]).not.toBe(profiles.load.stages[0])
  })

  test('keeps the proportions', () => {
    const { stages, startVUs } = scaleProfile(profiles.load, { duration: '26m', maxVUs: 30 })
    expect(stages).toEqual([
      { duration: '240s', target: 2 },
      { duration: '600s', target: 10 },
      { duration: '240s', target: 20 },
      { duration: '120s', target: 30 },
      { duration: '360s', target: 0 },
    ])
    expect(startVUs).toBe(2)
  })

  test('adds up exactly, without a stage of 0 s, however short', () => {
    for (const profile of [profiles.load, profiles.streaming, profiles.comprehensive.chat]) {
      for (const duration of [
        5, 7, 100, 999, 1000, 4000, 5001, 19999, 20000, 61000, 777777, 3600000,
      ]) {
        const parts = lengths(scaleProfile(profile, { duration }).stages)
        expect(sum(parts)).toBe(duration)
        expect(Math.min(...parts)).toBeGreaterThan(0)
      }
    }
    const { stages } = scaleProfile(profiles.load, { duration: 5 })
    expect(lengths(stages)).toEqual([1, 1, 1, 1, 1])
    expect(() => scaleProfile(profiles.load, { duration: 4 })).toThrow(/too short for 5 stages/)
  })

  test('a tiny stage among long ones stays, wherever it is', () => {
    for (const at of [0, 1, 2]) {
      const stages = [1, 1, 1].map((_, i) => ({ duration: i === at ? '1ms' : '10h', target: 1 }))
      const parts = lengths(
        scaleProfile({ executor: 'ramping-vus', stages }, { duration: '1m' }).stages,
      )
      expect(sum(parts)).toBe(60000)
      expect(parts[at]).toBe(1000)
    }
  })

  test('a jump of 0 s stays a jump', () => {
    const stages = [
      { duration: '0s', target: 5 },
      { duration: '1m', target: 5 },
      { duration: '0s', target: 0 },
    ]
    const scaled = scaleProfile({ executor: 'ramping-vus', stages }, { duration: '10s' })
    expect(lengths(scaled.stages)).toEqual([0, 10000, 0])
  })

  test('the largest target becomes maxVUs; others are 1 at least; 0 stays 0', () => {
    for (const maxVUs of [1, 2, 3, 7, 15, 100]) {
      const { stages, startVUs } = scaleProfile(profiles.load, { maxVUs })
      expect(Math.max(...targets(stages))).toBe(maxVUs)
      expect(targets(stages)[4]).toBe(0)
      expect(Math.min(...targets(stages).slice(0, 4), startVUs)).toBeGreaterThanOrEqual(1)
    }
    expect(targets(scaleProfile(profiles.load, { maxVUs: 5 }).stages)).toEqual([1, 2, 3, 5, 0])
    const down = { executor: 'ramping-vus', startVUs: 10, stages: [{ duration: '1m', target: 5 }] }
    expect(scaleProfile(down, { maxVUs: 4 })).toMatchObject({
      startVUs: 4,
      stages: [{ target: 2 }],
    })
    expect(scaleProfile({ ...down, startVUs: 0 }, { maxVUs: 4 }).startVUs).toBe(0)
  })
})

describe('scaleProfile of the other executors', () => {
  test('constant-vus', () => {
    expect(scaleProfile(profiles.modelManagement, { duration: 1500, maxVUs: 3 })).toEqual({
      ...profiles.modelManagement,
      vus: 3,
      duration: '1500ms',
    })
  })

  test('iterations keep their number', () => {
    const { api } = profiles.comprehensive
    expect(scaleProfile(api, { duration: '1m', maxVUs: 2 })).toEqual({
      ...api,
      vus: 2,
      maxDuration: '60s',
    })
    const shared = { executor: 'shared-iterations', vus: 4, iterations: 6 }
    expect(scaleProfile(shared, { maxVUs: 9 })).toEqual({ ...shared, vus: 6 })
  })

  test('a rate stays, users are bounded', () => {
    expect(scaleProfile(profiles.throughput, { duration: '30s', maxVUs: 20 })).toEqual({
      ...profiles.throughput,
      duration: '30s',
      preAllocatedVUs: 20,
      maxVUs: 20,
    })
    expect(scaleProfile(profiles.throughput, { maxVUs: 500 })).toMatchObject({
      rate: 22,
      preAllocatedVUs: 66,
      maxVUs: 500,
    })
    const ramp = {
      executor: 'ramping-arrival-rate',
      preAllocatedVUs: 9,
      stages: [
        { duration: '1m', target: 100 },
        { duration: '1m', target: 7 },
      ],
    }
    expect(scaleProfile(ramp, { duration: '1m', maxVUs: 5 })).toEqual({
      ...ramp,
      preAllocatedVUs: 5,
      maxVUs: 5,
      stages: [
        { duration: '30s', target: 100 },
        { duration: '30s', target: 7 },
      ],
    })
  })

  test('what a script adds is kept', () => {
    const own = { exec: 'chat', tags: { sla: 'chat' }, env: { MODEL: 'a' }, startTime: '5s' }
    expect(scaleProfile({ ...profiles.load, ...own }, { duration: '1m' })).toMatchObject(own)
  })

  test('an executor without a length that it knows is refused', () => {
    const odd = { executor: 'externally-controlled', duration: '1m' }
    expect(() => scaleProfile(odd, { duration: '1m' })).toThrow(/executor="externally-controlled"/)
    const bad = { executor: 'ramping-vus', stages: [{ duration: '1 minute', target: 1 }] }
    expect(() => scaleProfile(bad, { duration: '1m' })).toThrow(/duration="1 minute"/)
  })
})

describe('scaleProfile of a group', () => {
  test('the longest member becomes the duration, the others change by the same factor', () => {
    const { chat, streaming, api } = scaleProfile(profiles.comprehensive, { duration: '100s' })
    expect(api.maxDuration).toBe('100s')
    expect(sum(lengths(chat.stages))).toBe(70000)
    expect(streaming.duration).toBe('50s')
    const short = scaleProfile(profiles.comprehensive, { duration: '10s' })
    expect(sum(lengths(short.chat.stages))).toBe(7000)
    expect(short.streaming.duration).toBe('5s')
  })

  test('the peaks add up to maxVUs, each 1 at least', () => {
    for (const maxVUs of [3, 4, 5, 8, 11, 12, 22, 50, 110]) {
      const { chat, streaming, api } = scaleProfile(profiles.comprehensive, { maxVUs })
      const peaks = [Math.max(...targets(chat.stages)), streaming.vus, api.vus]
      expect(sum(peaks)).toBe(maxVUs)
      expect(Math.min(...peaks)).toBeGreaterThanOrEqual(1)
      expect(peaks[0]).toBe(Math.max(...peaks))
    }
    const same = scaleProfile(profiles.comprehensive, { maxVUs: 11 })
    expect([same.chat.stages, same.streaming.vus, same.api.vus]).toEqual([
      profiles.comprehensive.chat.stages,
      2,
      1,
    ])
  })

  test('fewer users than scenarios: one each, with a warning', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { chat, streaming, api } = scaleProfile(profiles.comprehensive, { maxVUs: 1 })
    expect([...targets(chat.stages), streaming.vus, api.vus]).toEqual([1, 1, 1, 0, 1, 1])
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('3 scenarios'))
    warn.mockRestore()
  })

  test('a member without maxDuration has k6’s 10 min', () => {
    const group = {
      a: { executor: 'shared-iterations', iterations: 5 } as Scenario,
      b: { executor: 'constant-vus', vus: 1, duration: '5m' },
    }
    const scaled = scaleProfile(group, { duration: '2m' })
    expect(scaled.a.maxDuration).toBe('120s')
    expect(scaled.b.duration).toBe('60s')
  })
})

describe('where the size comes from', () => {
  test('the environment, unless the script says otherwise', () => {
    vi.stubGlobal('__ENV', { TEST_DURATION: '130s', MAX_VUS: '3' })
    const byEnv = scaleProfile(profiles.load)
    expect(sum(lengths(byEnv.stages))).toBe(130000)
    expect(Math.max(...targets(byEnv.stages))).toBe(3)
    const explicit = scaleProfile(profiles.load, { duration: '65s', maxVUs: 30 })
    expect(sum(lengths(explicit.stages))).toBe(65000)
    expect(Math.max(...targets(explicit.stages))).toBe(30)
  })

  test.each([
    ['TEST_DURATION', '5', /TEST_DURATION="5": expected a duration with its unit/],
    ['TEST_DURATION', '0s', /TEST_DURATION="0s"/],
    ['MAX_VUS', '0', /MAX_VUS="0": expected a whole number, 1 or more/],
    ['MAX_VUS', '2.5', /MAX_VUS="2.5": expected a whole number/],
    ['MAX_VUS', 'ten', /MAX_VUS="ten"/],
  ])('refuses %s=%s', (name, value, message) => {
    vi.stubGlobal('__ENV', { [name]: value })
    expect(() => scaleProfile(profiles.load)).toThrow(message)
  })

  test.each([
    [{ duration: '5 min' }, /duration="5 min": expected milliseconds or a duration like '5m'/],
    [{ duration: 0 }, /duration=0/],
    [{ maxVUs: 0 }, /maxVUs=0: expected a whole number of users/],
    [{ maxVUs: 1.5 }, /maxVUs=1.5/],
    [{ vus: 5 }, /no option "vus"; expected duration and maxVUs/],
  ])('refuses %j', (options, message) => {
    expect(() => scaleProfile(profiles.load, options as ScaleOptions)).toThrow(message)
  })

  test('refuses what is no profile', () => {
    expect(() => scaleProfile(undefined as unknown as Scenario)).toThrow(
      /scaleProfile\(undefined\)/,
    )
  })
})
