import type { Sla } from './sla.ts'

const GUIDE = 'K6 performance test guide of seehwan/vllm_seehwan, 2025-01'

/**
 * SLAs as plain data: print them, spread them, change them by `extendSla`.
 *
 * Times in milliseconds, shares from 0 to 1. `source` says where the numbers come from, and
 * `variables` which environment variable may change which limit.
 */
export const slaPresets = {
  /** Ordinary chat. TTFT is in `guideStreaming`: only a stream has one that can be measured. */
  guideChat: {
    name: 'ordinary chat',
    source: GUIDE,
    duration: { p50: 1500, p95: 3000, p99: 5000 },
    errorRate: 0.01,
    availability: 0.995,
    variables: { 'duration.p95': 'RESPONSE_TIME_P95', errorRate: 'ERROR_RATE_THRESHOLD' },
  },

  /**
   * Complex questions. `RESPONSE_TIME_P95` does not reach it: the guide sets it to 3000 for
   * ordinary chat, and one script may judge both.
   */
  guideComplex: {
    name: 'complex questions',
    source: GUIDE,
    duration: { p50: 3000, p95: 8000 },
    errorRate: 0.01,
    availability: 0.995,
    variables: { errorRate: 'ERROR_RATE_THRESHOLD' },
  },

  /** Streaming chat: "TTFT < 2 s", read as its 95th percentile. */
  guideStreaming: {
    name: 'streaming',
    source: GUIDE,
    ttft: { p95: 2000 },
    errorRate: 0.05,
    availability: 0.995,
    variables: { 'ttft.p95': 'TTFT_THRESHOLD', errorRate: 'ERROR_RATE_THRESHOLD' },
  },

  /** API calls that no model answers: health, model lists, logins. */
  guideApi: {
    name: 'API calls',
    source: GUIDE,
    apiDuration: { p95: 5000 },
    errorRate: 0.01,
    variables: { errorRate: 'ERROR_RATE_THRESHOLD' },
  },

  /** Switching models. The guide limits no time of a switch: the 3 minutes are ours. */
  guideModelSwitch: {
    name: 'model switch',
    source: `${GUIDE}; the 3 minutes of a switch are k6-llm's own`,
    switchSuccess: 0.9,
    switchDuration: { p95: 180000 },
    apiDuration: { p95: 5000 },
  },

  /** Throughput: "20+ RPS", "1000+ tokens/min", "10 users or more". Gated where `window` is given. */
  guideThroughput: {
    name: 'throughput',
    source: GUIDE,
    requestsPerSecond: 20,
    tokensPerMinute: 1000,
    concurrentUsers: 10,
    errorRate: 0.01,
    variables: { errorRate: 'ERROR_RATE_THRESHOLD' },
  },
} satisfies { [name: string]: Sla }
