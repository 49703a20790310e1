import { expect, test, vi } from 'vitest'
import { type ReportContext, toReport } from '../../../src/report/record.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { planOf } from '../../../src/workload/plan.ts'
import { schemaErrors } from '../../support/report-schema.ts'
import { counter, gauge, loadTest, rate, run, trend, unused } from './run.ts'

vi.stubGlobal('__ENV', {})

const made = (data: unknown, more: Partial<ReportContext> = {}) =>
  toReport(data, { title: 'T', generatedAt: '2026-11-24T03:15:00.000Z', version: '0.1.0', ...more })
const limits = (name: keyof typeof slaPresets) => ({
  name,
  source: 'guide',
  limits: describeSla(slaPresets[name], { unmeasured: 'report' }),
})

test('every kind of report fits docs/report-schema.json', () => {
  const reports = {
    empty: made(run({})),
    'load test': made(loadTest, {
      slas: [limits('guideStreaming'), limits('guideThroughput')],
      notes: [{ label: 'a', text: 'b' }, { text: 'c' }],
      streaming: false,
      configuration: [{ name: 'MODEL', value: 'm' }],
      load: { asked: { a: 9000 }, others: false, arrivals: true },
    }),
    switches: made(
      run({
        llm_model_switch_failed: rate(1, 3),
        llm_model_cold_ttft: trend([900, 1, 1, 999, 3]),
        llm_model_warm_ttft: trend([90, 1, 1, 99, 3]),
        'llm_model_switch_failed{from:a,to:b}': rate(1, 3, { 'rate>=0': true }),
        'llm_model_switch_duration{from:a,to:b}': trend([9, 9, 9, 9, 3], { 'max>=0': true }),
      }),
    ),
    findings: made(
      run({
        llm_requests: counter(10, 1),
        llm_buffered: rate(8, 2),
        llm_truncated: rate(1, 9),
        llm_stalls: counter(2, 0.1),
        llm_completion_tokens: counter(1000, 9),
        llm_chunks_per_request: trend([10, 10, 10, 10, 10], undefined, 'default'),
        dropped_iterations: counter(4, 1),
        llm_client_lag: trend([1, 2, 60, 70, 99]),
        vus: gauge(3),
        llm_ttft: unused({ 'p(95)<9': true, 'max>0': false }),
      }),
    ),
    interrupted: made(
      run({ llm_started: counter(20, 1), llm_requests: counter(10, 1), iterations: counter(3, 1) }),
      {
        plan: planOf({
          scenarios: { a: { executor: 'shared-iterations', iterations: 9, maxDuration: '1h' } },
        }),
      },
    ),
    aborted: made(
      run({
        llm_started: counter(20, 1),
        llm_requests: counter(10, 1),
        llm_request_duration: trend([1, 2, 3, 4, 5]),
      }),
      { ending: { by: 'threshold', ranMs: 1, plannedMs: 2, thresholds: ['a: b'] } },
    ),
    'cut off': made(
      run({
        llm_started: counter(20, 1),
        llm_requests: counter(10, 1),
        llm_request_duration: trend([1, 2, 3, 4, 5]),
      }),
    ),
    columns: made(run({ a: { ...trend([1, 2, 3, 4, 5], { 'p(75)<9': true }) } })),
    parts: made(run({}), {
      tables: [
        {
          id: 't',
          title: { en: 'a', ko: '가' },
          columns: [{ title: 'x' }],
          rows: [[null], [1], ['b']],
        },
      ],
      charts: [
        {
          id: 'c',
          title: 'C',
          kind: 'line',
          x: { label: 'x', values: ['a', 'b'] },
          y: { label: 'y', unit: 'ms', log: true },
          series: [{ label: 's', values: [1, null], dash: true, kind: 'points' }],
          marks: [{ axis: 'y', at: 1, label: 'goal' }],
        },
      ],
    }),
    'machine-readable': made({
      version: '1.0.0',
      metadata: { k6_version: '2.2.0' },
      config: { duration: 1 },
      results: { checks: {}, metrics: [] },
    }),
    certificate: made(run({}), {
      certificate: {
        schema: 'k6-llm/certificate@2',
        generatedAt: '2026-11-24T00:00:00Z',
        limit: 5,
        machine: { cpus: 2, model: 'x', os: 'y' },
        versions: { k6llm: '0', k6: '1', node: '20' },
        steps: [],
        holds: [],
      },
    }),
  }
  for (const [name, report] of Object.entries(reports)) {
    expect(schemaErrors(report), name).toEqual([])
  }
})

test('the schema refuses what is no such report', () => {
  expect(schemaErrors({ ...made(run({})), schema: 'k6-llm/report@2' })).toHaveLength(1)
  expect(schemaErrors({ ...made(run({})), undocumented: 1 })).toHaveLength(1)
  expect(schemaErrors({})).not.toEqual([])
})
