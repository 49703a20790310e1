import { mixSeed } from '../core/random.ts'

/**
 * A permutation of 0 … n - 1 that needs no memory: a Feistel network of four rounds over the next
 * power of four, walked on until the result is in range (Black and Rogaway 2002, "Ciphers with
 * arbitrary finite domains": cycle walking). Each VU asks for the place that it is at.
 */
export function permute(index: number, n: number, seed: number): number {
  let bits = 1
  while (4 ** bits < n) bits++
  const mask = 2 ** bits - 1
  let value = index
  do {
    let left = Math.floor(value / (mask + 1))
    let right = value & mask
    for (let round = 0; round < 4; round++) {
      const next = left ^ (mixSeed(seed + round, right) & mask)
      left = right
      right = next
    }
    value = left * (mask + 1) + right
  } while (value >= n)
  return value
}

/** Where in rising sums a number falls: the first place whose sum is over it. */
export function placeIn(
  sums: { readonly [at: number]: number; length: number },
  x: number,
): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) > x) high = middle
    else low = middle + 1
  }
  return low
}
