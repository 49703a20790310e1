import { expect, test } from 'vitest'
import type { MetricName } from '../../../src/metrics/names.ts'
import { sideBySideTable } from '../../../src/report/side-by-side.ts'
import { WORDS } from '../../../src/report/words/words.ts'

const ttft = (selector: string, p50: number, p95?: number) => ({
  metric: 'llm_ttft',
  selector,
  unit: 'ms' as const,
  p50,
  ...(p95 !== undefined && { p95 }),
})
const requests = (selector: string, count: number) => ({ metric: 'llm_requests', selector, count })
const failed = (selector: string, yes: number, total: number) => ({
  metric: 'llm_failed',
  selector,
  rate: yes / total,
  yes,
  total,
})

const report = {
  counters: [requests('', 20), requests('variant:B', 10), requests('variant:A', 10)],
  rates: [failed('variant:A', 0, 10), failed('variant:B', 1, 10), failed('variant:B,api:x', 1, 1)],
  latency: [ttft('', 120, 300), ttft('variant:A', 100, 250), ttft('variant:B', 150)],
}

test('a column for each value, a row for each figure that was measured', () => {
  const table = sideBySideTable(report, 'variant')
  expect(table?.columns.map((column) => column.title)).toEqual(['variant', 'A', 'B', 'B / A'])
  const name = (metric: MetricName, suffix = '') => ({
    en: `${WORDS.en.metrics[metric]}${suffix}`,
    ko: `${WORDS.ko.metrics[metric]}${suffix}`,
  })
  expect(table?.rows).toEqual([
    [name('llm_requests'), '10', '10', '0.0 %'],
    [name('llm_failed'), '0 %', '10 %', null],
    [name('llm_ttft', ' p50'), '100 ms', '150 ms', '+50.0 %'],
    [name('llm_ttft', ' p95'), '250 ms', null, null], // k6 did not record it: no number
  ])
})

test('three values have no difference; one is no comparison', () => {
  const three = { ...report, latency: [...report.latency, ttft('variant:C', 90)] }
  expect(sideBySideTable(three, 'variant')?.columns).toHaveLength(4)
  expect(sideBySideTable(three, 'variant')?.rows[2]).toHaveLength(4)
  expect(sideBySideTable(report, 'model')).toBeUndefined()
})
