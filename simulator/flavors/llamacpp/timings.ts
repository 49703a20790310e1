import type { Span } from '../../events/stopwatch.ts'
import type { Tally } from '../../events/tally.ts'

/**
 * The server's own truth, which a client can compare with what it has measured. A rate over no time
 * is null, as its JSON library writes what is not finite.
 */
export function timings({ prompt, completion }: Tally, { firstAt, lastAt }: Span) {
  const promptMs = Math.max(0, firstAt)
  const predictedMs = Math.max(0, lastAt - promptMs)
  return {
    cache_n: 0,
    prompt_n: prompt,
    prompt_ms: promptMs,
    prompt_per_token_ms: promptMs / prompt,
    prompt_per_second: (1000 / promptMs) * prompt,
    predicted_n: completion,
    predicted_ms: predictedMs,
    predicted_per_token_ms: predictedMs / completion,
    predicted_per_second: (1000 / predictedMs) * completion,
  }
}
