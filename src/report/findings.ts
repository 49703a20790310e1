import type { Figures } from './figures.ts'

/** Something about the streams that a reader must know before trusting or comparing a figure. */
export interface Finding {
  kind: 'buffered' | 'truncated' | 'stalls' | 'coalesced' | 'dropped' | CutKind
  /** What was seen: streams, gaps or iterations. */
  count: number
  /** Of how many; absent where there is no such number. */
  total?: number
  /** `coalesced`: tokens per event. */
  ratio?: number
  /** `cut`: duration of the longest request that came to its end, ms; absent where none did. */
  longest?: number
}

/** `cut`: by `gracefulStop` or the like. `underWay`: by the end of a run that was stopped. */
type CutKind = 'cut' | 'underWay'

/**
 * From so many tokens per event on, gaps between events are no gaps between tokens. Speculative
 * decoding and busy servers give 1.2 to 3; 1.5 leaves out a tokenizer's halves of characters.
 */
const COALESCED = 1.5

/**
 * What the figures say about the quality of the streams, and of requests that did not come to their
 * end. Empty where all is well.
 *
 * @param stopped whether the run was ended before it had done what it planned
 */
export function findingsOf(
  {
    rates,
    counters,
    distributions,
    latency = [],
  }: Pick<Figures, 'rates' | 'counters' | 'distributions'> & Partial<Pick<Figures, 'latency'>>,
  stopped = false,
): Finding[] {
  const findings: Finding[] = []
  for (const kind of ['buffered', 'truncated'] as const) {
    const rate = rates.filter((r) => r.metric === `llm_${kind}` && r.selector === '')[0]
    if (rate && rate.yes > 0) findings.push({ kind, count: rate.yes, total: rate.total })
  }
  const count = (metric: string) =>
    counters.filter((c) => c.metric === metric && c.selector === '')[0]?.count
  const total = count('llm_started') ?? 0
  const cut = total - (count('llm_requests') ?? 0)
  if (cut > 0) {
    const longest = latency.filter(
      (row) => row.metric === 'llm_request_duration' && row.selector === '',
    )[0]?.max
    findings.push({
      kind: stopped ? 'underWay' : 'cut',
      count: cut,
      total,
      ...(!stopped && longest !== undefined && { longest }),
    })
  }
  const stalls = count('llm_stalls')
  if (stalls) findings.push({ kind: 'stalls', count: stalls })

  const tokens = count('llm_completion_tokens')
  const chunks = distributions.filter(
    (row) => row.metric === 'llm_chunks_per_request' && row.selector === '',
  )[0]
  // A run that asks for whole answers, or probes, as well has tokens without events: only where
  // every request was a stream do the two belong together.
  const requests = count('llm_requests')
  if (tokens && chunks?.count !== undefined && chunks.avg && chunks.count === requests) {
    const ratio = tokens / (chunks.avg * chunks.count)
    if (ratio >= COALESCED) findings.push({ kind: 'coalesced', count: chunks.count, ratio })
  }
  const dropped = count('dropped_iterations')
  if (dropped) findings.push({ kind: 'dropped', count: dropped })
  return findings
}
