import { describe, expect, test, vi } from 'vitest'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { type ReportContext, toReport } from '../../../src/report/record.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { loadTest, rate, run, trend } from './run.ts'

vi.stubGlobal('__ENV', {})

const { guideChat } = slaPresets
const context: ReportContext = {
  title: 'vLLM 챗봇',
  generatedAt: '2026-11-24T03:15:00.123Z',
  version: '0.1.0',
  slas: [
    {
      name: guideChat.name,
      source: guideChat.source,
      limits: describeSla(guideChat, { tags: { sla: 'chat' } }),
    },
  ],
  notes: [{ label: '시스템', text: 'RTX 4090, TP=2' }],
  configuration: [{ name: 'MODEL', value: 'org/model_a' }],
  streaming: false,
}
const sections = (text: string) => text.split('\n').filter((line) => /^#/.test(line))

describe('the report template of the guide', () => {
  const report = toReport(loadTest, context)

  test('in Korean: environment, goals met and not met with value and goal, recommendations', () => {
    const text = renderMarkdown(report, { locale: 'ko' })
    expect(sections(text)).toEqual([
      '# 🚀 vLLM 챗봇 성능 테스트 보고서',
      '## 📊 테스트 환경 정보',
      '## 📈 성능 결과 요약',
      '### ✅ 달성 목표',
      '### ⚠️ 미달 목표',
      '## 🔧 권장 최적화 방안',
      '## 📋 상세 수치',
      '### 지연 시간',
      '### 요청별 분포',
      '### 집계',
      '### 체크: 5,000건 중 4,988건 통과',
    ])
    for (const line of [
      '**FAIL - vLLM 챗봇: 목표 6개 중 3개 미달**',
      '- **실행 날짜**: 2026-11-24 03:15:00 UTC',
      '- **시스템**: RTX 4090, TP=2',
      '- **MODEL**: org/model\\_a',
      '- **응답 시간 p99 {sla:chat}**: 4800 ms (목표: \\< 5000 ms) ✅',
      '- **응답 시간 p95 {sla:chat}**: 3000.4 ms (목표: \\< 3000 ms) ❌',
      '- **TTFT p95**: 측정값 없음 (목표: \\< 2000 ms) ❌',
      '| 응답 시간 | 1210 ms | 3000 ms | 4800 ms | 19.10 s | 2,488 |',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
  })

  test('in English', () => {
    const text = renderMarkdown(report)
    expect(sections(text).slice(0, 6)).toEqual([
      '# 🚀 vLLM 챗봇 performance test report',
      '## 📊 Environment',
      '## 📈 Results',
      '### ✅ Goals met',
      '### ⚠️ Goals not met',
      '## 🔧 Recommendations',
    ])
    expect(text).toContain('- **failed requests {sla:chat}**: 0.48 % (goal: \\< 1 %) ✅')
    expect(text).toContain('   - **seen in this run**: Answers took longer than the timeout')
  })

  test('the worst goal comes first', () => {
    const text = renderMarkdown(report)
    const order = ['TTFT p95', 'availability', 'request duration p95'].map((name) =>
      text.indexOf(`- **${name}`),
    )
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(text.indexOf('### ⚠️ Goals not met'))
  })
})

test('a run without misses says so, and asks for nothing', () => {
  const data = run({ llm_ttft: trend([1, 2, 3, 4, 5], { 'p(95)<9': true }) })
  const text = renderMarkdown(toReport(data, { ...context, slas: [] }))
  expect(text).toContain('Nothing to improve: no goal was missed.')
  expect(text).not.toContain('Recommendations')
})

test('names and texts cannot change the document', () => {
  const data = run({
    'llm_failed{model:<script>alert(1)</script>|*x*}': rate(1, 2, { 'rate<0.1': false }),
  })
  const text = renderMarkdown(
    toReport(data, { ...context, title: 'a\n# b `c` [d](e)', notes: [{ text: '&lt; | _x_' }] }),
  )
  expect(text).not.toMatch(/[^\\]<script/)
  expect(text.split('\n')[0]).toBe('# 🚀 a # b \\`c\\` \\[d\\](e) performance test report')
  expect(text).toContain('&amp;lt; \\| \\_x\\_')
  expect(text).toContain('{model:\\<script\\>alert(1)\\</script\\>\\|\\*x\\*}')
})

test('further tables, with their note', () => {
  const report = toReport(run({}), {
    ...context,
    tables: [
      {
        id: 'steps',
        title: { en: 'Steps', ko: '단계' },
        note: '60 s each',
        columns: [
          { title: 'rate', unit: 'requests/s' },
          { title: 'TTFT', unit: 'ms' },
        ],
        rows: [
          [2, 312.4],
          [4, null],
        ],
      },
    ],
  })
  expect(renderMarkdown(report, { locale: 'ko' })).toContain(
    [
      '## 단계',
      '',
      '60 s each',
      '',
      '| rate (건/초) | TTFT |',
      '| --- | ---: |',
      '| 2 | 312 ms |',
      '| 4 | – |',
    ].join('\n'),
  )
})
