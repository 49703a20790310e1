import type { Sla } from '../sla.ts'

// The limits of the closed division, server and interactive scenarios, at the 99th percentile:
// https://github.com/mlcommons/inference_policies/blob/ac93e89/inference_rules.adoc, tables
// "Benchmarks" (2026-07-23). The round is the first that had the limit. They hold for MLPerf's own
// data sets and lengths: with other prompts they are a yardstick, no result of MLPerf.
const RULES = 'MLPerf Inference rules as of 2026-07-23 (mlcommons/inference_policies@ac93e89)'

/** Llama 2 70B on OpenOrca, conversational: since round 4.0 (2024). */
export const mlperfLlama2 = {
  name: 'MLPerf Llama 2 70B, conversational',
  source: `${RULES}, since v4.0`,
  ttft: { p99: 2000 },
  tpot: { p99: 200 },
} satisfies Sla

/** The same model, interactive: since round 5.0 (2025). */
export const mlperfLlama2Interactive = {
  name: 'MLPerf Llama 2 70B, interactive',
  source: `${RULES}, since v5.0`,
  ttft: { p99: 450 },
  tpot: { p99: 40 },
} satisfies Sla

/** Llama 3.1 405B on long documents, server: since round 5.0 (2025). */
export const mlperfLlama405b = {
  name: 'MLPerf Llama 3.1 405B, server',
  source: `${RULES}, since v5.0`,
  ttft: { p99: 6000 },
  tpot: { p99: 175 },
} satisfies Sla

/** The same model, interactive: since round 5.1 (2025). */
export const mlperfLlama405bInteractive = {
  name: 'MLPerf Llama 3.1 405B, interactive',
  source: `${RULES}, since v5.1`,
  ttft: { p99: 4500 },
  tpot: { p99: 80 },
} satisfies Sla
