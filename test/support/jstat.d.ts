// jstat has no types of its own: what the tests use of it.
declare module 'jstat' {
  export const jStat: {
    mean(values: number[]): number
    stdev(values: number[], sample?: boolean): number
    variance(values: number[], sample?: boolean): number
    corrcoeff(a: number[], b: number[]): number
    exponential: { cdf(x: number, rate: number): number }
    gamma: { cdf(x: number, shape: number, scale: number): number }
  }
}
