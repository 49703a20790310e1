import type { Sla } from '../sla.ts'

const GUIDE = 'K6 performance test guide of seehwan/vllm_seehwan, 2025-01'

/** Ordinary chat. TTFT is in `guideStreaming`: only a stream has one that can be measured. */
export const guideChat = {
  name: 'ordinary chat',
  source: GUIDE,
  duration: { p50: 1500, p95: 3000, p99: 5000 },
  errorRate: 0.01,
  availability: 0.995,
  variables: { 'duration.p95': 'RESPONSE_TIME_P95', errorRate: 'ERROR_RATE_THRESHOLD' },
} satisfies Sla

/**
 * Complex questions. `RESPONSE_TIME_P95` does not reach it: the guide sets it to 3000 for
 * ordinary chat, and one script may judge both.
 */
export const guideComplex = {
  name: 'complex questions',
  source: GUIDE,
  duration: { p50: 3000, p95: 8000 },
  errorRate: 0.01,
  availability: 0.995,
  variables: { errorRate: 'ERROR_RATE_THRESHOLD' },
} satisfies Sla

/** Streaming chat: "TTFT < 2 s", read as its 95th percentile. */
export const guideStreaming = {
  name: 'streaming',
  source: GUIDE,
  ttft: { p95: 2000 },
  errorRate: 0.05,
  availability: 0.995,
  variables: { 'ttft.p95': 'TTFT_THRESHOLD', errorRate: 'ERROR_RATE_THRESHOLD' },
} satisfies Sla

/** API calls that no model answers: health, model lists, logins. */
export const guideApi = {
  name: 'API calls',
  source: GUIDE,
  apiDuration: { p95: 5000 },
  errorRate: 0.01,
  variables: { errorRate: 'ERROR_RATE_THRESHOLD' },
} satisfies Sla

/** Switching models. The guide limits no time of a switch: the 3 minutes are ours. */
export const guideModelSwitch = {
  name: 'model switch',
  source: `${GUIDE}; the 3 minutes of a switch are k6-llm's own`,
  switchSuccess: 0.9,
  switchDuration: { p95: 180000 },
  apiDuration: { p95: 5000 },
} satisfies Sla

/** Throughput: "20+ RPS", "1000+ tokens/min", "10 users or more". Gated where `window` is given. */
export const guideThroughput = {
  name: 'throughput',
  source: GUIDE,
  requestsPerSecond: 20,
  tokensPerMinute: 1000,
  concurrentUsers: 10,
  errorRate: 0.01,
  variables: { errorRate: 'ERROR_RATE_THRESHOLD' },
} satisfies Sla
