import { describe, expect, test } from 'vitest'
import { errorsOf, largestThatHold, quantilesOf } from '../../../cli/calibrate/errors.ts'
import { toText } from '../../../cli/calibrate/table.ts'
import type { Certificate, CertificateStep } from '../../../src/report/certificate.ts'

const kept = (id: string, sent: number[]) => ({
  headers: { 'x-calibrate': id },
  receivedAt: 1_000_000,
  sentAt: [1_000_000.5, ...sent.map((ms) => 1_000_000 + ms), 1_000_900, 1_000_901],
  kinds: ['role', ...sent.map(() => 'token'), 'finish', 'done'],
})

describe('errorsOf', () => {
  test('compares spans of both sides, request by request', () => {
    const seen = [
      { id: '1-0', ok: true, ttft: 101.5, gaps: [20, 18] },
      { id: '0-0', ok: true, ttft: 99, gaps: [20.25, 20] },
    ]
    const truth = [kept('0-0', [100, 120, 140]), kept('1-0', [100, 121, 140])]
    const { ttft, gaps, lost } = errorsOf(seen, truth)
    expect(ttft).toEqual([1.5, 1])
    expect(gaps).toEqual([1, 1, 0.25, 0])
    expect(lost).toBe(0)
  })

  test('a stream that failed, was not kept or has other tokens is lost, not measured', () => {
    const truth = [kept('a', [100, 120]), kept('b', [100, 120]), kept('c', [100, 120])]
    const seen = [
      { id: 'a', ok: false, ttft: 100, gaps: [20] },
      { id: 'b', ok: true, ttft: 100, gaps: [20, 20] },
      { id: 'c', ok: true },
      { id: 'd', ok: true, ttft: 100, gaps: [20] },
    ]
    expect(errorsOf(seen, truth)).toEqual({ ttft: [], gaps: [], lost: 4 })
  })
})

test('quantiles are those of k6: between two values in proportion', () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i)
  expect(quantilesOf(values)).toEqual({ count: 101, p50: 50, p99: 99, max: 100 })
  expect(quantilesOf([1, 2])).toEqual({ count: 2, p50: 1.5, p99: 1.99, max: 2 })
  expect(quantilesOf([3])).toEqual({ count: 1, p50: 3, p99: 3, max: 3 })
})

const step = (
  streams: number,
  p99: number,
  more: Partial<CertificateStep> = {},
): CertificateStep => {
  const error = { count: 100, p50: 0.5, p99, max: 12.34 }
  const own = { way: 'relay', start: 'spread', streams, rate: 50, lag: 0.7, lost: 0 } as const
  return { ...own, ttft: error, gap: error, holds: p99 < 5 && !more.lost, ...more }
}

test('the largest load is the one up to which every step held, for each way and start', () => {
  const of = (...steps: CertificateStep[]) => largestThatHold(steps)[0]?.streams
  expect(of(step(1, 1), step(5, 1), step(10, 1))).toBe(10)
  expect(of(step(1, 1), step(5, 9), step(10, 1))).toBe(1)
  expect(of(step(1, 9), step(5, 1))).toBeNull()
  const together = { start: 'together' } as const
  const way = { way: 'k6/x/sse' } as const
  expect(largestThatHold([step(1, 1), step(5, 9), step(5, 9, together), step(5, 1, way)])).toEqual([
    { way: 'relay', start: 'spread', rate: 50, streams: 1 },
    { way: 'relay', start: 'together', rate: 50, streams: null },
    { way: 'k6/x/sse', start: 'spread', rate: 50, streams: 5 },
  ])
})

test('the table says what was compared, what went over the limit and what was lost', () => {
  const steps = [
    step(1, 0.8),
    step(50, 7.5),
    step(100, 2, { lost: 3 }),
    step(50, 2, { start: 'together' }),
  ]
  const certificate: Certificate = {
    schema: 'k6-llm/certificate@2',
    generatedAt: '2026-11-20T10:00:00.000Z',
    limit: 5,
    machine: { cpus: 2, model: 'CPU', os: 'Linux' },
    versions: { k6llm: '0.1.0', k6: '2.2.0', node: '20.0.0' },
    steps,
    holds: largestThatHold(steps),
  }
  const lines = toText(certificate).split('\n')
  expect(lines.slice(3, 13)).toEqual([
    'through the relay',
    '                            TTFT                   gaps                    lag',
    ' starts  streams  tokens/s   p50   p99   max   of   p50   p99   max   of   p99',
    ' spread        1        50  0.50  0.80  12.3  100  0.50  0.80  12.3  100  0.70',
    ' spread       50      2500  0.50  7.50  12.3  100  0.50  7.50  12.3  100  0.70  over 5 ms',
    ' spread      100      5000  0.50  2.00  12.3  100  0.50  2.00  12.3  100  0.70  3 lost',
    'at once       50      2500  0.50  2.00  12.3  100  0.50  2.00  12.3  100  0.70',
    '',
    'relay, starts spread: p99 of both errors stays under 5 ms up to 1 stream of 50 tokens/s.',
    'relay, starts at once: p99 of both errors stays under 5 ms up to 50 streams of 50 tokens/s.',
  ])
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
})
