import type { ChatResult } from '../chat/result.ts'
import { record, type Tags } from './recorder.ts'

/**
 * Limits that a single request must meet, in ms: `{ttft: 500, tpot: 50, e2el: 5000}`, the names
 * of vLLM's `--goodput`.
 */
export interface Slo {
  /** Time to first token, at most. */
  ttft?: number
  /** Time per output token, at most. */
  tpot?: number
  /** End-to-end latency, at most. */
  e2el?: number
}

/**
 * Records whether a request met its limits. A failure misses all of them (DistServe,
 * https://arxiv.org/abs/2401.09670, counts only what meets every limit).
 *
 * Where the transport cannot measure a limit there is no sample for any request: a share of a
 * part of them would be a number that was not measured. An answer of one token meets TPOT;
 * without usage TPOT is not judged. The pace of a stream that a proxy held back is the proxy's: with
 * a limit on TPOT it is neither good nor bad, and has no sample.
 *
 * @param streams whether the transport sees tokens arrive
 */
export function recordGoodput(result: ChatResult, slo: Slo, streams: boolean, tags: Tags): void {
  if (!streams && (slo.ttft !== undefined || slo.tpot !== undefined)) return
  let good = result.ok
  if (slo.ttft !== undefined) {
    const met = result.ok && within(result.timing.ttft, slo.ttft)
    record('llm_slo_ttft', met, tags)
    good = good && met
  }
  const held = result.ok && result.timing.buffered === true && slo.tpot !== undefined
  if (slo.tpot !== undefined && !held) {
    const tpot = judgedTpot(result)
    if (!result.ok || tpot !== undefined) {
      const met = result.ok && within(tpot, slo.tpot)
      record('llm_slo_tpot', met, tags)
      good = good && met
    }
  }
  if (slo.e2el !== undefined) {
    const met = result.ok && within(result.timing.duration, slo.e2el)
    record('llm_slo_e2el', met, tags)
    good = good && met
  }
  if (!held) record('llm_goodput', good, tags)
}

function judgedTpot(result: ChatResult): number | undefined {
  return result.usage.completionTokens === 1 ? 0 : result.timing.tpot
}

function within(value: number | undefined, limit: number): boolean {
  return value !== undefined && value <= limit
}
