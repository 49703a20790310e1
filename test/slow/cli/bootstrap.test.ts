import { describe, expect, test } from 'vitest'
import { interval, percentileDraws } from '../../../cli/stats/bootstrap.ts'
import { effectiveCount } from '../../../cli/stats/dependence.ts'
import { seededRandom } from '../../../cli/stats/random.ts'
import { percentile } from '../../../src/core/percentile.ts'

describe('bootstrap', () => {
  test('replicates of a percentile are those of drawing whole samples', () => {
    const random = seededRandom(3)
    const values = Float64Array.from({ length: 40 }, () => Math.exp(random.normal())).sort()
    for (const share of [0.5, 0.9]) {
      const fast = interval(percentileDraws(values, share, 40, random, 20_000))
      const drawn = new Float64Array(20_000).map(() => {
        const sample = new Float64Array(40).map(
          () => values[Math.floor(random.uniform() * 40)] as number,
        )
        return percentile(sample.sort(), share)
      })
      const slow = interval(drawn)
      expect(fast[0] / slow[0]).toBeCloseTo(1, 1)
      expect(fast[1] / slow[1]).toBeCloseTo(1, 1)
      const mean = (list: Float64Array) => list.reduce((sum, x) => sum + x, 0) / list.length
      expect(
        Math.abs(mean(percentileDraws(values, share, 40, random, 20_000)) / mean(drawn) - 1),
      ).toBeLessThan(0.02)
    }
  })

  test('an interval of a median holds it in 95 of 100 runs', () => {
    const random = seededRandom(5)
    let held = 0
    for (let run = 0; run < 400; run++) {
      const values = new Float64Array(200).map(() => Math.exp(0.5 * random.normal()))
      const size = effectiveCount(values, Float64Array.from(values).sort(), 0.5)
      const [low, high] = interval(percentileDraws(values.sort(), 0.5, size, random, 500))
      if (low <= 1 && high >= 1) held++
    }
    expect(held / 400).toBeGreaterThan(0.92)
  })
})
