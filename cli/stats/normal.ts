/**
 * The share of a standard normal distribution that is further from 0 than z, on both sides: the p
 * value of a z test. By the rational Chebyshev fit of erfc in Numerical Recipes (1992, 6.2), whose
 * error is under 1.2e-7 of the value, however small it is.
 */
export function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.5 * x)
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398,
    1.48851587, -0.82215223, 0.17087277,
  ].reduceRight((sum, c) => sum * t + c, 0)
  return Math.min(1, t * Math.exp(-x * x + series))
}

/** z of a two-sided interval of 95 %. */
export const Z95 = 1.959963984540054
