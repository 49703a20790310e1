/**
 * Random numbers from a seed (mulberry32), so that a report comes out the same each time.
 *
 * @typedef {object} Random
 * @property {() => number} uniform 0 <= x < 1
 * @property {() => number} normal mean 0, deviation 1
 * @property {(shape: number) => number} gamma scale 1
 * @property {(a: number, b: number) => number} beta
 */

/** @param {number} seed @returns {Random} */
export function seededRandom(seed) {
  let state = seed | 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const normal = () => {
    // Box and Muller; 1 - u is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    return radius * Math.cos(2 * Math.PI * uniform())
  }
  // Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
  /** @type {(shape: number) => number} */
  const gamma = (shape) => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = normal()
      const v = (1 + c * x) ** 3
      if (v <= 0) continue
      if (Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }
  return {
    uniform,
    normal,
    gamma,
    beta(a, b) {
      const x = gamma(a)
      return x / (x + gamma(b))
    },
  }
}
