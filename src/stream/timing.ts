import type { Usage } from './draft.ts'
import type { Recording } from './recording.ts'
import { countSpans, indicesOf, type Spans } from './rows/spans.ts'

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
  /** Between neighbouring generated events; made when it is asked for. */
  readonly gaps?: number[]
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
  /** The events that carry generated output. */
  spans: Spans
  firstVisible: number | null
  truncated: boolean
  reasoning: string
  choices: number
  usage?: Usage
  tokensInFirst?: number
  tokensInLast?: number
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
 *   Where the server counts as it streams: tokens in the last - tokens in the first.
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
  const spans = outcome.spans
  if (recording.source !== 'stream' || at === undefined || spans.length === 0) return timing
  if (at.length < outcome.events) return timing // a transport that does not know all its times

  const chunks = countSpans(spans)
  const first = at[spans[0] as number] as number
  const last = at[spans[spans.length - 1] as number] as number
  timing.ttft = first - start
  if (outcome.firstVisible !== null) timing.ttfo = (at[outcome.firstVisible] as number) - start
  timing.duration = last - start
  // A tenth of all that a stream costs, and most scripts look at none of them.
  Object.defineProperty(timing, 'gaps', { enumerable: true, get: () => gapsBetween(at, spans) })

  const longest = longestGap(at, spans)
  if (chunks > 1) timing.longestGap = longest
  let stalls = 0
  if (longest > stallLimit) stalls = gapsBetween(at, spans).filter((gap) => gap > stallLimit).length
  // A stream that broke off was silent to its end: that silence stalled its reader too.
  if ((recording.error || outcome.truncated) && recording.endedAt - last > stallLimit) stalls++
  timing.stalls = stalls
  timing.tpot = timePerOutputToken(last - first, chunks, outcome)
  if (chunks >= 10) timing.buffered = last - first <= Math.max(5, timing.duration * 0.01)
  return timing
}

function gapsBetween(at: number[], spans: Spans): number[] {
  const indices = indicesOf(spans)
  const gaps: number[] = []
  for (let i = 1; i < indices.length; i++) {
    gaps.push((at[indices[i] as number] as number) - (at[indices[i - 1] as number] as number))
  }
  return gaps
}

/** The one loop over all events that every request pays for: 0.3 us each. */
function longestGap(at: number[], spans: Spans): number {
  let longest = 0
  let before = at[spans[0] as number] as number
  for (let s = 0; s < spans.length; s += 2) {
    const to = spans[s + 1] as number
    for (let i = spans[s] as number; i <= to; i++) {
      const now = at[i] as number
      if (now - before > longest) longest = now - before
      before = now
    }
  }
  return longest
}

/**
 * TPOT: the span of the generated events over the tokens that arrived in it.
 *
 * Reasoning tokens that were counted but not streamed are taken off: they came before the first
 * event. Where only a summary of them was streamed the split is not known: no figure then, nor
 * with several choices, without usage, or with one event.
 */
function timePerOutputToken(span: number, chunks: number, outcome: Generated): number | undefined {
  const usage = outcome.usage
  if (!usage || outcome.choices > 1 || chunks < 2) return undefined
  if (usage.completionTokens === undefined) return undefined
  if (outcome.summarized && usage.reasoningTokens !== 0) return undefined
  const hidden = outcome.reasoning === '' ? usage.reasoningTokens || 0 : 0
  // Counted as it streamed, the first event's count holds the hidden ones already.
  const before = Math.max(outcome.tokensInFirst || 0, hidden + 1)
  // Counted as it streamed, what came after the last event that shows something took none of the span.
  const counted = outcome.tokensInLast || usage.completionTokens
  const after = Math.min(counted, usage.completionTokens) - before
  return after > 0 ? span / after : undefined
}
