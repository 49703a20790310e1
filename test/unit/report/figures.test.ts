import { expect, test } from 'vitest'
import { figuresOf } from '../../../src/report/figures.ts'
import { readSummaryData } from '../../../src/report/k6-data.ts'
import { counter, rate, run, trend, unused } from './run.ts'

const figures = (metrics: { [name: string]: unknown }) => figuresOf(readSummaryData(run(metrics)))

test('k6 metrics become rows, ours first, a sub-metric after its metric', () => {
  const { latency, distributions, counters, rates, errors } = figures({
    my_time: trend([1, 2, 3, 4, 5]),
    'llm_ttft{model:a}': trend([1, 2, 3, 4, 5]),
    llm_ttft: trend([1, 2, 3, 4, 5]),
    llm_chunks_per_request: trend([1, 2, 3, 4, 5], undefined, 'default'),
    llm_requests: counter(9, 3),
    'llm_requests{model:a}': counter(9, 3, { 'count>=0': true }),
    'llm_errors{error_type:timeout}': counter(2, 1),
    'llm_errors{error_type:dns}': counter(0, 0),
    llm_failed: rate(2, 7),
  })
  expect(latency.map((row) => row.metric + row.selector)).toEqual([
    'llm_ttft',
    'llm_ttftmodel:a',
    'my_time',
  ])
  expect(distributions.map((row) => row.metric)).toEqual(['llm_chunks_per_request'])
  expect(counters).toEqual([
    { metric: 'llm_requests', selector: '', count: 9, perSecond: 3 },
    { metric: 'llm_requests', selector: 'model:a', count: 9, perSecond: 3, apart: true },
  ])
  expect(rates).toEqual([{ metric: 'llm_failed', selector: '', rate: 2 / 9, yes: 2, total: 9 }])
  expect(errors).toEqual([{ kind: 'timeout', count: 2 }])
})

test('what was not measured is no row, nor is what k6 counts of itself', () => {
  expect(
    figures({
      llm_ttft: unused({ 'p(95)<10': true }),
      llm_failed: rate(0, 0),
      http_req_waiting: trend([1, 2, 3, 4, 5]),
      iteration_duration: trend([1, 2, 3, 4, 5]),
      data_sent: counter(9, 3),
    }),
  ).toEqual({ latency: [], distributions: [], counters: [], rates: [], gauges: [], errors: [] })
  expect(
    figures({ iterations: counter(4, 1), dropped_iterations: counter(1, 1) }).counters,
  ).toEqual([
    { metric: 'dropped_iterations', selector: '', count: 1, perSecond: 1 },
    { metric: 'iterations', selector: '', count: 4, perSecond: 1 },
  ])
})
