import type { ReportContext } from '../../src/report/record.ts'
import { counter, gauge, rate, run } from '../unit/report/run.ts'

// A run that shows every part of a report, with names and texts that would be markup.
const HOSTILE = '<script>alert(1)</script>'

const SHAPE = { min: 0.5, 'p(10)': 0.7, 'p(25)': 0.85, 'p(50)': 1, 'p(75)': 1.4, 'p(90)': 2.2 }
const TAIL = { 'p(95)': 4, 'p(99)': 7.7, 'p(99.9)': 12.6, max: 13.3 }

/** A Trend with every column of summaryTrendStats, by its median. */
const trend = (
  p50: number,
  count: number,
  thresholds?: { [name: string]: boolean },
  time = true,
) => ({
  type: 'trend',
  contains: time ? 'time' : 'default',
  values: {
    ...Object.fromEntries(
      Object.entries({ ...SHAPE, ...TAIL }).map(([name, factor]) => [name, p50 * factor]),
    ),
    avg: p50 * 1.3,
    med: p50,
    count,
  },
  ...(thresholds && {
    thresholds: Object.fromEntries(Object.entries(thresholds).map(([name, ok]) => [name, { ok }])),
  }),
})
const apart = { 'max>=0': true }

export const sampleRun = run(
  {
    llm_ttft: trend(310, 2488, { 'p(95)<2000': true, 'p(99)<2000': false, 'max>0': true }),
    'llm_ttft{model:org/llama-3-8b}': trend(250, 1200, apart),
    [`llm_ttft{model:qwen-${HOSTILE}}`]: trend(371, 1288, apart),
    llm_tpot: trend(20, 2488, { 'p(95)<90': true, 'max>0': true }),
    llm_gap_max: trend(41, 2488),
    llm_request_duration: trend(2790, 2488, { 'p(95)<10000': false, 'max>0': true }),
    llm_client_lag: trend(0.213, 9000),
    llm_server_waiting: trend(1.5, 100, undefined, false),
    llm_chunks_per_request: trend(98, 2488, undefined, false),
    llm_requests: counter(2500, 3.1955, { 'count>0': true }),
    llm_completion_tokens: counter(244824, 312.94),
    llm_failed: rate(12, 2488, { 'rate<0.01': true }),
    llm_available: rate(2484, 16, { 'rate>0.995': false }),
    llm_truncated: rate(2, 2486),
    llm_stalls: counter(3, 0.01),
    'llm_errors{error_type:timeout}': counter(8, 0.01, { 'count>=0': true }),
    'llm_errors{error_type:http_5xx}': counter(4, 0.005, { 'count>=0': true }),
    llm_model_switch_failed: rate(1, 11),
    llm_model_cold_ttft: trend(1003, 11),
    llm_model_warm_ttft: trend(104, 11),
    'llm_model_switch_failed{from:llama,to:qwen}': rate(1, 5, { 'rate>=0': true }),
    'llm_model_switch_duration{from:llama,to:qwen}': trend(4100, 5, apart),
    my_own_metric: trend(4.25, 10, { 'p(95)<20': true }, false),
    [`checks{x:${HOSTILE}}`]: rate(9, 1, { 'rate>0.8': true }),
    vus: gauge(15),
  },
  {
    root_group: {
      name: '',
      groups: [],
      checks: [{ name: `has ${HOSTILE} text`, passes: 2488, fails: 12 }],
    },
  },
)

export const sampleContext: ReportContext = {
  title: `Sample & ${HOSTILE}`,
  generatedAt: '2026-11-24T03:15:00.123Z',
  version: '0.1.0',
  streaming: true,
  slas: [{ name: `SLA ${HOSTILE}`, source: `source ${HOSTILE}`, limits: [] }],
  notes: [{ label: `label ${HOSTILE}`, text: `note ${HOSTILE}` }],
  configuration: [{ name: 'MODEL', value: `m ${HOSTILE}` }],
  tables: [
    {
      id: 'sweep',
      title: { en: 'Sweep', ko: '부하 단계' },
      note: `note ${HOSTILE}`,
      columns: [
        { title: 'rate', unit: 'requests/s' },
        { title: `p95 ${HOSTILE}`, unit: 'ms' },
        { title: 'verdict', align: 'left' },
      ],
      rows: [
        [1, 212.4, 'met'],
        [16, null, `cell ${HOSTILE}`],
      ],
    },
  ],
  charts: [
    {
      id: 'sweep',
      title: { en: 'Load', ko: '부하' },
      kind: 'line',
      x: { label: 'rate', unit: 'requests/s', values: [1, 16] },
      y: { label: 'TTFT', unit: 'ms' },
      series: [
        { label: `p95 ${HOSTILE}`, values: [212.4, null] },
        { label: 'goal', values: [500, 500], dash: true },
      ],
      marks: [
        { axis: 'y', at: 300, label: `goal ${HOSTILE}` },
        { axis: 'x', at: 6, label: 'knee' },
      ],
    },
    {
      id: 'time',
      title: 'Over time',
      kind: 'points',
      x: { label: 'time', unit: 's', values: Array.from({ length: 60 }, (_, i) => i) },
      y: { label: 'TTFT', unit: 'ms', log: true },
      series: [{ label: 'TTFT', values: Array.from({ length: 60 }, (_, i) => 100 + i) }],
    },
    {
      id: 'kinds',
      title: 'Kinds',
      kind: 'bar',
      x: { label: 'kind', values: ['timeout', HOSTILE] },
      y: { label: 'requests' },
      series: [{ label: 'requests', values: [8, 4] }],
    },
  ],
}
