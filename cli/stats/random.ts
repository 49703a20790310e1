/** Random numbers from a seed (mulberry32), so that a report comes out the same each time. */
export interface Random {
  /** 0 <= x < 1 */
  uniform: () => number
  /** mean 0, deviation 1 */
  normal: () => number
  /** scale 1 */
  gamma: (shape: number) => number
  beta: (a: number, b: number) => number
}

export function seededRandom(seed: number): Random {
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
  const gamma: (shape: number) => number = (shape) => {
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
