import { percentile } from '#node'
import type { Random } from './random.ts'

/** Rounds of a bootstrap: the ends of a 95 % interval then have 50 of them outside. */
export const ROUNDS = 2000

/**
 * Bootstrap replicates of a percentile: what it would be in samples that are drawn from these
 * values. Drawing them is not needed: the k-th smallest of n drawn values is the value at a place
 * that a Beta(k, n - k + 1) distribution gives (the order statistic of n uniform numbers), so a round
 * costs the same for a million values as for a hundred.
 *
 * @param sorted rising
 * @param share 0 to 1
 * @param size of each sample that is drawn: the effective count
 */
export function percentileDraws(
  sorted: Float64Array,
  share: number,
  size: number,
  random: Random,
  rounds = ROUNDS,
): Float64Array {
  const draws = new Float64Array(rounds)
  const n = sorted.length
  const m = Math.max(1, Math.round(size))
  const rank = share * (m - 1)
  const k = Math.floor(rank) + 1
  const part = rank - Math.floor(rank)
  const at = (u: number) => sorted[Math.min(n - 1, Math.floor(u * n))] ?? Number.NaN
  for (let i = 0; i < rounds; i++) {
    const u = random.beta(k, m - k + 1)
    const below = at(u)
    if (part === 0) draws[i] = below
    else {
      // The next order statistic, given this one: the smallest of the m - k that lie above it.
      const above = at(1 - (1 - u) * (1 - random.uniform()) ** (1 / (m - k)))
      draws[i] = below + (above - below) * part
    }
  }
  return draws
}

/**
 * Bootstrap replicates of a mean.
 *
 * @param values such as the figures of windows
 */
export function meanDraws(
  values: ArrayLike<number>,
  random: Random,
  rounds = ROUNDS,
): Float64Array {
  const draws = new Float64Array(rounds)
  const n = values.length
  for (let i = 0; i < rounds; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) {
      sum += values[Math.floor(random.uniform() * n)] ?? Number.NaN
    }
    draws[i] = sum / n
  }
  return draws
}

/** The middle 95 % of replicates (the percentile method). */
export function interval(draws: Float64Array): [low: number, high: number] {
  const sorted = Float64Array.from(draws).sort()
  return [percentile(sorted, 0.025), percentile(sorted, 0.975)]
}

/**
 * p value of "no difference" from replicates of a difference: twice the smaller share on one side
 * of 0, never below what so many rounds can tell.
 */
export function crossing(differences: Float64Array): number {
  let [below, above] = [0, 0]
  for (const difference of differences) {
    if (difference <= 0) below++
    if (difference >= 0) above++
  }
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (differences.length + 1))
}
