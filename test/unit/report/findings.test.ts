import { describe, expect, test } from 'vitest'
import { findingsOf } from '../../../src/report/findings.ts'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'

const rate = (passes: number, fails: number) => ({
  type: 'rate',
  contains: 'default',
  values: { rate: passes / (passes + fails), passes, fails },
})
const counter = (count: number) => ({
  type: 'counter',
  contains: 'default',
  values: { count, rate: count / 10 },
})
const chunks = (avg: number, count: number) => ({
  type: 'trend',
  contains: 'default',
  values: { avg, min: avg, med: avg, max: avg, 'p(50)': avg, 'p(95)': avg, 'p(99)': avg, count },
})
const report = (metrics: Record<string, unknown>) =>
  toReport(
    { root_group: {}, options: {}, state: { testRunDurationMs: 10_000 }, metrics },
    { title: 'x', generatedAt: '2026-11-24T03:15:00.000Z' },
  )

describe('findings', () => {
  test('are none where all is well', () => {
    const well = report({
      llm_buffered: rate(0, 20),
      llm_truncated: rate(0, 20),
      llm_requests: counter(20),
      llm_completion_tokens: counter(2000),
      llm_chunks_per_request: chunks(99, 20),
    })
    expect(well.findings).toEqual([])
    expect(renderText(well)).not.toContain('Findings')
  })

  test('name what was seen and what to do about it', () => {
    const ill = report({
      llm_buffered: rate(15, 5),
      llm_truncated: rate(1, 19),
      llm_stalls: counter(3),
      llm_requests: counter(20),
      llm_completion_tokens: counter(2000),
      llm_chunks_per_request: chunks(40, 20),
      dropped_iterations: counter(7),
    })
    expect(ill.findings).toEqual([
      { kind: 'buffered', count: 15, total: 20 },
      { kind: 'truncated', count: 1, total: 20 },
      { kind: 'stalls', count: 3 },
      { kind: 'coalesced', count: 20, ratio: 2.5 },
      { kind: 'dropped', count: 7 },
    ])
    const text = renderText(ill)
    expect(text).toContain(
      '\nFindings\n  ! 15 of 20 streams came all at once at their end: a proxy or gateway holds the',
    )
    expect(text).toContain('nginx proxy_buffering off')
    expect(text).toContain('! 2.5 tokens came with an event on average')
    expect(text).toContain('! 7 iterations were not started')
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(renderText(ill, { locale: 'ko' })).toContain(
      '스트림 20건 중 15건이 끝에 한꺼번에 도착했습니다',
    )
  })

  test('tokens are set against events only where every request was a stream', () => {
    const mixed = report({
      llm_requests: counter(30),
      llm_completion_tokens: counter(2000),
      llm_chunks_per_request: chunks(40, 20),
    })
    expect(findingsOf(mixed)).toEqual([])
  })
})
