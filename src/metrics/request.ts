import type { ChatResult } from '../chat/result.ts'
import { setupDuration } from '../core/clock.ts'
import { env } from '../core/env.ts'
import { createRandom, mixSeed, type Random } from '../core/random.ts'
import type { RelayFigures } from '../stream/recording.ts'
import { UNSEEN_STREAM } from './names.ts'
import { record, type Tags } from './recorder.ts'

/** How much of the gaps becomes samples. k6 keeps every value of a Trend in memory. */
export type Itl = 'none' | 'sample' | 'all'

/** `itl: 'sample'` takes one gap of so many. */
const SAMPLED = 10

/**
 * Where the sample stands in this VU: the block of gaps that is open begins `block` gaps after the
 * start of the next request, and its gap number `pick` is taken.
 */
let sample: { random: Random; block: number; pick: number } | undefined

/** Failures after which the service still counts as available. */
const UNAVAILABLE: { [kind: string]: true } = {
  dns: true,
  connect: true,
  tls: true,
  timeout: true,
  reset: true,
  stale: true,
  relay: true,
  abandoned: true,
  http_5xx: true,
}

/** Whether this VU has looked at what `setup` took. */
let placed = false

/** Records that a request is handed over: one that is cut off has no other sample. */
export function recordStart(tags: Tags): void {
  if (!placed) {
    placed = true
    record('llm_setup_duration', setupDuration(), {})
  }
  record('llm_started', 1, tags)
}

/** Records what every request adds, whatever it was for: that it ended, and how. */
export function recordEnd(result: Pick<ChatResult, 'error'>, tags: Tags): void {
  const error = result.error
  record('llm_requests', 1, tags)
  if (error && error.kind === 'aborted') return
  record('llm_failed', error !== null, tags)
  record('llm_available', error === null || UNAVAILABLE[error.kind] !== true, tags)
  if (!error) return
  record('llm_errors', 1, Object.assign({}, tags, { error_type: error.kind }))
  // k6 keeps failures by kind only where a threshold names them; this one is always judged.
  if (error.kind === 'relay') record('llm_relay_errors', 1, tags)
}

/** Records the tokens of a request, as the server counted them. */
export function recordUsage(result: Pick<ChatResult, 'usage'>, tags: Tags): void {
  record('llm_prompt_tokens', result.usage.promptTokens, tags)
  record('llm_completion_tokens', result.usage.completionTokens, tags)
  record('llm_cached_tokens', result.usage.cachedTokens, tags)
}

/**
 * Records the times of a request. Those of a failure are no latency of the service, and the pace of
 * a stream that a proxy held back is the proxy's.
 */
export function recordTimes(result: ChatResult, itl: Itl, tags: Tags, streaming = false): void {
  const timing = result.timing
  if (!result.ok) return
  const durationTags = timing.source === 'body' ? Object.assign({}, tags, { source: 'body' }) : tags
  record('llm_request_duration', timing.duration, durationTags)
  const unseen = streaming && timing.source === 'body'
  record(
    'llm_response_headers',
    timing.ttfb,
    unseen ? Object.assign({}, tags, UNSEEN_STREAM) : tags,
  )
  record('llm_ttft', timing.ttft, tags)
  record('llm_ttfo', timing.ttfo, tags)
  if (timing.buffered) return
  record('llm_tpot', timing.tpot, tags)
  if (timing.tpot !== undefined && timing.tpot > 0) {
    record('llm_tokens_per_second', 1000 / timing.tpot, tags)
  }
  record('llm_gap_max', timing.longestGap, tags)
  if (itl === 'none' || !timing.gaps) return
  if (itl === 'sample') recordSample(timing.gaps, tags)
  else for (const gap of timing.gaps) record('llm_itl', gap, tags)
}

/**
 * Of each ten gaps in a row one is taken, each with the same chance, and the blocks run on from
 * request to request. So every gap of the run has a chance of exactly 1/10, whatever the length of
 * its answer, and percentiles estimate those of all gaps. (A fixed number of each request would
 * give the gaps of short answers more weight; each tenth gap would fall in step with a server
 * that sends its tokens in twos or fives.) It has random numbers of its own: prompts and pauses
 * are the same with it and without.
 */
function recordSample(gaps: number[], tags: Tags): void {
  if (sample === undefined) {
    const seed = env.number('SEED', 1, { integer: true }) as number
    const vu = typeof __VU === 'undefined' ? 0 : __VU
    const random = createRandom(mixSeed(seed ^ 0x69746c, vu))
    sample = { random, block: 0, pick: random.integer(0, SAMPLED - 1) }
  }
  while (sample.block + sample.pick < gaps.length) {
    record('llm_itl', gaps[sample.block + sample.pick], tags)
    sample.block += SAMPLED
    sample.pick = sample.random.integer(0, SAMPLED - 1)
  }
  sample.block -= gaps.length
}

/** Records what the relay was like: its way, its delay, and each connection that it opened. */
export function recordRelay(relay: RelayFigures, tags: Tags): void {
  record('llm_relay_overhead', relay.overhead, tags)
  record('llm_relay_delay', relay.delay, tags)
  record('llm_connect', relay.connect, tags)
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
