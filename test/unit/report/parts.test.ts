import { describe, expect, test } from 'vitest'
import { renderJson } from '#node'
import { displayWidth } from '../../../src/report/layout.ts'
import type { ReportChart, ReportTable } from '../../../src/report/parts.ts'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { run } from './run.ts'

const steps: ReportTable = {
  id: 'steps',
  title: { en: 'Steps', ko: '부하 단계' },
  note: 'Each step ran 60 s.',
  columns: [
    { title: { en: 'rate', ko: '요청률' }, unit: 'requests/s' },
    { title: 'TTFT p95', unit: 'ms' },
    { title: 'failed', unit: 'share' },
    { title: 'what', align: 'left' },
  ],
  rows: [
    [2, 312.44, 0, { en: 'met', ko: '달성' }],
    [16, null, 0.0125, 'not met'],
    [32, Number.NaN, 1, 'stopped'],
  ],
}
const curve: ReportChart = {
  id: 'steps',
  title: 'Steps',
  kind: 'line',
  x: { label: 'rate', values: [2, 16] },
  y: { label: 'TTFT', unit: 'ms' },
  series: [{ label: 'p95', values: [312.44, null] }],
}
const made = (parts: { tables?: ReportTable[]; charts?: ReportChart[] }) =>
  toReport(run({}), { title: 'T', generatedAt: '2026-11-24T03:15:00.000Z', ...parts })
const after = (text: string, heading: string) => {
  const lines = text.split('\n')
  const from = lines.indexOf(heading)
  return lines.slice(from, lines.indexOf('', from))
}

describe('further tables in text', () => {
  test('stand in columns, numbers in their units, a dash for what was not measured', () => {
    expect(after(renderText(made({ tables: [steps] })), 'Steps')).toEqual([
      'Steps',
      '  Each step ran 60 s.',
      '  rate (requests/s)  TTFT p95  failed  what',
      '  2                    312 ms     0 %  met',
      '  16                        –  1.25 %  not met',
      '  32                        –   100 %  stopped',
    ])
  })

  test('in Korean', () => {
    const text = renderText(made({ tables: [steps] }), { locale: 'ko' })
    expect(after(text, '부하 단계')[2]).toBe('  요청률 (건/초)  TTFT p95  failed  what')
    expect(after(text, '부하 단계')[3]).toBe('  2                 312 ms     0 %  달성')
  })

  test('one row a line where the terminal is narrow', () => {
    const lines = after(renderText(made({ tables: [steps] }), { width: 40 }), 'Steps')
    expect(lines.slice(2, 4)).toEqual(['  2: TTFT p95 312 ms, failed 0 %, what', '  met'])
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(40)
  })
})

test('the record has tables and charts as they are, and neither where there are none', () => {
  const report = made({ tables: [steps], charts: [curve] })
  expect(JSON.parse(renderJson(report))).toMatchObject({ charts: [curve] })
  expect(report.tables).toEqual([steps])
  expect(renderText(report)).not.toContain('312.44')
  expect(made({ tables: [], charts: [] })).not.toHaveProperty('tables')
  expect(made({ tables: [], charts: [] })).not.toHaveProperty('charts')
})
