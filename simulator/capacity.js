/** @import { BatchLimits } from './batch.js' */

/**
 * @typedef {object} Asked
 * @property {number} input tokens of a prompt
 * @property {number} output tokens of an answer
 * @property {number} [ttft] limit in ms
 * @property {number} [tpot] limit in ms
 *
 * @typedef {object} Capacity
 * @property {number} requestsPerSecond from here on the queue grows without end
 * @property {number} batch sequences that run then
 * @property {'maxNumSeqs' | 'kvCacheTokens'} limitedBy
 * @property {number} stepTime ms of a step, and so TPOT, then
 * @property {number} unloadedTtft ms
 * @property {number} unloadedTpot ms
 * @property {number} [tpotRate] requests/s up to which TPOT is within its limit
 * @property {number} [ttftRate] the same of TTFT, at its worst: a request that just misses a step
 */

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
 * @param {BatchLimits} limits
 * @param {Asked} asked
 * @returns {Capacity}
 */
export function capacityOf(limits, { input, output, ttft, tpot }) {
  const { maxNumSeqs, stepBase, stepPerSeq, prefillRate, kvCacheTokens } = limits
  const held = Math.max(1, Math.floor(kvCacheTokens / (input + output)))
  const batch = Math.min(maxNumSeqs, held)
  const prefill = (input / prefillRate) * 1000
  const stepTime = stepBase + stepPerSeq * batch + (batch / output) * prefill
  const most = (batch / (output * stepTime)) * 1000
  // ms of the machine that each request takes, whoever shares its steps
  const share = prefill + stepPerSeq * output
  /** @param {number} time of a step @returns {number} requests/s that make it so long */
  const rateAt = (time) => Math.max(0, Math.min(most, ((1 - stepBase / time) / share) * 1000))
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
