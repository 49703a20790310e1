import type { Sla } from '../sla.ts'

// No standard says what a use case needs. These are our own starting points: the reasoning is
// beside each number, and extendSla changes them.
const OURS = "k6-llm's own starting point, 2026-11 (docs/sla.md has the reasoning)"

/**
 * A person reads along. 1 s is where a reader's train of thought breaks (Nielsen, 1993: "Response
 * times"). Silent reading takes about 240 words a minute (Brysbaert, 2019), some 5 tokens/s: 50 ms
 * a token are four times that, so nobody waits for text, and p95 leaves room for a full batch.
 */
export const interactiveChat = {
  name: 'interactive chat',
  source: OURS,
  ttft: { p50: 500, p95: 1000 },
  tpot: { p95: 50 },
  errorRate: 0.01,
  availability: 0.995,
} satisfies Sla

/**
 * A suggestion is of use while the writer pauses. Keys come 240 ms apart on average (Dhakal, 2018:
 * 52 words a minute): two keys' time is half a second; after a second the text has moved on.
 */
export const codeCompletion = {
  name: 'code completion',
  source: OURS,
  ttft: { p95: 300 },
  duration: { p50: 500, p95: 1000 },
  errorRate: 0.01,
  availability: 0.995,
} satisfies Sla

/**
 * Chat over retrieved passages. Prompts of 4,000 to 8,000 tokens take longer to read: 2 s, which
 * users grant to what visibly searches; the pace of reading stays that of chat.
 */
export const rag = {
  name: 'RAG',
  source: OURS,
  ttft: { p95: 2000 },
  tpot: { p95: 50 },
  errorRate: 0.01,
  availability: 0.995,
} satisfies Sla

/**
 * A long document becomes a page. 10 s is how long attention stays without a sign of progress
 * (Nielsen, 1993); half of it for the first token. 500 tokens at 50 ms are 25 s: 30 s in all.
 */
export const summarising = {
  name: 'summarising',
  source: OURS,
  ttft: { p95: 5000 },
  duration: { p95: 30000 },
  errorRate: 0.01,
} satisfies Sla

/**
 * Steps that wait for each other. Nobody reads along, so the whole step counts: 10 steps of 6 s are
 * a minute. Errors multiply: of 20 steps at 1 % each, 18 % of the tasks meet one; at 0.1 %, 2 %.
 */
export const agent = {
  name: 'agent',
  source: OURS,
  duration: { p50: 3000, p95: 6000 },
  errorRate: 0.001,
  availability: 0.999,
} satisfies Sla

/**
 * Nobody waits: throughput counts, and that every document comes back. 2 minutes bound an answer
 * that hangs. Give `tokensPerMinute` or `requestsPerSecond` by extendSla: they are the job's own.
 */
export const batch = {
  name: 'batch',
  source: OURS,
  duration: { p99: 120000 },
  errorRate: 0.001,
} satisfies Sla
