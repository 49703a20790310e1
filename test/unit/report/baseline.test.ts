import { readdirSync, readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { setDefaultTransport } from '../../../src/chat/default-transport.ts'
import { type BaselineOptions, baselineThresholds } from '../../../src/report/baseline.ts'
import { renderJson } from '../../../src/report/json.ts'
import { toReport } from '../../../src/report/record.ts'
import { world } from '../../support/k6/execution.ts'
import { counter, rate, run, trend, unused } from './run.ts'

beforeEach(() => {
  world.reset()
  world.init = true
  vi.stubGlobal('__ENV', {})
})

const metrics = {
  llm_ttft: trend([100, 200, 300, 400, 50]),
  'llm_ttft{model:a}': trend([90, 180, 290, 390, 25], { 'max>=0': true }),
  llm_tpot: unused({ 'p(95)<9': true }),
  llm_tokens_per_second: trend([50, 60, 70, 80, 50], undefined, 'default'),
  llm_failed: rate(1, 99),
  llm_available: rate(98, 2),
  llm_requests: counter(100, 10),
  my_time: trend([5, 6, 7, 8, 50]),
  my_score: rate(80, 20),
}
const data = run(metrics)
const report = toReport(data, { title: 'T', generatedAt: '2026-11-24T03:15:00.000Z' })
const folder = new URL('../../fixtures/summaries/', import.meta.url)
const file = (name: string) => readFileSync(new URL(name, folder), 'utf8')

describe('baselineThresholds', () => {
  test('times may not rise, pace may not fall, each with its gate', () => {
    expect(baselineThresholds(data, { p95: 1.1 })).toEqual({
      llm_ttft: ['p(95)<=220', 'max>0'],
      llm_tokens_per_second: [`p(95)>=54.5455`, 'max>0'],
    })
  })

  test('of shares the bad part counts: failures, and what is missing to 1', () => {
    expect(baselineThresholds(data, { rate: 1.5 })).toEqual({
      llm_failed: ['rate<=0.015'],
      llm_requests: ['count>0'],
      llm_available: ['rate>=0.97'],
    })
  })

  test('throughput may not fall', () => {
    expect(baselineThresholds(data, { throughput: 1.25 })).toEqual({ llm_requests: ['rate>=8'] })
  })

  test('a margin is always allowed, for figures that are so small that a ratio is noise', () => {
    const limits = (options: BaselineOptions) => baselineThresholds(data, options)
    expect(limits({ p50: { ratio: 1.1, margin: 50 } }).llm_ttft?.[0]).toBe('p(50)<=150')
    expect(limits({ p95: { ratio: 1.1, margin: 5 } }).llm_ttft?.[0]).toBe('p(95)<=220')
    const clean = run({ ...metrics, llm_failed: rate(0, 100), llm_available: rate(100, 0) })
    expect(baselineThresholds(clean, { rate: 2 })).toMatchObject({
      llm_failed: ['rate<=0'],
      llm_available: ['rate>=1'],
    })
    expect(baselineThresholds(clean)).toMatchObject({
      llm_failed: ['rate<=0.005'],
      llm_available: ['rate>=0.995'],
      llm_ttft: ['p(50)<=110', 'p(95)<=220', 'max>0'],
    })
  })

  test('judges the metrics that are named: parts, and those of a script', () => {
    const options = { p50: 1, rate: 1, metrics: ['llm_ttft{model:a}', 'my_time', 'my_score'] }
    expect(baselineThresholds(data, options)).toEqual({
      'llm_ttft{model:a}': ['p(50)<=90', 'max>0'],
      my_time: ['p(50)<=5', 'max>0'],
      my_score: ['rate<=0.8'],
    })
    expect(
      baselineThresholds(data, { ...options, rate: 1.1, higherIsBetter: ['my_score'] }).my_score,
    ).toEqual(['rate>=0.78'])
  })

  test('reads our report as well as k6’s data, parsed or as text', () => {
    const options = { p95: 1.1, rate: 1.1, throughput: 1.1 }
    const wanted = baselineThresholds(data, options)
    expect(baselineThresholds(report, options)).toEqual(wanted)
    expect(baselineThresholds(renderJson(report), options)).toEqual(wanted)
    expect(baselineThresholds(JSON.stringify(data), options)).toEqual(wanted)
  })

  test.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('reads %s', (name) => {
    const statistic = name.startsWith('machine') ? 'p95' : 'p99'
    const options: BaselineOptions = { rate: 1.1, metrics: ['llm_ttft', 'llm_failed'] }
    options[statistic] = 1.1
    expect(baselineThresholds(file(name), options)).toEqual({
      llm_ttft: [`p(${statistic.slice(1)})<=110`, 'max>0'],
      llm_failed: ['rate<=0.11'],
      llm_requests: ['count>0'],
    })
  })

  test('where tokens are not seen arriving, TTFT fails or is left out', () => {
    expect(baselineThresholds(data, { p95: 1.1 })).toHaveProperty('llm_ttft')
    const options = { p95: 1.1, unmeasured: 'report', metrics: ['llm_ttft', 'my_time'] } as const
    expect(Object.keys(baselineThresholds(data, options))).toEqual(['my_time'])
    setDefaultTransport({ name: 'test', streams: true, send: async () => ({}) as never })
    expect(baselineThresholds(data, options)).toHaveProperty('llm_ttft')
  })

  test('warns of a baseline that was no valid run', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const doubtful = { ...report, validity: { state: 'invalid', reasons: [] } }
    baselineThresholds(doubtful, { p95: 1.1 })
    expect(warn).toHaveBeenCalledWith(
      'k6-llm: baselineThresholds: the run of the baseline was invalid (2026-11-24T03:15:00.000Z)',
    )
    baselineThresholds({ ...doubtful, ending: { by: 'interruption' } }, { p95: 1.1 })
    expect(warn).toHaveBeenLastCalledWith(
      expect.stringContaining('was ended before it had done what it planned and invalid (2026'),
    )
    warn.mockRestore()
  })
})

describe('what is no baseline is refused, with what was expected', () => {
  test.each([
    ['{"a":', /the baseline is no JSON \(SyntaxError.*expected the JSON report of createSummary/],
    ['5', /baseline=5: expected the JSON report/],
    ['[]', /baseline=\[\]: expected/],
    [undefined, /baseline=undefined: expected/],
    [{}, /no 'metrics': expected/],
    [{ schema: 'k6-llm/certificate@2' }, /the baseline is "k6-llm\/certificate@2": expected/],
    [{ type: 'Metric', data: {} }, /raw samples \(--out json\): expected.*k6-llm report/],
    [{ metrics: {} }, /nothing to judge by p50, p95, rate; the baseline has no metrics/],
  ])('%j', (given, message) => {
    expect(() => baselineThresholds(given)).toThrow(message)
  })

  test.each([
    [{ p95: 0.9 }, /p95=0\.9: expected how much worse it may be, 1 or more, like 1\.1/],
    [{ p95: '1.1' }, /p95="1\.1": expected/],
    [{ p95: { ratio: 1.1, margin: -1 } }, /p95=\{"ratio":1\.1,"margin":-1\}/],
    [{ p105: 1.1 }, /no option "p105"/],
    [{ tags: {} }, /no option "tags"; expected a percentile like p95/],
    [{ p99: 1.1, metrics: ['llm_itl'] }, /no "llm_itl"; it has llm_ttft, llm_ttft\{model:a\}/],
    [{ p90: 1.1, p12: 1.1 }, /no p12 of llm_ttft, only avg, min, med, max, p50/],
    [{ unmeasured: 'skip' }, /unmeasured="skip"/],
    [{ metrics: 'llm_ttft' }, /metrics="llm_ttft": expected a list/],
  ])('%j', (options, message) => {
    expect(() => baselineThresholds(data, options as BaselineOptions)).toThrow(message)
  })
})
