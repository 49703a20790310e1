import { beforeEach, describe, expect, test, vi } from 'vitest'
import { readSummaryData } from '../../../src/report/k6-data.ts'
import { type Report, toReport } from '../../../src/report/record.ts'
import { parseThreshold } from '../../../src/sla/expressions.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { counter, gauge, loadTest, rate, run, trend, unused } from './run.ts'

beforeEach(() => {
  vi.stubGlobal('__ENV', {})
})

const context = { title: 'Load test', generatedAt: '2026-11-24T03:15:00.000Z', version: '0.1.0' }
const report = (metrics: { [name: string]: unknown }) => toReport(run(metrics), context)
const goal = (made: Report, threshold: string) =>
  made.goals.filter((g) => g.threshold === threshold)[0]

/** The opt-in shape of k6 1.5 and later, as recorded on 2.2. */
const machineReadable = {
  version: '1.0.0',
  metadata: { generated_at: '2026-11-24T03:15:00Z', k6_version: '2.2.0' },
  config: { duration: 2.4, execution: 'local', script: '…' },
  results: {
    checks: {
      metrics: [
        { name: 'checks_total', type: 'counter', contains: 'default', values: { count: 12 } },
      ],
      results: [{ name: 'is one', passes: 4, fails: 1 }],
    },
    metrics: [
      {
        name: 'llm_ttft{model:a}',
        type: Object('trend'), // a value of Go, as on real k6
        contains: 'time',
        values: { avg: null, min: Object(1), med: 2, max: null, p90: 3, p95: 4 },
      },
      { name: 'llm_requests', type: 'counter', contains: 'default', values: { count: 8 } },
      {
        name: 'llm_failed',
        type: 'rate',
        contains: 'default',
        values: { matches: 4, rate: 0.25, total: 16 },
      },
    ],
  },
}

describe('the verdict', () => {
  test('is that of k6’s thresholds, gates included', () => {
    expect(report({ a: trend([1, 2, 3, 4, 5], { 'p(95)<9': true, 'max>0': true }) }).verdict).toBe(
      'pass',
    )
    expect(report({ a: trend([1, 2, 3, 4, 5], { 'p(95)<1': false, 'max>0': true }) }).verdict).toBe(
      'fail',
    )
    expect(report({ a: unused({ 'p(95)<9': true, 'max>0': false }) }).verdict).toBe('fail')
    expect(report({ llm_requests: counter(0, 0, { 'count>0': false }) }).verdict).toBe('fail')
  })

  test('is none where nothing could fail', () => {
    expect(report({}).verdict).toBe('none')
    expect(report({ a: trend([1, 2, 3, 4, 5], { 'max>=0': true }) }).verdict).toBe('none')
    expect(report({ a: counter(1, 1, { 'count>=0': true }) }).goals).toEqual([])
  })
})

describe('goals', () => {
  test('have k6’s verdict, the value and the goal', () => {
    const made = report({
      'llm_ttft{sla:chat,phase:measure}': trend([1, 20, 30, 40, 50], { 'p(95)<9': false }),
    })
    expect(made.goals).toEqual([
      {
        metric: 'llm_ttft',
        selector: 'sla:chat,phase:measure',
        threshold: 'p(95)<9',
        statistic: 'p(95)',
        operator: '<',
        goal: 9,
        value: 20,
        ok: false,
        unit: 'ms',
        isGate: false,
      },
    ])
  })

  test('of every kind of metric', () => {
    const made = report({
      checks: rate(9, 1, { 'rate>0.8': true }),
      data_received: { ...counter(1000, 10, { 'count<5000': true }), contains: 'data' },
      http_reqs: counter(100, 9.5, { 'rate>10': false, 'count>=50': true }),
      vus: { ...gauge(7), thresholds: { 'value>0': { ok: true } } },
      own: trend([1, 2, 3, 4, 5], { 'avg < 2': true, 'med<=1': true }, 'default'),
    })
    const row = (threshold: string) => {
      const found = goal(made, threshold)
      return [found?.value, found?.unit, found?.goal, found?.operator]
    }
    expect(row('rate>0.8')).toEqual([0.9, 'share', 0.8, '>'])
    expect(row('count<5000')).toEqual([1000, 'count', 5000, '<'])
    expect(row('rate>10')).toEqual([9.5, '/s', 10, '>'])
    expect(row('count>=50')).toEqual([100, 'count', 50, '>='])
    expect(row('value>0')).toEqual([1, '', 0, '>'])
    expect(row('avg < 2')).toEqual([1, '', 2, '<'])
    expect(row('med<=1')).toEqual([1, '', 1, '<='])
  })

  test('a metric without samples has no value, whatever zeros k6 gives', () => {
    const { values, ...rest } = unused({ 'p(95)<9': true })
    const { count: _count, ...zeros } = values
    for (const metric of [
      { ...rest, values },
      { ...rest, values: zeros },
    ]) {
      const found = goal(report({ llm_ttft: metric }), 'p(95)<9')
      expect(found).toMatchObject({ ok: true, absent: 'empty' })
      expect(found && 'value' in found).toBe(false)
    }
    const empty = goal(report({ llm_failed: rate(0, 0, { 'rate<0.1': true }) }), 'rate<0.1')
    expect(empty).toMatchObject({ absent: 'empty' })
    const none = goal(report({ llm_errors: counter(0, 0, { 'count<9': true }) }), 'count<9')
    expect(none).toMatchObject({ value: 0, ok: true }) // no errors is a measurement
  })

  test('a column that k6 did not record is told from one that an Infinity spoilt', () => {
    const metric = trend([1, 2, 3, 4, 5], { 'p(99)<9': true, 'p(50)<9': true })
    const { 'p(99)': _p99, 'p(50)': _p50, ...columns } = metric.values
    const made = report({ llm_ttft: { ...metric, values: columns } })
    expect(goal(made, 'p(99)<9')).toMatchObject({ absent: 'column' })
    expect(goal(made, 'p(50)<9')).toMatchObject({ value: 1 }) // med is the same
    expect(made.warnings).toEqual(['columns'])
    const spoilt = { ...metric, values: { ...metric.values, avg: null, 'p(99)': null } }
    const broken = report({ llm_ttft: spoilt })
    expect(goal(broken, 'p(99)<9')).toMatchObject({ absent: 'invalid' })
    expect(broken.warnings).toEqual([])
  })

  test('a count over a window reads as the promised rate', () => {
    const limits = describeSla(slaPresets.guideThroughput, { window: '2m' })
    const made = toReport(
      run({
        'llm_requests{phase:measure}': counter(2500, 9, { 'count>=2400': true }),
        'llm_completion_tokens{phase:measure}': counter(3000, 9, { 'count>=2000': true }),
        vus: gauge(12),
      }),
      { ...context, slas: [{ name: 'throughput', limits }] },
    )
    expect(goal(made, 'count>=2400')).toMatchObject({
      goal: 20,
      value: 2500 / 120,
      unit: 'requests/s',
      sla: 'throughput',
      limit: 'requestsPerSecond',
    })
    expect(goal(made, 'count>=2000')).toMatchObject({ goal: 1000, value: 1500, unit: 'tokens/min' })
    expect(made.unmeasured).toMatchObject([{ limit: 'concurrentUsers', value: 12, reason: 'load' }])
  })
})

describe('what an SLA left unjudged', () => {
  const slas = [
    {
      name: 'streaming',
      source: 'guide',
      limits: describeSla(slaPresets.guideStreaming, { streaming: false, unmeasured: 'report' }),
    },
    { name: 'throughput', limits: describeSla(slaPresets.guideThroughput) },
  ]

  test('is listed with why and fix, and with what is known', () => {
    const made = toReport(loadTest, { ...context, slas })
    expect(made.slas).toEqual([{ name: 'streaming', source: 'guide' }, { name: 'throughput' }])
    expect(made.unmeasured).toMatchObject([
      {
        sla: 'streaming',
        limit: 'ttft.p95',
        statistic: 'p(95)',
        operator: '<',
        goal: 2000,
        measured: 'no',
        why: expect.stringContaining('whole answer'),
        fix: expect.stringContaining('LLM_RELAY'),
      },
      { limit: 'requestsPerSecond', unit: 'requests/s', value: 3.1955 },
      { limit: 'tokensPerMinute', unit: 'tokens/min', value: 312.94 * 60 },
      { limit: 'concurrentUsers', value: 15 },
    ])
    expect(made.unmeasured[0] && 'value' in made.unmeasured[0]).toBe(false)
  })

  test('claims no rate where nothing was counted', () => {
    const made = toReport(run({ llm_requests: counter(0, 0) }), { ...context, slas })
    for (const limit of made.unmeasured) expect('value' in limit).toBe(false)
  })
})

describe('the figures', () => {
  const made = toReport(loadTest, context)

  test('of Trends: ours first, sub-metrics after their metric, no plumbing, nothing unmeasured', () => {
    expect(made.latency.map((row) => row.metric + row.selector)).toEqual([
      'llm_request_duration',
      'llm_request_durationsla:chat',
      'http_req_duration',
    ])
    expect(made.latency[0]).toEqual({
      metric: 'llm_request_duration',
      selector: '',
      what: expect.stringContaining('hand-over'),
      unit: 'ms',
      count: 2488,
      avg: 1210,
      min: 605,
      p50: 1210,
      p90: 3000.4,
      p95: 3000.4,
      p99: 4800,
      max: 19100,
    })
    expect(made.distributions.map((row) => row.metric)).toEqual(['llm_chunks_per_request'])
  })

  test('of Counters and Rates, and errors by kind where there are any', () => {
    expect(made.counters).toEqual([
      { metric: 'llm_requests', selector: '', count: 2500, perSecond: 3.1955 },
      { metric: 'llm_requests', selector: 'sla:chat', count: 2500, perSecond: 3.1955 },
      { metric: 'llm_completion_tokens', selector: '', count: 244824, perSecond: 312.94 },
    ])
    expect(made.rates[0]).toEqual({
      metric: 'llm_failed',
      selector: '',
      rate: 0.0048,
      yes: 12,
      total: 2500,
    })
    expect(made.errors).toEqual([
      { kind: 'http_5xx', count: 4 },
      { kind: 'timeout', count: 8 },
    ])
    expect(report({ llm_goodput: rate(0, 0) }).rates).toEqual([])
  })

  test('of the run: length, users, checks by group, and nothing of setup', () => {
    expect(made).toMatchObject({
      schema: 'k6-llm/report@1',
      title: 'Load test',
      durationMs: 782345.6,
      peakUsers: 15,
      versions: { k6llm: '0.1.0' },
      checks: [
        { name: 'status is 200', passes: 2500, fails: 0 },
        { name: 'chat / has text', passes: 2488, fails: 12 },
      ],
    })
    expect(JSON.stringify(made)).not.toContain('secret')
    expect(JSON.parse(JSON.stringify(made))).toEqual(made)
  })

  test('a metric of the script’s own is shown as well', () => {
    const own = report({
      waiting_time: trend([1, 2, 3, 4, 5]),
      custom_errors: counter(3, 0.1),
      dropped_iterations: counter(7, 1),
    })
    expect(own.latency.map((row) => row.metric)).toEqual(['waiting_time'])
    expect(own.counters.map((row) => row.metric)).toEqual(['custom_errors', 'dropped_iterations'])
  })

  test('does not depend on the order of k6’s keys, which is random', () => {
    const reversed = Object.fromEntries(Object.entries(loadTest.metrics).reverse())
    expect(toReport({ ...loadTest, metrics: reversed }, context)).toEqual(made)
  })
})

describe('k6’s machine-readable summary', () => {
  test('is read as far as it goes, and has no verdict', () => {
    const made = toReport(machineReadable, context)
    expect(made.verdict).toBe('none')
    expect(made.warnings).toEqual(['machine-readable'])
    expect(made.durationMs).toBe(2400)
    expect(made.latency).toEqual([
      {
        metric: 'llm_ttft',
        selector: 'model:a',
        what: expect.any(String),
        unit: 'ms',
        min: 1,
        p50: 2,
        p90: 3,
        p95: 4,
      },
    ])
    expect(made.rates).toEqual([
      { metric: 'llm_failed', selector: '', rate: 0.25, yes: 4, total: 16 },
    ])
    expect(made.checks).toEqual([{ name: 'is one', passes: 4, fails: 1 }])
  })
})

describe('readSummaryData', () => {
  test.each([[null], [undefined], [{}], [{ metrics: null }], ['x']])('refuses %j', (data) => {
    expect(() => readSummaryData(data)).toThrow(/expected the data that k6 hands to handleSummary/)
  })

  test('an empty run', () => {
    expect(readSummaryData({ metrics: {} })).toMatchObject({
      metrics: {},
      checks: [],
      judged: true,
    })
    expect('durationMs' in toReport({ metrics: {} }, context)).toBe(false)
  })
})

test('parseThreshold knows k6’s grammar and nothing else', () => {
  expect(parseThreshold('p(99.9) <= 1e3')).toEqual({
    statistic: 'p(99.9)',
    operator: '<=',
    goal: 1000,
  })
  expect(parseThreshold('rate===1')).toEqual({ statistic: 'rate', operator: '===', goal: 1 })
  expect(parseThreshold('value!=-1')).toEqual({ statistic: 'value', operator: '!=', goal: -1 })
  expect(parseThreshold('p95<1')).toBeUndefined()
  expect(parseThreshold('rate')).toBeUndefined()
})
