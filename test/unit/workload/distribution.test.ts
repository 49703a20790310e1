import { jStat } from 'jstat'
import { describe, expect, test } from 'vitest'
import { createRandom, randomAt } from '../../../src/core/random.ts'
import { checkDistribution, type Distribution, draw } from '../../../src/workload/distribution.ts'
import { permute, placeIn } from '../../../src/workload/order.ts'

const many = (distribution: Distribution, n = 20_000) => {
  const random = createRandom(1)
  return Array.from({ length: n }, () => draw(distribution, random))
}

test.each([
  ['uniform', { uniform: [200, 800] }, 500, 600 / Math.sqrt(12)],
  ['normal', { normal: [500, 50] }, 500, 50],
  [
    'lognormal',
    { lognormal: [500, 0.5] },
    500 * Math.exp(0.125),
    500 * Math.exp(0.125) * Math.sqrt(Math.exp(0.25) - 1),
  ],
  ['exponential', { exponential: 5 }, 5, 5],
  [
    'empirical',
    {
      empirical: [
        [100, 3],
        [500, 1],
      ],
    },
    200,
    Math.sqrt(30000),
  ],
  ['fixed', { fixed: 3 }, 3, 0],
  ['a number', 3, 3, 0],
] as [
  string,
  Distribution,
  number,
  number,
][])('%s: mean and deviation', (_, d, mean, deviation) => {
  const values = many(checkDistribution('x', d))
  expect(Math.abs(jStat.mean(values) - mean)).toBeLessThanOrEqual(
    (4.5 * deviation) / Math.sqrt(20_000),
  )
  expect(Math.abs(jStat.stdev(values) - deviation)).toBeLessThanOrEqual(0.05 * deviation)
})

test('bounds hold', () => {
  const values = many({ lognormal: [500, 2], min: 100, max: 4000 })
  expect(Math.min(...values)).toBe(100)
  expect(Math.max(...values)).toBe(4000)
})

test.each([
  -1,
  Number.NaN,
  null,
  'x',
  {},
  { uniform: [5, 1] },
  { uniform: [1, 2], normal: [1, 2] },
  { lognormal: [0, 1] },
  { empirical: [] },
  { fixed: 1, most: 3 },
  { normal: [1, -2] },
])('%j is none', (value) => {
  expect(() => checkDistribution('inputTokens', value)).toThrow(
    /^k6-llm: inputTokens=.*: expected a number or a distribution/,
  )
})

describe('order', () => {
  test.each([1, 2, 3, 10, 64, 1000])('a permutation of %i has each once', (n) => {
    const all = Array.from({ length: n }, (_, i) => permute(i, n, 7))
    expect([...all].sort((a, b) => a - b)).toEqual(all.map((_, i) => i))
  })

  test('permutations differ by seed and look like chance', () => {
    const n = 1000
    const one = Array.from({ length: n }, (_, i) => permute(i, n, 1))
    const other = Array.from({ length: n }, (_, i) => permute(i, n, 2))
    const index = one.map((_, i) => i)
    expect(one.filter((value, i) => value === other[i]).length).toBeLessThan(10)
    for (const pair of [
      [one, index],
      [one, other],
      [one.slice(1), one.slice(0, -1)],
    ] as const) {
      expect(Math.abs(jStat.corrcoeff([...pair[0]], [...pair[1]]))).toBeLessThan(0.12)
    }
  })

  test('placeIn finds the first sum over a number', () => {
    const sums = [0, 2, 2, 5]
    expect([0, 1.9, 2, 4.99].map((x) => placeIn(sums, x))).toEqual([1, 1, 3, 3])
  })

  test('numbers of neighbouring ordinals do not resemble', () => {
    const firsts = Array.from({ length: 20_000 }, (_, i) => randomAt(1, i).next())
    const sorted = [...firsts].sort((a, b) => a - b)
    const distance = sorted.reduce((m, x, i) => Math.max(m, Math.abs(x - (i + 0.5) / 20_000)), 0)
    expect(distance * Math.sqrt(20_000)).toBeLessThan(1.63)
    expect(Math.abs(jStat.corrcoeff(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(0.03)
    const other = firsts.map((_, i) => randomAt(2, i).next())
    expect(Math.abs(jStat.corrcoeff(firsts, other))).toBeLessThan(0.03)
  })
})
