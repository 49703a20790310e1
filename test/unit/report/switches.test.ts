import { describe, expect, test } from 'vitest'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { counter, rate, run, trend } from './run.ts'

const always = { 'max>=0': true }
const apart = { 'rate>=0': true }
const ms = (value: number, thresholds?: Record<string, boolean>) =>
  trend([value, value, value, value, 1], thresholds)
const report = (metrics: Record<string, unknown>) =>
  toReport(run(metrics, { state: { testRunDurationMs: 120_000 } }), {
    title: 'x',
    generatedAt: '2026-11-24T03:15:00.000Z',
  })

const matrix = {
  llm_model_switch_failed: rate(1, 5),
  llm_model_switch_duration: ms(700),
  'llm_model_switch_failed{from:a,to:org/b:7}': rate(0, 2, apart),
  'llm_model_switch_duration{from:a,to:org/b:7}': ms(812, always),
  'llm_model_switch_failed{from:org/b:7,to:a}': rate(1, 1, apart),
  'llm_model_switch_duration{from:org/b:7,to:a}': ms(634, always),
  // Never happened: k6 has it all the same.
  'llm_model_switch_failed{from:a,to:c}': rate(0, 0, apart),
  'llm_model_switch_duration{from:a,to:c}': trend([0, 0, 0, 0, 0], always),
  llm_model_cold_ttft: ms(900),
  llm_model_warm_ttft: ms(30),
}

describe('model switches in a report', () => {
  test('are absent where there were none', () => {
    expect(report({ llm_requests: counter(3, 1) }).switches).toBeUndefined()
    expect(renderText(report({}))).not.toContain('Model switches')
  })

  test('are counted, with their pace and the cost of a first answer', () => {
    expect(report(matrix).switches).toEqual({
      total: 6,
      failed: 1,
      perMinute: 3,
      source: 'stream',
      cold: 900,
      warm: 30,
      ratio: 30,
      pairs: [
        { from: 'a', to: 'org/b:7', total: 2, failed: 0, ms: 812 },
        { from: 'org/b:7', to: 'a', total: 2, failed: 1, ms: 634 },
      ],
    })
  })

  test('are a table from → to, and no rows among the latencies', () => {
    const text = renderText(report(matrix))
    expect(text).toContain(
      [
        '\nModel switches',
        '  6 switches, 1 failed, 3.0 in a minute',
        '  first answer after a switch 900 ms, the next 30.0 ms: 30.0 times as long',
        '  from → to                   a  org/b:7',
        '  a                           –   812 ms',
        '  org/b:7    634 ms, failed 1/2        –\n',
      ].join('\n'),
    )
    expect(text).not.toContain('{from:')
    expect(report(matrix).latency.map((row) => row.selector)).toEqual(['', '', ''])
  })

  test('one line each where the table is too wide', () => {
    const text = renderText(report(matrix), { width: 36 })
    expect(text).toContain('\n  a → org/b:7: 812 ms\n  org/b:7 → a: 634 ms, failed 1/2\n')
  })

  test('on stock k6 the cost of a first answer is an estimate, and says so', () => {
    const stock = report({
      llm_model_switch_failed: rate(0, 1),
      'llm_ttft_probe{start:cold}': ms(400, always),
      'llm_ttft_probe{start:warm}': ms(100, always),
    })
    expect(stock.switches).toMatchObject({ source: 'estimate', ratio: 4 })
    expect(renderText(stock)).toMatch(/4\.0 times as long\s+\(whole\s+one-token requests/)
    expect(renderText(stock, { locale: 'ko' })).toContain('전환 1회, 실패 0회, 분당 0.5회')
  })

  test('without both answers there is no ratio', () => {
    const { switches } = report({ llm_model_switch_failed: rate(1, 0), llm_model_cold_ttft: ms(9) })
    expect(switches).toEqual({ total: 1, failed: 1, perMinute: 0.5, pairs: [] })
  })
})

test('figures that a script asked to see apart stand under their metric', () => {
  const text = renderText(
    report({
      llm_requests: counter(30, 1),
      'llm_requests{model:org/a}': counter(20, 1, { 'count>=0': true }),
      'llm_requests{sla:chat}': counter(30, 1, { 'count>0': true }),
      llm_failed: rate(3, 27),
      'llm_failed{model:org/a}': rate(1, 19, apart),
      'llm_failed{sla:chat}': rate(3, 27, { 'rate<0.5': true }),
    }),
  )
  expect(text).toMatch(/^ {2}requests +30 .*\n {4}\{model:org\/a\} +20\n/m)
  expect(text).toMatch(/^ {2}failed requests +10 % +3 \/ 30\n {4}\{model:org\/a\} +5 % +1 \/ 20/m)
  // A goal of its own is among the goals, not here.
  expect(text.match(/\{sla:chat\}/g)).toHaveLength(1)
})
