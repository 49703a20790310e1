import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChatResult } from '../../../src/chat/result.ts'
import { createRandom } from '../../../src/core/random.ts'
import type { recordTimes } from '../../../src/metrics/request.ts'
import type { Sample } from '../../support/k6/metrics.ts'

let record: typeof recordTimes
let samples: Sample[]

/** A VU of its own: the sample's place is kept for the life of a VU. */
async function newVu(number: number, seed = '1') {
  vi.resetModules()
  vi.stubGlobal('__ENV', { SEED: seed })
  vi.stubGlobal('__VU', number)
  record = (await import('../../../src/metrics/request.ts')).recordTimes
  samples = (await import('../../support/k6/metrics.ts')).samples
}

const answer = (gaps: number[]) =>
  ({ ok: true, timing: { source: 'stream', duration: 1, gaps } }) as unknown as ChatResult
const taken = () => samples.filter((s) => s.metric === 'llm_itl').map((s) => s.value)

beforeEach(async () => {
  await newVu(1)
})

describe("itl: 'sample'", () => {
  test('takes one of each ten gaps in a row, across requests', () => {
    for (let request = 0; request < 40; request++) {
      record(answer(Array.from({ length: 7 }, (_, i) => request * 7 + i)), 'sample', {})
    }
    // 280 gaps, each with its ordinal as its value.
    expect(taken().map((ordinal) => Math.floor(ordinal / 10))).toEqual(
      Array.from({ length: 28 }, (_, i) => i),
    )
  })

  test('a single long answer, no gap, a failure', () => {
    record(answer([]), 'sample', {})
    const error = { kind: 'truncated' as const, status: 200, message: 'cut' }
    record({ ...answer([1, 2, 3]), ok: false, error }, 'sample', {})
    expect(taken()).toEqual([])
    record(answer(Array.from({ length: 1000 }, (_, i) => i)), 'sample', {})
    expect(taken()).toHaveLength(100)
  })

  test('repeats with SEED and the number of the VU, and differs without', async () => {
    const gaps = Array.from({ length: 500 }, (_, i) => i)
    const run = async (vu: number, seed: string) => {
      await newVu(vu, seed)
      record(answer(gaps), 'sample', {})
      return taken()
    }
    expect(await run(1, '7')).toEqual(await run(1, '7'))
    expect(await run(1, '7')).not.toEqual(await run(2, '7'))
    expect(await run(1, '7')).not.toEqual(await run(1, '8'))
  })

  test('every gap has the same chance, wherever in whatever answer', async () => {
    // 3 VUs, 4000 rounds of a short, a middle and a long answer: how often is each place taken?
    const lengths = [3, 17, 80]
    const hits = lengths.map((length) => new Array<number>(length).fill(0))
    const ROUNDS = 4000
    for (let vu = 1; vu <= 3; vu++) {
      await newVu(vu)
      for (let round = 0; round < ROUNDS; round++) {
        lengths.forEach((length, answerNumber) => {
          samples.length = 0
          record(answer(Array.from({ length }, (_, i) => i)), 'sample', {})
          const places = hits[answerNumber] as number[]
          for (const { metric, value } of samples) {
            if (metric === 'llm_itl') places[value] = (places[value] as number) + 1
          }
        })
      }
    }
    // Of 12,000 tries 1,200 hits are due, with a standard deviation of 33: 5 of them.
    for (const places of hits) {
      for (const count of places) expect(Math.abs(count - 1200)).toBeLessThan(165)
    }
  })

  test('percentiles are those of all gaps, where answers of two lengths differ in pace', () => {
    // Many short answers of 10 ms gaps, few long ones of 40 ms: the long hold 80 % of the gaps. A
    // fixed number of each answer would see 10 ms at the median.
    const random = createRandom(3)
    const all: number[] = []
    for (let request = 0; request < 2000; request++) {
      const long = request % 10 === 0
      const mean = long ? 40 : 10
      const gaps = Array.from({ length: long ? 720 : 20 }, () => mean * (0.5 + random.next()))
      all.push(...gaps)
      record(answer(gaps), 'sample', {})
    }
    const at = (values: number[], share: number) => {
      const sorted = Float64Array.from(values).sort()
      return sorted[Math.floor(share * (sorted.length - 1))] as number
    }
    const sample = taken()
    expect(sample).toHaveLength(all.length / 10)
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      expect(at(sample, share) / at(all, share)).toBeCloseTo(1, 1)
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    expect(mean(sample) / mean(all)).toBeCloseTo(1, 2)
  })

  test('does not fall in step with a server that sends its tokens in fives', () => {
    const gaps = Array.from({ length: 20_000 }, (_, i) => (i % 5 === 0 ? 50 : 0.1))
    record(answer(gaps), 'sample', {})
    const sample = taken()
    expect(sample).toHaveLength(2000)
    // A fifth of the gaps is long. Each tenth gap would give none of them, or all.
    expect(sample.filter((gap) => gap === 50).length / 2000).toBeCloseTo(0.2, 1)
  })
})

test("'all' takes every gap, 'none' takes none", () => {
  record(answer([1, 2, 3]), 'all', {})
  expect(taken()).toEqual([1, 2, 3])
  samples.length = 0
  record(answer([1, 2, 3]), 'none', {})
  expect(taken()).toEqual([])
})
