import { describe, expect, test, vi } from 'vitest'
import { renderJunit } from '../../../cli/report/junit.ts'
import { rowOf } from '../../../cli/run/table.ts'
import { percentileCurves } from '../../../src/report/curves.ts'
import { renderHtml } from '../../../src/report/html.ts'
import { renderJson } from '../../../src/report/json.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { schemaErrors } from '../../support/report-schema.ts'
import { counter, gauge, rate, run, trend } from './run.ts'

vi.stubGlobal('__ENV', {})

const report = (metrics: object, state: object = {}) => {
  const data = run({ ...metrics })
  return toReport(
    { ...data, state: { ...data.state, ...state } },
    { title: 'T', generatedAt: '2026-11-24T03:15:00.000Z', version: '0.1.0' },
  )
}
/** Each format, without line ends and what Markdown escapes. */
const formats = (made: ReturnType<typeof report>) =>
  [renderText(made), renderMarkdown(made), renderHtml(made)].map((text) =>
    text.replace(/\\/g, '').replace(/\s+/g, ' '),
  )

describe('percentiles of few samples', () => {
  const of = (count: number) =>
    report({
      llm_ttft: trend([100, 200, 300, 400, count], { 'p(95)<900': true, 'p(99)<900': true }),
    })

  test('are a dash everywhere, from the same number on', () => {
    for (const [count, p95, p99] of [
      [19, '–', '–'],
      [20, '200 ms', '–'],
      [99, '200 ms', '–'],
      [100, '200 ms', '300 ms'],
    ] as const) {
      const made = of(count)
      const [text = '', markdown = '', html = ''] = formats(made)
      expect(text).toContain(`TTFT 100 ms ${p95} ${p99} 400 ms ${count}`)
      expect(markdown).toContain(`| TTFT | 100 ms | ${p95} | ${p99} | 400 ms | ${count} |`)
      expect(html).toContain(
        `TTFT</th><td class="r">100 ms</td><td class="r">${p95}</td><td class="r">${p99}</td>`,
      )
      const { table } = percentileCurves(made, WORDS.en)
      const titles = table.columns.map(({ title }) => title)
      expect([titles.includes('p95'), titles.includes('p99')]).toEqual([p95 !== '–', p99 !== '–'])
      expect(rowOf('t', 0, made).ttft).toBe(p95 === '–' ? undefined : 200)
    }
  })

  test('are judged by k6 all the same, which every format says', () => {
    const made = of(14)
    expect(made.verdict).toBe('pass')
    expect(made.goals.map(({ few }) => few)).toEqual([14, 14])
    expect(schemaErrors(made)).toEqual([])
    for (const text of formats(made)) {
      expect(text).toContain(
        'too few samples, of those that it takes: TTFT p95 (14 of 20), TTFT p99 (14 of 100)',
      )
    }
    expect(renderText(made, { locale: 'ko' })).toContain('TTFT p95 (20건 중 14건)')
    expect(of(100).warnings).toEqual([])
  })
})

describe('failed HTTP requests', () => {
  const shown = (metrics: object) =>
    formats(report(metrics)).map((text) => /failed HTTP requests.{0,110}/.exec(text)?.[0] ?? 'none')

  test('say which requests they say nothing of', () => {
    // A login by HTTP, 40 streams by k6/x/sse.
    const streams = { http_req_failed: rate(0, 1), llm_requests: counter(40, 1) }
    for (const text of shown({ ...streams, http_reqs: counter(1, 1) })) {
      expect(text).toContain('39 more are not in it')
    }
    // A monitor whose answers are no failures.
    for (const text of shown({ http_req_failed: rate(2, 10), http_reqs: counter(30, 1) })) {
      expect(text).toContain('18 more are not in it')
    }
  })

  test('say nothing more where every request is in it', () => {
    const all = { http_req_failed: rate(2, 38), http_reqs: counter(40, 1) }
    const made = report({ ...all, llm_requests: counter(39, 1) })
    expect(made.rates[0]).toMatchObject({ metric: 'http_req_failed', total: 40 })
    for (const text of formats(made)) {
      expect(text).toContain('failed HTTP requests')
      expect(text).not.toContain('not in it')
    }
  })
})

test('a Gauge is in every format', () => {
  const made = report({ my_queue: gauge(7), vus: gauge(9) })
  expect(made.gauges).toEqual([
    { metric: 'my_queue', selector: '', unit: '', value: 1, min: 1, max: 7 },
  ])
  expect(schemaErrors(made)).toEqual([])
  for (const text of formats(made)) {
    expect(text).toMatch(/my_queue.*last value, 1 to 7 in the run/)
  }
  expect(JSON.parse(renderJson(made)).gauges).toHaveLength(1)
})

describe('the mark of the preview', () => {
  const mark = 'PREVIEW, NOT K6'

  test('is in every format, beside the verdict', () => {
    const made = report({ llm_requests: counter(4, 1) }, { preview: true })
    expect(schemaErrors(made)).toEqual([])
    expect(renderText(made).split('\n').slice(0, 4)).toEqual([
      'NONE - T: no thresholds: nothing was judged',
      '='.repeat(80),
      'PREVIEW, NOT K6: the script works; no figure here is a benchmark',
      '='.repeat(80),
    ])
    expect(renderMarkdown(made)).toMatch(/^# ⚠️ PREVIEW, NOT K6: /)
    expect(renderHtml(made)).toContain(`<body><p class="preview">${mark}`)
    expect(renderHtml(made)).toContain(`<title>${mark}`)
    expect(JSON.parse(renderJson(made)).preview).toBe(true)
    expect(renderJunit(made, 'en')).toContain(`<testsuite name="${mark}`)
    for (const render of [renderText, renderMarkdown, renderHtml]) {
      expect(render(made, { locale: 'ko' })).toContain('미리보기')
    }
  })

  test('is not in a report of k6', () => {
    const made = report({ llm_requests: counter(4, 1) })
    const all = [...formats(made), renderJson(made), renderJunit(made, 'en')].join('\n')
    expect(all).not.toMatch(/PREVIEW|"preview":/)
  })
})
