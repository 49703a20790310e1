import type { Random } from '../core/random.ts'
import { normal } from './distribution.ts'
import { createInverse, type Piece } from './rate.ts'

/** Gaps with a mean of 1, between arrivals of a process. */
export type Gap = (random: Random) => number

/** No chance: each gap is 1. */
export const constantGap: Gap = () => 1

/** Exponential gaps: a Poisson process. */
export const exponentialGap: Gap = (random) => -Math.log(1 - random.next())

/**
 * Gamma gaps of a shape (Marsaglia and Tsang 2000, https://doi.org/10.1145/358407.358414): 1 is
 * Poisson, under 1 burstier, over 1 more even. Their coefficient of variation is 1 / √shape.
 */
export function gammaGap(shape: number): Gap {
  const boost = shape < 1
  const d = (boost ? shape + 1 : shape) - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  return (random) => {
    for (;;) {
      const x = normal(random)
      const v = (1 + c * x) ** 3
      const u = 1 - random.next()
      if (v <= 0 || Math.log(u) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue
      const gamma = d * v * (boost ? (1 - random.next()) ** (1 / shape) : 1)
      return gamma / shape
    }
  }
}

/**
 * Times of arrivals in ms from the start, to the microsecond: a process of rate 1, through the
 * inverse of what the rate adds up to.
 */
export function arrivalTimes(gap: Gap, pieces: Piece[], random: Random): number[] {
  const inverse = createInverse(pieces)
  const times: number[] = []
  // An even load begins at once, as k6's own; chance takes its first gap.
  let expected = gap === constantGap ? 0 : gap(random)
  for (;;) {
    const time = inverse(expected)
    if (time === undefined) return times
    times.push(Math.round(time * 1000) / 1000)
    expected += gap(random)
  }
}

/** Most that would be under way at the time if each took so many ms. */
export function peakInFlight(times: readonly number[], took: number): number {
  let peak = 0
  let first = 0
  for (let i = 0; i < times.length; i++) {
    while ((times[first] as number) <= (times[i] as number) - took) first++
    peak = Math.max(peak, i - first + 1)
  }
  return peak
}
