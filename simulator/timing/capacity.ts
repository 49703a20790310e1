import type { BatchLimits } from './batch.ts'

interface Asked {
  /** tokens of a prompt */
  input: number
  /** tokens of an answer */
  output: number
  /** limit in ms */
  ttft?: number
  /** limit in ms */
  tpot?: number
}

interface Capacity {
  /** from here on the queue grows without end */
  requestsPerSecond: number
  /** sequences that run then */
  batch: number
  limitedBy: 'maxNumSeqs' | 'kvCacheTokens'
  /** ms of a step, and so TPOT, then */
  stepTime: number
  /** ms */
  unloadedTtft: number
  /** ms */
  unloadedTpot: number
  /** requests/s up to which TPOT is within its limit */
  tpotRate?: number
  /** the same of TTFT, at its worst: a request that just misses a step */
  ttftRate?: number
}

/**
 * What a batch can do with requests of one size that come evenly, as a formula.
 *
 * With `b` sequences each step yields b tokens, lets in b / output requests and takes
 * `T = base + perSeq × b + b / output × input / prefillRate`, so it serves `b / (output × T)` requests
 * a second. That grows with b, and b has an end: `maxNumSeqs`, or what the cache holds.
 *
 * Below that, at a rate r, `b = r × output × T`, which gives
 *
 *     T(r) = base / (1 - r × (input / prefillRate + perSeq × output))
 *
 * TPOT is T, and a first token comes after the rest of the step that runs and one more: 2 T at worst.
 */
export function capacityOf(limits: BatchLimits, { input, output, ttft, tpot }: Asked): Capacity {
  const { maxNumSeqs, stepBase, stepPerSeq, prefillRate, kvCacheTokens } = limits
  const held = Math.max(1, Math.floor(kvCacheTokens / (input + output)))
  const batch = Math.min(maxNumSeqs, held)
  const prefill = (input / prefillRate) * 1000
  const stepTime = stepBase + stepPerSeq * batch + (batch / output) * prefill
  const most = (batch / (output * stepTime)) * 1000
  // ms of the machine that each request takes, whoever shares its steps
  const share = prefill + stepPerSeq * output
  /**
   * @param time of a step
   * @returns requests/s that make it so long
   */
  const rateAt = (time: number): number =>
    Math.max(0, Math.min(most, ((1 - stepBase / time) / share) * 1000))
  return {
    requestsPerSecond: most,
    batch,
    limitedBy: held < maxNumSeqs ? 'kvCacheTokens' : 'maxNumSeqs',
    stepTime,
    unloadedTtft: stepBase + stepPerSeq + prefill,
    unloadedTpot: stepBase + stepPerSeq,
    ...(tpot !== undefined && { tpotRate: rateAt(tpot) }),
    ...(ttft !== undefined && { ttftRate: rateAt(ttft / 2) }),
  }
}
