import { describe, expect, test } from 'vitest'
import { median, medianRatio, percentile, slope } from '../../../bench/stats.ts'

describe('percentile', () => {
  test.each([
    [[3, 1, 2], 50, 2],
    [[4, 1, 3, 2], 50, 2.5],
    [[1, 2, 3, 4, 5], 0, 1],
    [[1, 2, 3, 4, 5], 100, 5],
    [[0, 10], 99, 9.9], // as k6: between the ranks, linearly
    [[7], 99, 7],
  ])('of %j at %d is %d', (values, p, expected) => {
    expect(percentile(values, p)).toBeCloseTo(expected, 12)
  })

  test('sorts numbers, not texts, and leaves its input as it was', () => {
    const values = [10, 9, 100]
    expect(median(values)).toBe(10)
    expect(values).toEqual([10, 9, 100])
  })

  test('of nothing is no number', () => expect(median([])).toBeNaN())
})

describe('medianRatio', () => {
  test('is the median of the ratios, not the ratio of the medians', () => {
    // Medians: 20 / 10 = 2. Ratios: 2, 1, 0.5.
    expect(medianRatio([20, 10, 50], [10, 10, 100])).toBe(1)
  })

  test('wants pairs', () => expect(() => medianRatio([1, 2], [1])).toThrow('2 figures, 1 floors'))
})

describe('slope', () => {
  test('of a line is its own', () => {
    expect(
      slope([
        [0, 100],
        [1, 103],
        [2, 106],
        [5, 115],
      ]),
    ).toBeCloseTo(3, 12)
  })

  test('of the least squares, by hand', () => {
    // Means 2 and 3; (-1·-2 + 0·1 + 1·1) / (1 + 0 + 1) = 1.5
    expect(
      slope([
        [1, 1],
        [2, 4],
        [3, 4],
      ]),
    ).toBe(1.5)
  })

  test('of what does not grow is 0', () =>
    expect(
      slope([
        [0, 5],
        [10, 5],
        [20, 5],
      ]),
    ).toBe(0))
})
