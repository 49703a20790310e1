import { describe, expect, test } from 'vitest'
import { overall, type RowVerdict } from '../../../../cli/compare/compare.ts'
import { renderMarkdown, renderText } from '../../../../cli/compare/render.ts'
import type { Side } from '../../../../cli/compare/side.ts'
import { compareSummaries } from '../../../../cli/compare/summaries.ts'
import { thresholds } from '../../../../cli/compare/threshold.ts'
import { toReport } from '../../../../src/report/record.ts'
import { compare, run } from '../../../support/server-run.ts'

test('two runs of the same server are the same', () => {
  expect(overall(compare(run(1), run(2)))).toBe('same')
})

describe('a server that became 10 % slower', () => {
  test('is found', () => {
    for (let i = 0; i < 2; i++) {
      const rows = compare(run(2 * i + 1), run(2 * i + 2, { slower: 1.1 }), i)
      expect(overall(rows)).toBe('worse')
      const ttft = rows.find(
        ({ metric, statistic }) => metric === 'llm_ttft' && statistic === 'p50',
      )
      expect(ttft).toMatchObject({
        verdict: 'worse',
        why: 'more than chance, and over the threshold',
      })
      expect(ttft?.difference).toBeGreaterThan(0.06)
      expect(ttft?.interval?.[0]).toBeGreaterThan(0.03)
    }
  })

  test('is better the other way round', () => {
    expect(overall(compare(run(1, { slower: 1.1 }), run(2)))).toBe('better')
  })
})

describe('a row', () => {
  const row = (a: Side, b: Side, metric: string, statistic: string) =>
    compare(a, b).find((one) => one.metric === metric && one.statistic === statistic)

  test('of too few samples: not enough data, p99 before p50', () => {
    const [a, b] = [run(1, { size: 60 }), run(2, { size: 60 })]
    expect(row(a, b, 'llm_ttft', 'p99')).toMatchObject({
      verdict: 'not enough data',
      why: 'too few samples',
    })
    expect(row(a, b, 'llm_ttft', 'p50')?.why).not.toBe('too few samples')
  })

  test('more than chance but small: the same', () => {
    const [a, b] = [run(1, { size: 40_000 }), run(2, { size: 40_000, slower: 1.02 })]
    expect(row(a, b, 'llm_ttft', 'p50')).toMatchObject({ verdict: 'same' })
    expect(row(a, b, 'llm_ttft', 'p50')?.adjusted).toBeLessThan(0.05)
  })

  test('of failures: points, not percent of them', () => {
    const [a, b] = [run(1, { failing: 0.01 }), run(2, { failing: 0.04 })]
    const failed = row(a, b, 'llm_failed', 'rate')
    expect(failed?.difference).toBeCloseTo(0.03, 1)
    expect(failed?.verdict).toBe('worse')
  })

  test('the same seed gives the same rows', () => {
    expect(compare(run(1), run(2), 5)).toEqual(compare(run(1), run(2), 5))
  })
})

describe('thresholds', () => {
  test('of all, of one metric, of rates', () => {
    const threshold = thresholds(['10%', 'llm_ttft=0.2', 'llm_failed=0.5%'])
    expect(threshold('llm_tpot', 'relative')).toBe(0.1)
    expect(threshold('llm_ttft', 'relative')).toBe(0.2)
    expect(threshold('llm_failed', 'share')).toBe(0.005)
    expect(threshold('llm_goodput', 'share')).toBe(0.01)
  })

  test.each(['', '-5%', 'much', 'llm_ttft=', '0%', '2000%'])('%j is none', (text) => {
    expect(() => thresholds([text])).toThrow(`--threshold ${text}: expected a share like 5%`)
  })
})

describe('two summaries', () => {
  const report = (p95: number, failed: number) =>
    toReport(
      {
        metrics: {
          llm_ttft: {
            type: 'trend',
            contains: 'time',
            values: { 'p(95)': p95, med: 100, count: 400 },
          },
          llm_failed: {
            type: 'rate',
            contains: 'default',
            values: { rate: failed / 400, passes: failed, fails: 400 - failed },
          },
        },
        state: { testRunDurationMs: 1000 },
      },
      { title: 'x', generatedAt: '2026-11-24T00:00:00Z' },
    )

  test('show percentiles without judging them; rates have counts, and are judged', () => {
    const rows = compareSummaries(report(200, 4), report(400, 40), { threshold: thresholds([]) })
    expect(rows.map(({ metric, statistic, verdict }) => [metric, statistic, verdict])).toEqual([
      ['llm_ttft', 'p50', 'not enough data'],
      ['llm_ttft', 'p95', 'not enough data'],
      ['llm_failed', 'rate', 'worse'],
    ])
    expect(rows[1]).toMatchObject({
      difference: 1,
      why: expect.stringContaining('summaries have no samples'),
    })
    expect(rows[1]).not.toHaveProperty('interval')
  })
})

describe('over all', () => {
  const none = 'not enough data'
  /** By `METRIC VERDICT`; `…_s` is a share. */
  const all = (...rows: `${string} ${RowVerdict}`[]) =>
    overall(
      rows.map((row) => {
        const [metric = ''] = row.split(' ')
        const verdict = row.slice(metric.length + 1) as RowVerdict
        return { metric, verdict, unit: metric.endsWith('_s') ? 'share' : 'ms' }
      }),
    )

  test('the same where half of the metrics could be told, a latency among them', () => {
    expect(all('a same', `a ${none}`, `a ${none}`)).toBe('same') // its p50; p95 and p99 take more
    expect(all('a same', `b ${none}`, 'c_s same')).toBe('same')
    expect(all('a same', `b ${none}`, `c_s ${none}`)).toBe(none)
    expect(all('f_s same', ...['a', 'b', 'c'].map((name) => `${name} ${none}` as const))).toBe(none)
    expect(all(`a ${none}`, 'f_s same', 'g_s same')).toBe(none) // two summaries
    expect(all('f_s same')).toBe('same')
    expect(all('f_s same', 'q not judged')).toBe('same')
    expect(all('q not judged')).toBe(none)
    expect(all()).toBe(none)
  })

  test('one that is worse is enough', () => {
    expect(all('a same', 'b better', `c ${none}`, 'd worse')).toBe('worse')
    expect(all('a same', 'b better', `c ${none}`)).toBe('better')
  })
})

test('Gauges are shown and not judged', () => {
  const [a, b] = [run(1), run(2)]
  a.gauges = { my_queue: { last: 4, max: 10, count: 9 }, only_here: { last: 1, max: 1, count: 1 } }
  b.gauges = { my_queue: { last: 8, max: 15, count: 9 } }
  const rows = compare(a, b).filter(({ verdict }) => verdict === 'not judged')
  expect(rows).toEqual([
    expect.objectContaining({
      metric: 'my_queue',
      statistic: 'last',
      base: 4,
      new: 8,
      difference: 1,
    }),
    expect.objectContaining({ metric: 'my_queue', statistic: 'max', base: 10, new: 15 }),
  ])
  const comparison = {
    schema: 'k6-llm/comparison@1' as const,
    base: 'a',
    new: 'b',
    verdict: overall(rows),
    rows,
    notes: [],
  }
  expect(renderText(comparison)).toMatch(/my_queue last +4 +8 +\+100 % +– +– {2}· not judged/)
})

test('text and Markdown', () => {
  const rows = compare(run(1), run(2, { slower: 1.2 }))
  const comparison = {
    schema: 'k6-llm/comparison@1' as const,
    base: 'a|b.json',
    new: 'n.json',
    verdict: overall(rows),
    rows,
    notes: ['a note'],
  }
  const text = renderText(comparison)
  expect(text).toMatch(/^WORSE - n\.json against a\|b\.json: \d worse/)
  expect(text).toMatch(
    /^llm_ttft p50 +3\d\d ms +3\d\d ms +\+\d+ % +\+\d+ % … \+\d+ % +< 0\.001 {2}✗ worse$/m,
  )
  expect(text).toMatch(/^llm_failed .* pp … /m)
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120)
  const markdown = renderMarkdown(comparison)
  expect(markdown).toMatch(/^### WORSE: n\.json against/)
  expect(markdown).toMatch(/^\| llm_ttft p50 \| .* \| ✗ worse \|$/m)
  expect(markdown).toMatch(/\n- a note\n$/)
})
