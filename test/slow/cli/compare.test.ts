import { describe, expect, test } from 'vitest'
import { overall } from '../../../cli/compare/compare.ts'
import { compare, run } from '../../support/server-run.ts'

describe('two runs of the same server', () => {
  // Where requests depend on each other, neither latency can be told in some of the pairs.
  test.each([
    [0, 95],
    [0.6, 80],
  ])(
    'are the same, and never different, dependence %d',
    (dependence, least) => {
      const rounds = 100
      let same = 0
      let alarms = 0
      for (let i = 0; i < rounds; i++) {
        const rows = compare(run(2 * i + 1, { dependence }), run(2 * i + 2, { dependence }), i)
        const verdict = overall(rows)
        if (verdict === 'same') same++
        if (verdict === 'worse' || verdict === 'better') alarms++
      }
      expect(same).toBeGreaterThanOrEqual(least)
      expect(alarms).toBeLessThanOrEqual(2)
    },
    60_000,
  )
})

describe('a server that became 10 % slower', () => {
  test('is found in every repetition', () => {
    for (let i = 0; i < 30; i++) {
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
  }, 60_000)
})
