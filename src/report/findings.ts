import type { Figures } from './figures.ts'

/** Something about the streams that a reader must know before trusting or comparing a figure. */
export interface Finding {
  kind: 'buffered' | 'truncated' | 'stalls' | 'coalesced' | 'dropped'
  /** What was seen: streams, gaps or iterations. */
  count: number
  /** Of how many; absent where there is no such number. */
  total?: number
  /** `coalesced`: tokens per event. */
  ratio?: number
}

/**
 * From so many tokens per event on, gaps between events are no gaps between tokens. Speculative
 * decoding and busy servers give 1.2 to 3; 1.5 leaves out a tokenizer's halves of characters.
 */
const COALESCED = 1.5

/** What the figures say about the quality of the streams. Empty where all is well. */
export function findingsOf({
  rates,
  counters,
  distributions,
}: Pick<Figures, 'rates' | 'counters' | 'distributions'>): Finding[] {
  const findings: Finding[] = []
  for (const kind of ['buffered', 'truncated'] as const) {
    const rate = rates.filter((r) => r.metric === `llm_${kind}` && r.selector === '')[0]
    if (rate && rate.yes > 0) findings.push({ kind, count: rate.yes, total: rate.total })
  }
  const count = (metric: string) =>
    counters.filter((c) => c.metric === metric && c.selector === '')[0]?.count
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
