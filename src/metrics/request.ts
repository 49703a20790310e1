import type { ChatResult } from '../chat/result.ts'
import { record, type Tags } from './recorder.ts'

/** How much of the gaps becomes samples. k6 keeps every value of a Trend in memory. */
export type Itl = 'none' | 'all'

/** Failures after which the service still counts as available. */
const UNAVAILABLE: { [kind: string]: true } = {
  dns: true,
  connect: true,
  tls: true,
  timeout: true,
  reset: true,
  http_5xx: true,
}

/** Records what every request adds, whatever it was for: that it ended, and how. */
export function recordEnd(result: Pick<ChatResult, 'error'>, tags: Tags): void {
  const error = result.error
  record('llm_requests', 1, tags)
  if (error && error.kind === 'aborted') return
  record('llm_failed', error !== null, tags)
  record('llm_available', error === null || UNAVAILABLE[error.kind] !== true, tags)
  if (error) record('llm_errors', 1, Object.assign({}, tags, { error_type: error.kind }))
}

/** Records the tokens of a request, as the server counted them. */
export function recordUsage(result: Pick<ChatResult, 'usage'>, tags: Tags): void {
  record('llm_prompt_tokens', result.usage.promptTokens, tags)
  record('llm_completion_tokens', result.usage.completionTokens, tags)
  record('llm_cached_tokens', result.usage.cachedTokens, tags)
}

/** Records the times of a request. Those of a failure are no latency of the service. */
export function recordTimes(result: ChatResult, itl: Itl, tags: Tags): void {
  const timing = result.timing
  if (!result.ok) return
  const durationTags = timing.source === 'body' ? Object.assign({}, tags, { source: 'body' }) : tags
  record('llm_request_duration', timing.duration, durationTags)
  record('llm_response_headers', timing.ttfb, tags)
  record('llm_ttft', timing.ttft, tags)
  record('llm_ttfo', timing.ttfo, tags)
  record('llm_tpot', timing.tpot, tags)
  if (timing.tpot !== undefined && timing.tpot > 0) {
    record('llm_tokens_per_second', 1000 / timing.tpot, tags)
  }
  record('llm_gap_max', timing.longestGap, tags)
  if (itl === 'all' && timing.gaps) {
    for (const gap of timing.gaps) record('llm_itl', gap, tags)
  }
}

/** Records what a stream was like, where it was seen arriving. */
export function recordStream(result: ChatResult, tags: Tags): void {
  const stream = result.stream
  if (stream.events === 0) return
  if (result.ok) record('llm_chunks_per_request', stream.chunks, tags)
  if (result.timing.source !== 'stream') return
  if (stream.stalls) record('llm_stalls', stream.stalls, tags)
  record('llm_truncated', stream.truncated, tags)
  record('llm_buffered', stream.buffered, tags)
}
