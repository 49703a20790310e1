import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import * as reports from '#node'
import { thresholds } from '../../../../cli/compare/threshold.ts'
import { figuresOf } from '../../../../cli/report/figures.ts'
import { makeReport } from '../../../../cli/report/make.ts'
import { fromDocument, typeBy } from '../../../../cli/report/thresholds.ts'
import { readSamples } from '../../../../cli/samples/read.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/raw-results/${name}`, import.meta.url))

interface Summary {
  metrics: Record<string, { type: string; values: Record<string, number>; thresholds?: object }>
  state: { testRunDurationMs: number }
}

describe.each(['k6-0.47', 'k6-1.8-sse', 'k6-2.2'])('samples of %s', (k6) => {
  const data = JSON.parse(readFileSync(fixture(`${k6}.summary.json`), 'utf8')) as Summary
  const given = fromDocument(data)

  test('JSON: figures and verdicts are those of handleSummary to the last bit', async () => {
    const { samples, warnings } = await readSamples([fixture(`${k6}.json.gz`)], {
      thresholds: given?.thresholds,
    })
    expect(warnings).toEqual([])
    const durationMs = data.state.testRunDurationMs
    const { metrics } = figuresOf(samples, { durationMs, given: given?.thresholds }).data
    let compared = 0
    for (const [name, { type, values, thresholds: judged }] of Object.entries(data.metrics)) {
      expect(metrics[name]?.type, name).toBe(type)
      expect(metrics[name]?.thresholds, name).toEqual(judged)
      for (const [column, value] of Object.entries(values)) {
        const ours = metrics[name]?.values[column]
        // Before 2.2 the largest value of a gauge was 0 where all were below.
        if (type === 'gauge' && column === 'max' && value === 0) expect(ours).toBeLessThanOrEqual(0)
        else if (ours === undefined) expect(column).toMatch(/^p\((12\.5|99\.9)\)$/)
        else expect(ours, `${name} ${column}`).toBe(value)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(150)
  })

  test('CSV: the same to its 6 decimals, for metrics that are known by name', async () => {
    const { samples } = await readSamples([fixture(`${k6}.csv.gz`)])
    const durationMs = data.state.testRunDurationMs
    const { metrics } = figuresOf(samples, { durationMs }).data
    for (const name of [
      'llm_requests',
      'llm_failed',
      'llm_request_duration',
      'http_req_duration',
      'checks',
      'vus',
    ]) {
      for (const [column, value] of Object.entries(data.metrics[name]?.values ?? {})) {
        const ours = metrics[name]?.values[column]
        if (ours !== undefined) expect(ours, `${name} ${column}`).toBeCloseTo(value, 5)
      }
    }
  })

  test('the report says that its verdict is re-computed, and equals that of k6', async () => {
    const reading = await readSamples([fixture(`${k6}.json.gz`)], {
      thresholds: given?.thresholds,
    })
    const how = {
      title: 'x',
      generatedAt: '2026-11-24T00:00:00Z',
      version: '0',
      threshold: thresholds([]),
    }
    const { report } = makeReport(reading, { ...how, locale: 'en', given })
    expect(report.verdict).toBe('fail')
    expect(report.title).toBe("x (re-computed from k6's samples)")
    expect(report.notes).toContainEqual({
      label: 'Verdict',
      text: expect.stringContaining("equals k6's own"),
    })
    expect(report.goals.filter(({ ok }) => !ok).map(({ metric }) => metric)).toEqual([
      'own_count',
      'own_never',
      'own_size',
    ])
    const count = data.metrics['llm_errors{error_type:http_5xx}']?.values.count
    expect(report.errors).toEqual(count ? [{ kind: 'http_5xx', count }] : [])
    const { report: korean } = makeReport(reading, { ...how, locale: 'ko', given })
    expect(korean.title).toBe('x (k6 샘플에서 다시 계산)')
  })

  test('without the thresholds of sub-metrics it names them', async () => {
    const reading = await readSamples([fixture(`${k6}.json.gz`)])
    const { unjudged } = figuresOf(reading.samples, { durationMs: 1 })
    expect(unjudged).toContain('own_time{kind:odd, scenario:first}')
    expect(unjudged).not.toContain('http_req_duration{expected_response:true}')
  })
})

test('two instances, read as two files, are one run', async () => {
  const whole = await readSamples([fixture('k6-2.2.json.gz')])
  const twice = await readSamples([fixture('k6-2.2.json.gz'), fixture('k6-2.2.json.gz')])
  const figures = (samples: typeof whole.samples) =>
    figuresOf(samples, { durationMs: 1000 }).data.metrics
  const [one, two] = [figures(whole.samples), figures(twice.samples)]
  expect(two.llm_requests?.values.count).toBe(2 * Number(one.llm_requests?.values.count))
  expect(two.llm_request_duration?.values.max).toBe(one.llm_request_duration?.values.max)
  // Users of two instances are twice as many.
  expect(one.vus_max?.values.max).toBeGreaterThan(0)
  expect(two.vus_max?.values.max).toBe(2 * Number(one.vus_max?.values.max))
})

describe('thresholds', () => {
  test.each([
    ['p(95)<2000', 'p(95)', 1999, true],
    ['p(95)<2000', 'p(95)', 2000, false],
    ['p(99.90) <= 1e3', 'p(99.9)', 1000, true],
    ['rate===0.5', 'rate', 0.5, true],
    ['count!=3', 'count', 3, false],
    ['value>=-1', 'value', -1, true],
    ['max>0', 'max', 0, false],
  ])('%s', (expression, statistic, value, passes) => {
    const parsed = reports.parseThreshold(expression)
    expect(parsed?.statistic).toBe(statistic)
    expect(parsed && reports.passes(value, parsed)).toBe(passes)
  })

  test('what k6 would not take is none', () => {
    expect(reports.parseThreshold('p95<1')).toBeUndefined()
  })

  test('of k6 inspect, in both of its forms', () => {
    const options = { thresholds: { a: ['p(95)<1', { threshold: 'avg<2', abortOnFail: true }] } }
    expect(fromDocument(options)).toEqual({
      from: 'options',
      thresholds: { a: ['p(95)<1', 'avg<2'] },
    })
  })

  test('tell the type of a metric that got no sample', () => {
    expect([['p(95)<1'], ['rate<1'], ['count>1', 'rate>0'], ['value<1']].map(typeBy)).toEqual([
      'trend',
      'rate',
      'counter',
      'gauge',
    ])
  })

  test('of a report: with what samples do not have', () => {
    const data = {
      metrics: {
        llm_ttft: {
          type: 'trend',
          contains: 'time',
          values: { 'p(95)': 9, count: 3 },
          thresholds: { 'p(95)<20': { ok: true } },
        },
      },
      state: { testRunDurationMs: 5000 },
    }
    const context = {
      title: 'x',
      generatedAt: '2026-11-24T00:00:00Z',
      configuration: [{ name: 'MODEL', value: 'a' }],
    }
    expect(fromDocument(JSON.parse(JSON.stringify(reports.toReport(data, context))))).toMatchObject(
      {
        from: 'report',
        thresholds: { llm_ttft: ['p(95)<20'] },
        durationMs: 5000,
        passed: true,
        kept: {
          configuration: [{ name: 'MODEL', value: 'a' }],
          slas: [],
          validity: { state: expect.any(String) },
        },
      },
    )
  })

  test('selectors are read as k6 reads them', () => {
    expect(reports.selectorTags('scenario:default,  "q":\'1:2\',x')).toEqual({
      scenario: 'default',
      q: '1:2',
      x: '',
    })
  })
})
