import type { Usage } from './draft.ts'
import type { Recording } from './recording.ts'

/** The times of one request, in float milliseconds; absent means not measured. */
export interface Timing {
  /** `stream`: tokens were seen arriving; `body`: the answer came as a whole. */
  source: 'stream' | 'body'
  /** To the response headers. */
  ttfb?: number
  /** To the first event with generated output. */
  ttft?: number
  /** To the first event with output that a user sees. */
  ttfo?: number
  /** Between neighbouring generated events. */
  gaps?: number[]
  /** Per output token after the first event. */
  tpot?: number
  /** To the last generated event; for `body`, and where nothing was generated, to the end. */
  duration: number
  /** Longest of the gaps. */
  longestGap?: number
  /** How many gaps were longer than the stall limit. */
  stalls?: number
  /** Whether all events came at once at the end: a proxy or gateway held them back. */
  buffered?: boolean
}

/** What a dialect made of the events: what the definitions below need of it. */
export interface Generated {
  events: number
  /** Indices of the events that carry generated output. */
  generated: number[]
  firstVisible: number | null
  truncated: boolean
  reasoning: string
  choices: number
  usage?: Usage
  tokensInFirst?: number
  summarized?: boolean
}

/** Gaps longer than this are stalls. */
export const DEFAULT_STALL_LIMIT = 2000

/**
 * Every definition of time, in one place. The peers' words for the same are in
 * docs/definitions.md.
 *
 * - **start**: just before the request is handed to the transport. With `k6/x/sse` a connection
 *   is opened for each stream, so its set-up is inside every figure.
 * - **TTFB** = headers - start. Not TTFT: vLLM sends headers before the prefill.
 * - **TTFT** = first event with generated output (content, reasoning, tool-call delta) - start.
 *   A role-only, empty, ping, progress or usage event is none.
 * - **TTFO** = first event with visible output (not reasoning) - start.
 * - **gaps** = arrival of a generated event - arrival of the one before (ITL, inter-chunk).
 * - **TPOT** = (last generated - first generated) / (tokens that arrived - tokens in the first).
 * - **duration** = last generated event - start; usage and `[DONE]` come after it.
 */
export function measure(
  recording: Recording,
  outcome: Generated,
  stallLimit: number = DEFAULT_STALL_LIMIT,
): Timing {
  const start = recording.startedAt
  const timing: Timing = { source: recording.source, duration: recording.endedAt - start }
  if (recording.headersAt !== undefined) timing.ttfb = recording.headersAt - start
  const at = recording.at
  const generated = outcome.generated
  if (recording.source !== 'stream' || at === undefined || generated.length === 0) return timing
  if (at.length < outcome.events) return timing // a transport that does not know all its times

  const first = at[generated[0] as number] as number
  const last = at[generated[generated.length - 1] as number] as number
  timing.ttft = first - start
  if (outcome.firstVisible !== null) timing.ttfo = (at[outcome.firstVisible] as number) - start
  timing.duration = last - start

  const gaps: number[] = []
  let longest = 0
  let stalls = 0
  for (let i = 1; i < generated.length; i++) {
    const gap = (at[generated[i] as number] as number) - (at[generated[i - 1] as number] as number)
    gaps.push(gap)
    if (gap > longest) longest = gap
    if (gap > stallLimit) stalls++
  }
  timing.gaps = gaps
  if (gaps.length > 0) timing.longestGap = longest
  // A stream that broke off was silent to its end: that silence stalled its reader too.
  if ((recording.error || outcome.truncated) && recording.endedAt - last > stallLimit) stalls++
  timing.stalls = stalls
  timing.tpot = timePerOutputToken(last - first, outcome)
  if (generated.length >= 10) {
    timing.buffered = last - first <= Math.max(5, timing.duration * 0.01)
  }
  return timing
}

/**
 * TPOT: the span of the generated events over the tokens that arrived in it.
 *
 * Reasoning tokens that were counted but not streamed are taken off: they came before the first
 * event. Where only a summary of them was streamed the split is not known: no figure then, nor
 * with several choices, without usage, or with one event.
 */
function timePerOutputToken(span: number, outcome: Generated): number | undefined {
  const usage = outcome.usage
  if (!usage || outcome.choices > 1 || outcome.generated.length < 2) return undefined
  if (usage.completionTokens === undefined) return undefined
  if (outcome.summarized && usage.reasoningTokens !== 0) return undefined
  const hidden = outcome.reasoning === '' ? usage.reasoningTokens || 0 : 0
  // Counted as it streamed, the first event's count holds the hidden ones already.
  const before = Math.max(outcome.tokensInFirst || 0, hidden + 1)
  const after = usage.completionTokens - before
  return after > 0 ? span / after : undefined
}
