import { describe, expect, test } from 'vitest'
import { endingOf } from '../../../src/report/ending.ts'
import { readSummaryData } from '../../../src/report/k6-data.ts'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { planOf } from '../../../src/workload/plan.ts'
import { counter, gauge, rate, run, trend } from './run.ts'

const LOADS = {
  time: { executor: 'constant-vus', vus: 5, duration: '30s' },
  shared: { executor: 'shared-iterations', vus: 2, iterations: 20 },
  each: { executor: 'per-vu-iterations', vus: 2, iterations: 10, maxDuration: '20s' },
  late: { executor: 'constant-arrival-rate', rate: 2, duration: '30s', startTime: '10s' },
  lag: { executor: 'per-vu-iterations', exec: 'clientLag', maxDuration: '35s', gracefulStop: '0s' },
}
type Load = keyof typeof LOADS

interface Ran {
  s: number
  done?: number
  metrics?: object
  thresholds?: object
}

/** How a run with such scenarios ended, after so many seconds and iterations. */
const ending = (loads: Load[], { s, done = 0, metrics = {}, thresholds = {} }: Ran, slack = 0) =>
  endingOf(
    readSummaryData(
      run(
        { iterations: counter(done, 1), llm_started: counter(9, 1), vus: gauge(5), ...metrics },
        { state: { testRunDurationMs: s * 1000 } },
      ),
    ),
    planOf({ scenarios: Object.fromEntries(loads.map((name) => [name, LOADS[name]])), thresholds }),
    slack,
  )

describe('bound by time', () => {
  test('shorter than planned is interrupted, and nothing else is', () => {
    expect(ending(['time'], { s: 10, done: 4 })).toEqual({
      by: 'interruption',
      ranMs: 10_000,
      plannedMs: 30_000,
    })
    for (const s of [30, 30.6, 61]) expect(ending(['time'], { s })).toBeUndefined()
  })

  test('a clock that is rounded or was set is no interruption', () => {
    expect(ending(['time'], { s: 29.8 })).toBeUndefined()
    expect(ending(['time'], { s: 29.6 })).toBeDefined()
    expect(ending(['time'], { s: 28.1 }, 2000)).toBeUndefined()
    expect(ending(['time'], { s: 27 }, 2000)).toBeDefined()
  })

  test('of several the last counts, with its startTime', () => {
    expect(ending(['time', 'late'], { s: 30.5 })).toMatchObject({ plannedMs: 40_000 })
    expect(ending(['time', 'late'], { s: 40.1 })).toBeUndefined()
  })

  test('what setup took is no time of the scenarios', () => {
    const metrics = { llm_setup_duration: trend([20_000, 20_001, 20_001, 20_001, 5]) }
    expect(ending(['time'], { s: 35 })).toBeUndefined()
    // The column min of this trend is half its p50: the least counts.
    expect(ending(['time'], { s: 35, metrics })).toMatchObject({ ranMs: 25_000 })
  })

  test('that never began: setup failed, or was stopped', () => {
    const none = { llm_started: counter(0, 0), vus: gauge(0) }
    expect(ending(['time'], { s: 90, metrics: none })).toEqual({
      by: 'interruption',
      ranMs: 0,
      plannedMs: 30_000,
    })
  })
})

describe('bound by iterations', () => {
  test('fewer than planned before maxDuration', () => {
    expect(ending(['shared'], { s: 4, done: 12 })).toEqual({
      by: 'interruption',
      ranMs: 4000,
      done: 12,
      planned: 20,
    })
    expect(ending(['each'], { s: 4, done: 19 })).toMatchObject({ done: 19, planned: 20 })
  })

  test('that are done early, or that maxDuration cut off, are not', () => {
    expect(ending(['shared'], { s: 1, done: 20 })).toBeUndefined()
    expect(ending(['each'], { s: 20, done: 7 })).toBeUndefined()
    expect(ending(['each'], { s: 50, done: 7 })).toBeUndefined()
  })

  test('beside users without a number: by the scenario where k6 keeps it apart', () => {
    expect(ending(['shared', 'time'], { s: 31, done: 500 })).toBeUndefined()
    const metrics = { 'iterations{scenario:shared}': counter(12, 1, { 'count>=19': false }) }
    expect(ending(['shared', 'time'], { s: 31, done: 500, metrics })).toMatchObject({
      done: 12,
      planned: 20,
    })
    // Fewer than one of them plans: then it is known all the same.
    expect(ending(['shared', 'time'], { s: 31, done: 19 })).toMatchObject({ planned: 20 })
  })

  test('the scenario that watches the lag is one of them', () => {
    expect(ending(['shared', 'lag'], { s: 30, done: 21 })).toBeUndefined()
    expect(ending(['time', 'lag'], { s: 30.2, done: 41 })).toBeUndefined()
    expect(ending(['time', 'lag'], { s: 12, done: 20 })).toMatchObject({ plannedMs: 30_000 })
  })
})

describe('by whom', () => {
  const thresholds = {
    llm_failed: [{ threshold: 'rate<0.1', abortOnFail: true, delayAbortEval: '5s' }],
    llm_ttft: ['p(95)<9'],
  }
  const crossed = { llm_failed: rate(5, 5, { 'rate<0.1': false }) }

  test('a threshold with abortOnFail', () => {
    expect(ending(['time'], { s: 12, thresholds, metrics: crossed })).toEqual({
      by: 'threshold',
      ranMs: 12_000,
      plannedMs: 30_000,
      thresholds: ['llm_failed: rate<0.1'],
    })
  })

  test('not before its time, not one that holds, not one without samples', () => {
    const by = (s: number, metrics: object) => ending(['time'], { s, thresholds, metrics })?.by
    expect(by(4, crossed)).toBe('interruption')
    expect(by(12, { llm_failed: rate(0, 9, { 'rate<0.1': true }) })).toBe('interruption')
    expect(by(12, { llm_failed: rate(0, 0, { 'rate<0.1': false }) })).toBe('interruption')
    expect(by(12, { llm_ttft: trend([10, 10, 10, 10, 9], { 'p(95)<9': false }) })).toBe(
      'interruption',
    )
  })

  test('one that is crossed at the planned end has not ended the run', () => {
    expect(ending(['time'], { s: 30, thresholds, metrics: crossed })).toBeUndefined()
  })

  test('the library itself, also where nothing is planned', () => {
    const metrics = { llm_test_aborted: counter(1, 1) }
    expect(ending(['time'], { s: 1, metrics })).toMatchObject({ by: 'library', plannedMs: 30_000 })
    expect(ending([], { s: 1, metrics })).toEqual({ by: 'library' })
  })

  test('without a plan nothing is said', () => {
    expect(endingOf(readSummaryData(run({})), undefined)).toBeUndefined()
  })
})

describe('the report', () => {
  const made = (metrics: object, thresholds: object = {}, s = 10) =>
    toReport(
      run(
        { llm_started: counter(200, 1), llm_requests: counter(190, 1), ...metrics },
        { state: { testRunDurationMs: s * 1000 } },
      ),
      {
        title: 'T',
        generatedAt: '2026-11-24T03:15:00.000Z',
        plan: planOf({ scenarios: { time: LOADS.time }, thresholds }),
        load: { asked: { time: 400 }, others: false, arrivals: false },
      },
    )
  const failed = (ok: boolean) => ({ llm_failed: rate(ok ? 0 : 9, 181, { 'rate<0.01': ok }) })

  test.each([true, false])('of an interrupted run judges nothing (met: %s)', (ok) => {
    const report = made({
      ...failed(ok),
      'iterations{scenario:time}': counter(190, 1, { 'count>=380': false }),
    })
    expect(report.verdict).toBe('interrupted')
    const text = renderText(report)
    expect(text).toMatch(/^INTERRUPTED - T: stopped after 10s of 30s: neither passed nor failed/)
    expect(text).toContain('10 of 200 requests (5 %) were under way when the run was stopped')
    expect(text).toContain('(nothing is judged)')
    expect(text).not.toMatch(/PASS|FAIL |gracefulStop|more users/)
    expect(report.validity.reasons.map(({ kind }) => kind)).toEqual(['underWay'])
    expect(renderText(report, { locale: 'ko' })).toMatch(
      /^INTERRUPTED - T: 30초 중 10초 만에 중단됨/,
    )
    expect(renderText(report, { color: true }).slice(0, 26)).toBe(
      '\u001b[1;33mINTERRUPTED\u001b[0m - T',
    )
  })

  test('of one that abortOnFail ended is FAIL, by that', () => {
    const thresholds = { llm_failed: [{ threshold: 'rate<0.01', abortOnFail: true }] }
    const report = made(failed(false), thresholds)
    expect(report.verdict).toBe('fail')
    expect(renderText(report, { width: 200 })).toMatch(
      /^FAIL - T: 1 of 1 goals not met; ended after 10s of 30s by abortOnFail of llm_failed: rate<0.01\n/,
    )
    expect(renderText(report)).not.toMatch(/gracefulStop/)
  })

  test('of one that the library ended is FAIL though no goal was missed', () => {
    const report = made({ ...failed(true), llm_test_aborted: counter(1, 1) })
    expect(report.verdict).toBe('fail')
    expect(renderText(report, { width: 200 })).toMatch(
      /^FAIL - T: ended after 10s of 30s by k6-llm itself, whose message is in the log of k6\n/,
    )
  })

  test('of a whole run is what it was', () => {
    const report = made(failed(true), {}, 31)
    expect(report.verdict).toBe('pass')
    expect(report).not.toHaveProperty('ending')
  })
})

test('who only watches the generator is no user: 5 users and a watcher are 5', () => {
  const of = (loads: Load[], users: number) =>
    toReport(run({ vus: gauge(users) }), {
      title: 't',
      generatedAt: '2026-11-27T00:00:00.000Z',
      plan: planOf({ scenarios: Object.fromEntries(loads.map((name) => [name, LOADS[name]])) }),
    }).peakUsers
  expect(of(['time', 'lag'], 6)).toBe(5)
  expect(of(['time'], 6)).toBe(6)
  expect(of(['lag'], 1)).toBe(1)
})
