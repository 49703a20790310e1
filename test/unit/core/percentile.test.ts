import { expect, test } from 'vitest'
import { samplesFor } from '../../../src/core/percentile.ts'

test('a percentile is shown where a sample lies beyond it, compared where five do', () => {
  const ranks = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100]
  expect(ranks.map((rank) => samplesFor(rank))).toEqual([
    1, 100, 20, 10, 4, 1, 4, 10, 20, 100, 200, 1000, 10000, 1,
  ])
  expect([50, 75, 95, 99, 99.9].map((rank) => samplesFor(rank, 'compared'))).toEqual([
    20, 20, 100, 500, 5000,
  ])
})
