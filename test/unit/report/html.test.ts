import { gunzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { percentileCurves } from '../../../src/report/curves.ts'
import { renderHtml } from '../../../src/report/html.ts'
import { html, jsonMarkup } from '../../../src/report/markup.ts'
import { toReport } from '../../../src/report/record.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { sampleContext, sampleRun } from '../../support/sample-report.ts'
import { run, trend } from './run.ts'

vi.stubGlobal('__ENV', {})

const report = toReport(sampleRun, sampleContext)
const page = renderHtml(report)
const context = { title: 'T', generatedAt: '2026-11-24T03:15:00.000Z' }
const element = (id: string, text = page) =>
  new RegExp(`<script type="[^"]+" id="${id}">(.*)</script>`).exec(text)?.[1] as string

describe('markup', () => {
  test('escapes every value, in texts and in attributes', () => {
    const text = `<a href="x" title='y'>&`
    expect(html`<b title="${text}">${text}</b>`.markup).toBe(
      '<b title="&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;">' +
        '&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;</b>',
    )
    expect(html`${[html`<i>`, '<', 5, false, undefined]}`.markup).toBe('<i>&#60;5')
  })

  test('data cannot end its script element', () => {
    const { markup } = jsonMarkup({ a: '</script><!--' })
    expect(markup).not.toContain('<')
    expect(JSON.parse(markup)).toEqual({ a: '</script><!--' })
  })
})

describe('the page', () => {
  test('no name, title or text of a run is markup', () => {
    expect(page).not.toContain('<script>alert')
    expect(page.match(/<script/g)).toHaveLength(3) // data, uPlot, the page's own
    for (const where of ['Sample', 'label', 'note', 'SLA', 'has', 'cell', 'qwen-', 'm ']) {
      expect(page).toMatch(new RegExp(`${where}[^<]{0,10}&#60;script&#62;alert\\(1\\)`))
    }
  })

  test('asks for nothing outside itself', () => {
    expect(page).not.toMatch(/\b(src|href)=|@import|url\(|https?:\/\/(?!github)/)
    expect(page).toContain('content="default-src &#39;none&#39;; ')
  })

  test('carries uPlot with its licence, and stays small', () => {
    const library = gunzipSync(Buffer.from(element('uplot'), 'base64')).toString()
    expect(library).toMatch(/^\/\*!\nThe MIT License/)
    expect(library).toContain('var uPlot=')
    expect(page.length).toBeLessThan(90_000)
  })

  test('begins with the verdict and the validity; has the goals, the worst first', () => {
    expect(page).toContain('<strong class="fail">FAIL</strong> 3 of 8 goals not met')
    expect(page).toContain(
      '<p class="validity valid">valid: client lag p99 1.64 ms, limit 5 ms</p>',
    )
    const order = ['request duration p95', 'TTFT p99', 'availability', 'failed requests'].map(
      (name) => page.indexOf(`<th scope="row">${name}`),
    )
    expect(order.every((at) => at > 0)).toBe(true)
    expect(order.slice(2)).toEqual(order.slice(2).sort((a, b) => a - b))
  })

  test('has charts of percentiles by tag, and those that were given', () => {
    const charts = JSON.parse(element('data')) as { id: string; series: { label: string }[] }[]
    expect(charts.map(({ id }) => id)).toEqual(
      [
        'llm_ttft',
        'llm_tpot',
        'llm_gap_max',
        'llm_request_duration',
        'llm_model_switch_duration',
        'sweep',
        'time',
        'kinds',
      ].filter((id) => id !== 'llm_model_switch_duration'),
    )
    expect(charts[0]?.series.map(({ label }) => label)).toEqual([
      'TTFT',
      'model:org/llama-3-8b',
      'model:qwen-<script>alert(1)</script>',
    ])
    for (const { id } of charts) expect(page).toContain(`data-chart="${id}"`)
  })

  test('speaks Korean', () => {
    const text = renderHtml(report, { locale: 'ko' })
    expect(text).toContain('<html lang="ko">')
    for (const words of ['미달 목표 (3)', '예상 원인', '이번 실행에서 확인됨', '부하 단계']) {
      expect(text).toContain(words)
    }
  })

  test('of a run without times has neither charts nor a script', () => {
    const text = renderHtml(toReport(run({}), context))
    expect(text).not.toContain('<script')
    expect(text).toContain('<strong class="none">NONE</strong> no thresholds: nothing was judged')
  })
})

describe('percentile curves', () => {
  const curves = (metrics: { [name: string]: unknown }) =>
    percentileCurves(toReport(run(metrics), context), WORDS.en)

  test('leave out a percentile without a sample above it', () => {
    const { charts, table } = curves({ llm_ttft: trend([100, 200, 300, 400, 14]) })
    expect(charts[0]?.x.values).toEqual(['min', 'p50', 'p90', 'max'])
    expect(table.rows).toEqual([['TTFT', 50, 100, 200, 400]])
  })

  test('leave out a part that is the whole', () => {
    const all = trend([100, 200, 300, 400, 1000], { 'max>=0': true })
    const { charts } = curves({
      llm_ttft: all,
      'llm_ttft{sla:chat}': all,
      'llm_ttft{model:a}': trend([101, 200, 300, 400, 500], { 'max>=0': true }),
    })
    expect(charts[0]?.series.map(({ label }) => label)).toEqual(['TTFT', 'model:a'])
  })

  test('show the first visible output only where it is not the first token', () => {
    const times = trend([100, 200, 300, 400, 1000])
    const ids = (ttfo: unknown) =>
      curves({ llm_ttft: times, llm_ttfo: ttfo }).charts.map(({ id }) => id)
    expect(ids(times)).toEqual(['llm_ttft'])
    expect(ids(trend([900, 950, 980, 990, 1000]))).toEqual(['llm_ttft', 'llm_ttfo'])
  })

  test('need three points', () => {
    const { values, ...rest } = trend([100, 200, 300, 400, 1000])
    const metric = { ...rest, values: { max: values.max, 'p(50)': values['p(50)'], avg: 1 } }
    expect(curves({ llm_ttft: metric }).charts).toEqual([])
  })
})
