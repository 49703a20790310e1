import { describe, expect, test } from 'vitest'
import { renderHtml } from '../../../src/report/html.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import type { Sla } from '../../../src/sla/sla.ts'
import { counter, rate, run, trend, unused } from './run.ts'

const report = (metrics: { [name: string]: unknown }, sla?: Sla, options = {}) =>
  toReport(run({ llm_requests: counter(20, 2), ...metrics }), {
    title: 'T',
    generatedAt: '2026-11-24T03:15:00.000Z',
    slas: sla ? [{ name: 'S', limits: describeSla(sla, options) }] : [],
  })

describe('availability beside requests that were all refused', () => {
  const refused = {
    llm_failed: rate(20, 0, { 'rate<0.05': false }),
    llm_available: rate(20, 0, { 'rate>0.995': true }),
    'llm_errors{error_type:http_4xx}': counter(20, 2, { 'count>=0': true }),
  }

  test('is no goal that was met, in any format', () => {
    const made = report(refused)
    expect(made.goals.find((goal) => goal.metric === 'llm_available')).toMatchObject({
      ok: true,
      doubt: 'refused',
    })
    const text = renderText(made)
    expect(text).toMatch(/^FAIL - T: 1 of 2 goals not met/)
    expect(text).not.toContain('✓')
    expect(text).toMatch(/– availability +100 %, but every request failed/)
    expect(renderText(made, { locale: 'ko' })).toContain('모든 요청이 실패함')
    expect(renderMarkdown(made)).not.toMatch(/availability.*✅/)
    expect(renderHtml(made)).toContain('100 %, but every request failed')
  })

  test('is missed by its gate where failures are not judged themselves', () => {
    const made = report(
      {
        llm_available: rate(20, 0, { 'rate>0.99': true }),
        llm_failed: rate(20, 0, { 'rate<1': false }),
      },
      { availability: 0.99 },
    )
    expect(made.verdict).toBe('fail')
    expect(renderText(made)).toMatch(/^FAIL - T: 1 of 1 goals not met/)
    expect(renderText(made)).toMatch(/✗ availability +100 %, but every request failed/)
  })

  test('is met where some were answered', () => {
    const some = { ...refused, llm_failed: rate(19, 1, { 'rate<0.05': false }) }
    expect(renderText(report(some))).toMatch(/✓ availability +100 %/)
  })
})

describe('an estimate of TTFT', () => {
  const sla = { ttft: { p95: 3000 } }
  const stock = { streaming: false, unmeasured: 'estimate' }
  const estimate = trend([75, 90, 95, 99, 9], { 'p(95)<3000': true, 'max>0': true })
  const headers = (ms: number) => ({
    'llm_response_headers{answer:stream}': trend([ms, ms, ms, ms, 9], {
      'p(95)<3000': ms < 3000,
    }),
  })

  test('below the headers of the streams is disproved: no goal is met by it', () => {
    const made = report({ llm_ttft_probe: estimate, ...headers(2051) }, sla, stock)
    const goal = made.goals.find(({ metric }) => metric === 'llm_ttft_probe')
    expect(goal).toMatchObject({ doubt: 'disproved', headers: 2051 })
    const text = renderText(made)
    expect(text).toMatch(/^PASS - T: 0 of 1 goals met, 1 not measured/)
    expect(text).toContain('90.0 ms, but headers of streams come after 2051 ms')
  })

  test('is missed where those headers alone are over the limit', () => {
    const made = report({ llm_ttft_probe: estimate, ...headers(4100) }, sla, stock)
    expect(made.verdict).toBe('fail')
    expect(renderText(made)).toMatch(/^FAIL - T: 1 of 1 goals not met/)
    expect(renderText(made)).toMatch(/✗ TTFT \(estimate\) p95\n/)
  })

  test.each([70, 80])('stays where headers come after %i ms: chance, or earlier', (ms) => {
    const text = renderText(report({ llm_ttft_probe: estimate, ...headers(ms) }, sla, stock))
    expect(text).toMatch(/^PASS - T: 1 of 1 goals met/)
    expect(text).not.toContain('response headers p95')
  })
})

test('pace that has no figure since a proxy buffered the streams names that cause', () => {
  const gate = { 'p(95)<50': true, 'max>0': false }
  const made = report(
    {
      llm_ttft: trend([2000, 2000, 2000, 2000, 20]),
      llm_tpot: unused(gate),
      llm_goodput: rate(0, 0, { 'rate>=0.9': false }),
      llm_buffered: rate(20, 0),
    },
    { tpot: { p95: 50 }, goodput: 0.9 },
    { streaming: true },
  )
  expect(made.unmeasured.map(({ limit, reason }) => [limit, reason])).toEqual([
    ['tpot.p95', 'held'],
    ['goodput', 'held'],
  ])
  expect(made.advice).toEqual([
    { symptom: 'unmeasured', causes: [{ id: 'held-back', seen: true }] },
  ])
  const text = renderText(made).replace(/\s+/g, ' ')
  expect(text).toContain('FAIL - T: 2 of 2 goals not met')
  expect(text).toContain('why: the proxy buffered the streams: all tokens came at once at the end')
  expect(text).toContain('seen in this run: The proxy buffered the streams')
})
