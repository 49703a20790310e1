import { jStat } from 'jstat'
import { beforeEach, describe, expect, test } from 'vitest'
import { createRandom } from '../../../src/core/random.ts'
import { gammaGap } from '../../../src/workload/arrival-process.ts'
import { type Arrivals, gammaArrivals, poissonArrivals } from '../../../src/workload/arrivals.ts'
import { forgetShared } from '../../support/k6/data.ts'
import { world } from '../../support/k6/execution.ts'

beforeEach(() => {
  world.reset()
  world.init = true
  forgetShared()
})

const timesOf = (arrivals: Arrivals) =>
  Array.from({ length: arrivals.count }, (_, i) => arrivals.dueAt(i))
const gapsOf = (times: number[]) => times.map((time, i) => time - (times[i - 1] ?? 0)).slice(1)

/** Standard deviation / mean. */
const cv = (values: number[]) => jStat.stdev(values, true) / jStat.mean(values)

/** Variance / mean of the counts in windows: 1 for Poisson at every window. */
function dispersion(times: number[], window: number, length: number): number {
  const counts = new Array(Math.floor(length / window)).fill(0)
  for (const time of times) {
    const at = Math.floor(time / window)
    if (at < counts.length) counts[at]++
  }
  return jStat.variance(counts, true) / jStat.mean(counts)
}

/** Kolmogorov and Smirnov: the largest distance to a distribution, times √n. Over 1.63: p < 0.01. */
function ks(values: number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  const distance = sorted.reduce((most, x, i) => {
    const at = cdf(x)
    return Math.max(most, (i + 1) / n - at, at - i / n)
  }, 0)
  return distance * Math.sqrt(n)
}

describe('the statistics of arrivals', () => {
  const hour = 3600_000

  test.each([
    1, 2, 3,
  ])('Poisson, seed %i: exponential gaps, dispersion 1 at every window', (seed) => {
    const times = timesOf(poissonArrivals({ rate: 10, duration: '1h', seed }))
    const gaps = gapsOf(times)
    expect(Math.abs(times.length - 36000)).toBeLessThan(4 * Math.sqrt(36000))
    expect(cv(gaps)).toBeCloseTo(1, 1.3)
    expect(ks(gaps, (x) => jStat.exponential.cdf(x, 0.01))).toBeLessThan(1.63)
    for (const window of [50, 500, 10_000]) {
      const windows = hour / window
      const error = 4 * Math.sqrt(2 / windows)
      expect(Math.abs(dispersion(times, window, hour) - 1), `${window} ms`).toBeLessThan(error)
    }
    // Neighbouring gaps know nothing of each other.
    expect(Math.abs(jStat.corrcoeff(gaps.slice(1), gaps.slice(0, -1)))).toBeLessThan(0.021)
  })

  test.each([0.25, 0.5, 1, 4])('gamma of burstiness %f: CV 1 / √burstiness', (burstiness) => {
    const times = timesOf(gammaArrivals({ rate: 10, duration: '1h', seed: 1, burstiness }))
    const gaps = gapsOf(times)
    expect(Math.abs(cv(gaps) * Math.sqrt(burstiness) - 1)).toBeLessThan(0.05)
    // Of the gaps themselves: times are whole us, and at 0.25 one gap in 25 is shorter.
    const random = createRandom(1)
    const exact = gaps.map(() => gammaGap(burstiness)(random))
    const cdf = (x: number) => jStat.gamma.cdf(x, burstiness, 1 / burstiness)
    expect(ks(exact, cdf)).toBeLessThan(1.63)
    expect(Math.abs(times.length / 36000 - 1)).toBeLessThan(0.05)
    // Counts over long windows vary as the gaps do: CV².
    expect(dispersion(times, 10_000, hour) * burstiness).toBeGreaterThan(0.75)
    expect(dispersion(times, 10_000, hour) * burstiness).toBeLessThan(1.25)
  })

  test('a ramp: as many as the rate adds up to, even over the expected count', () => {
    const rate = [
      { duration: '20m', target: 20 },
      { duration: '20m', target: 20 },
      { duration: '20m', target: 0 },
    ]
    const times = timesOf(poissonArrivals({ rate, seed: 5 }))
    expect(Math.abs(times.length - 48000)).toBeLessThan(4 * Math.sqrt(48000))
    const third = 1200_000
    const area = (t: number) => {
      if (t < third) return (20 * t * t) / 2 / third
      if (t < 2 * third) return (20 * third) / 2 + 20 * (t - third)
      const rest = 3 * third - t
      return 40 * third - (20 * rest * rest) / 2 / third
    }
    expect(ks(times, (t) => area(t) / area(3 * third))).toBeLessThan(1.63)
  })
})
