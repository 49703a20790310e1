import { describe, expect, test } from 'vitest'
import { crossing, interval, meanDraws } from '../../../../cli/stats/bootstrap.ts'
import { effectiveCount } from '../../../../cli/stats/dependence.ts'
import { twoSided } from '../../../../cli/stats/normal.ts'
import { compareShares, fisher, wilson } from '../../../../cli/stats/proportions.ts'
import { seededRandom } from '../../../../cli/stats/random.ts'
import { holm, mannKendall, mannWhitney, theilSen } from '../../../../cli/stats/tests.ts'

const sorted = (...values: number[]) => Float64Array.from(values).sort()

describe('twoSided', () => {
  // Tables of the normal distribution; 5 sigma as particle physics has it.
  test.each([
    [0, 1],
    [1.959963984540054, 0.05],
    [-2.5758293035489004, 0.01],
    [3.290526731491926, 0.001],
    [5, 5.733031437583866e-7],
  ])('z = %d', (z, p) => {
    expect(twoSided(z) / p).toBeCloseTo(1, 6)
  })
})

describe('mannWhitney', () => {
  test('the example of scipy.stats.mannwhitneyu: ages of diagnosis of males and females', () => {
    // Its documentation: U = 17 for the first, p = 0.11134688653314041 with method='asymptotic'.
    const males = sorted(19, 22, 16, 29, 24)
    const females = sorted(20, 11, 17, 12)
    const { u, p } = mannWhitney(males, females)
    expect(u).toBe(17)
    expect(p).toBeCloseTo(0.11134688653314041, 6)
  })

  test('ties share their ranks', () => {
    // By hand: ranks 1, 3, 3 and 3, 5; U = 7 - 6 = 1; variance 6 / 12 (6 - 24 / 20) = 2.4.
    const { u, p } = mannWhitney(sorted(1, 2, 2), sorted(2, 3))
    expect(u).toBe(1)
    expect(p).toBeCloseTo(twoSided(1.5 / Math.sqrt(2.4)), 9)
  })

  test('all alike: nothing to see', () => {
    expect(mannWhitney(sorted(1, 1), sorted(1, 1))).toEqual({ u: 2, p: 1 })
  })
})

describe('mannKendall and theilSen', () => {
  test('a series that only rises', () => {
    // Ten values: S = 45, variance 125, z = 44 / sqrt(125) = 3.935; p = 8.3e-5 (the usual example).
    const { s, p } = mannKendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(s).toBe(45)
    expect(p).toBeCloseTo(8.303e-5, 7)
  })

  test('ties', () => {
    // 1 2 2 3: S = 5, variance (4·3·13 - 2·1·9) / 18 = 7.667
    expect(mannKendall([1, 2, 2, 3])).toEqual({ s: 5, p: twoSided(4 / Math.sqrt(138 / 18)) })
  })

  test('one window that is off does not bend the slope', () => {
    expect(theilSen([1, 2, 3, 400, 5, 6, 7])).toBe(1)
  })
})

test('holm: the example of R, p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")', () => {
  expect(holm([0.04, 0.01, 0.05, 0.02, 0.03]).map((p) => Number(p.toFixed(9)))).toEqual([
    0.09, 0.05, 0.09, 0.08, 0.09,
  ])
})

describe('shares', () => {
  test('wilson: 5 of 20 is 11.2 to 46.9 %, none of 10 is 0 to 27.8 %', () => {
    // Newcombe 1998, table of methods; also R's prop.test(5, 20, correct = FALSE).
    expect(wilson({ yes: 5, total: 20 }).map((x) => x.toFixed(4))).toEqual(['0.1119', '0.4687'])
    expect(wilson({ yes: 0, total: 10 }).map((x) => x.toFixed(4))).toEqual(['0.0000', '0.2775'])
  })

  test("newcombe's own example (a): 56/70 - 48/80 is 0.0524 to 0.3339", () => {
    // Newcombe RG. Statistics in Medicine 17 (1998) 873-890, table II, method 10.
    const { difference, interval: ends } = compareShares(
      { yes: 48, total: 80 },
      { yes: 56, total: 70 },
    )
    expect(difference).toBeCloseTo(0.2, 12)
    expect(ends.map((x) => x.toFixed(4))).toEqual(['0.0524', '0.3339'])
  })

  test("fisher: the lady tasting tea has p = 0.4857; scipy's example 0.0350", () => {
    // R, fisher.test(matrix(c(3, 1, 1, 3), 2)): 0.4857. scipy.stats.fisher_exact([[8, 2], [1, 5]]).
    expect(fisher({ yes: 3, total: 4 }, { yes: 1, total: 4 })).toBeCloseTo(0.4857143, 6)
    expect(fisher({ yes: 8, total: 10 }, { yes: 1, total: 6 })).toBeCloseTo(0.034965034965, 9)
  })

  test('many: the z test', () => {
    // 50/1000 against 80/1000: z = 2.7208
    const { p } = compareShares({ yes: 50, total: 1000 }, { yes: 80, total: 1000 })
    expect(p).toBeCloseTo(0.00651, 4)
  })
})

describe('bootstrap', () => {
  test('a mean, and the p value of a difference', () => {
    const random = seededRandom(9)
    const [low, high] = interval(meanDraws([1, 2, 3, 4, 5, 6, 7, 8, 9], random))
    expect(low).toBeGreaterThan(3)
    expect(high).toBeLessThan(7)
    expect(crossing(Float64Array.from({ length: 999 }, (_, i) => i + 1))).toBeCloseTo(0.002, 6)
    expect(crossing(Float64Array.from([-1, 1, -1, 1]))).toBe(1)
  })
})

describe('effectiveCount', () => {
  test('independent values count nearly in full, those of a slow wave far less', () => {
    const random = seededRandom(11)
    const values = new Float64Array(4000).map(() => random.normal())
    expect(effectiveCount(values, Float64Array.from(values).sort(), 0.5)).toBeGreaterThan(2400)
    // AR(1) with 0.9: the mean of indicators at the median varies some 10 times as much.
    let last = 0
    const wave = values.map((x) => (last = 0.9 * last + x))
    expect(effectiveCount(wave, Float64Array.from(wave).sort(), 0.5)).toBeLessThan(900)
    expect(effectiveCount(wave, Float64Array.from(wave).sort(), 0.5)).toBeGreaterThan(150)
  })
})
