import { parseDuration } from '../core/duration.ts'
import { misuse, show } from '../core/errors.ts'
import type { Stage } from './profiles.ts'

/**
 * A rate over time: a number for a constant one, or stages as of k6's `ramping-arrival-rate`,
 * where each goes in a straight line to its target. Per second; a stage of `'0s'` is a jump.
 */
export type Rate = number | Stage[]

/** A piece of the rate: in a straight line from `from` to `to`, per ms. */
export interface Piece {
  start: number
  length: number
  from: number
  to: number
  /** Arrivals that are expected before it begins. */
  before: number
}

/** Reads a rate into pieces; ends the test where it is none. */
export function ratePieces(what: string, rate: Rate, duration: number | undefined): Piece[] {
  if (typeof rate === 'number') {
    if (!(rate > 0 && rate < Infinity)) {
      misuse(`${what}: rate=${show(rate)}: expected arrivals per second, over 0`)
    }
    if (duration === undefined) {
      misuse(
        `${what}: duration: expected one, like '10m'; pass it or run with -e TEST_DURATION=10m`,
      )
    }
    return [{ start: 0, length: duration, from: rate / 1000, to: rate / 1000, before: 0 }]
  }
  if (!Array.isArray(rate) || rate.length === 0) {
    misuse(`${what}: rate=${show(rate)}: expected arrivals per second, or stages of such`)
  }
  const lengths = rate.map((stage) => {
    const length = stage === null ? undefined : parseDuration(stage.duration)
    if (length === undefined || !(stage.target >= 0 && stage.target < Infinity)) {
      misuse(`${what}: stage ${show(stage)}: expected { duration: '1m', target: 10 }`)
    }
    return length
  })
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total === 0) misuse(`${what}: rate=${show(rate)}: expected a stage longer than 0 s`)
  // TEST_DURATION and `duration` stretch or shrink the stages.
  const factor = duration === undefined ? 1 : duration / total
  const pieces: Piece[] = []
  let start = 0
  let from = 0
  let before = 0
  rate.forEach((stage, i) => {
    const to = stage.target / 1000
    const length = (lengths[i] as number) * factor
    if (length > 0) {
      pieces.push({ start, length, from, to, before })
      start += length
      before += ((from + to) / 2) * length
    }
    from = to
  })
  if (before === 0) misuse(`${what}: rate=${show(rate)}: expected a target over 0`)
  return pieces
}

/** Length of all pieces, in ms. */
export function lengthOfPieces(pieces: Piece[]): number {
  const last = pieces[pieces.length - 1] as Piece
  return last.start + last.length
}

/**
 * Reads the time at which so many arrivals are expected (the inverse of the integral of the
 * rate), or `undefined` past the end. A process of rate 1 whose times go through it has the rate
 * over time that was asked for; with Poisson's that is exact (Cinlar 1975, time rescaling). Ask in
 * rising order: it goes on from where it was.
 */
export function createInverse(pieces: Piece[]): (expected: number) => number | undefined {
  let at = 0
  return (expected) => {
    for (; at < pieces.length; at++) {
      const { start, length, from, to, before } = pieces[at] as Piece
      const wanted = expected - before
      if (wanted > ((from + to) / 2) * length) continue
      // from·t + slope/2·t² = wanted, in the form that is stable for a slope of 0.
      const slope = (to - from) / length
      const root = Math.sqrt(Math.max(0, from * from + 2 * slope * wanted))
      return start + (from + root === 0 ? 0 : Math.min(length, (2 * wanted) / (from + root)))
    }
    return undefined
  }
}

/**
 * Stages of a load that jumps from a base to a peak and back, again and again: `on` at `peak`,
 * `off` at `base`, for `times` rounds. One round with a long `off` before it is a spike.
 *
 * @param base arrivals per second between the bursts. @default 0
 * @example poissonArrivals({ rate: burstStages({ peak: 20, base: 1, on: '10s', off: '50s', times: 5 }) })
 */
export function burstStages(options: {
  peak: number
  base?: number
  on: string
  off: string
  times: number
}): Stage[] {
  const { peak, base = 0, on, off, times } = options
  if (!(times >= 1 && times % 1 === 0)) {
    misuse(`burstStages: times=${show(times)}: expected a whole number, 1 or more`)
  }
  const stages: Stage[] = []
  for (let round = 0; round < times; round++) {
    stages.push(
      { duration: '0s', target: base },
      { duration: off, target: base },
      { duration: '0s', target: peak },
      { duration: on, target: peak },
    )
  }
  return stages
}
