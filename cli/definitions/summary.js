import { aiperf } from './aiperf.js'
import { guidellm } from './guidellm.js'
import { inferencePerf } from './inference-perf.js'
import { k6Llm } from './k6-llm.js'
import { toReply } from './reply.js'
import { vllm } from './vllm.js'
import { xk6Llm } from './xk6-llm.js'

/**
 * @typedef {object} Figures Of one request, in ms; undefined where the tool has none.
 * @property {number} [ttft]
 * @property {number} [ttfo]
 * @property {number[]} [itl] the samples that the tool enters into its ITL
 * @property {number} [tpot]
 * @property {number} [e2e]
 * @property {number} [tokens]
 * @property {boolean} [tokenizer] the tool would have counted with a tokenizer here
 * @property {{ itl: number, tpot: number }} [weights] how often the values count; default once
 */

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} column head of its column
 * @property {string} version what its rule was read from
 * @property {(reply: import('./reply.js').Reply) => Figures | undefined} figures undefined: the
 *   tool counts the request as failed
 * @property {Partial<Record<Subject, string>>} why its figure differs from k6-llm's
 * @property {string} [tokenizer] said where a figure has `tokenizer`
 */

/** @typedef {'requests' | 'ttft' | 'ttfo' | 'itl' | 'tpot' | 'e2e' | 'tokens'} Subject */
/** @typedef {[value: number, weight: number][]} Samples */
/** @typedef {{ subject: Subject, label: string, of(samples: Samples): number | undefined }} Row */
/** @typedef {{ tool: Tool, values: (number | undefined)[], tokenizer: boolean }} Column */

/** @type {Tool[]} */
export const tools = [k6Llm, vllm, aiperf, guidellm, inferencePerf, xk6Llm]

/** @type {Row[]} */
export const rows = [
  { subject: 'requests', label: 'requests', of: (samples) => samples.length },
  { subject: 'ttft', label: 'TTFT p50', of: (samples) => percentile(samples, 0.5) },
  { subject: 'ttfo', label: 'TTFO p50', of: (samples) => percentile(samples, 0.5) },
  { subject: 'itl', label: 'ITL p50', of: (samples) => percentile(samples, 0.5) },
  { subject: 'itl', label: 'ITL p99', of: (samples) => percentile(samples, 0.99) },
  { subject: 'tpot', label: 'TPOT p50', of: (samples) => percentile(samples, 0.5) },
  { subject: 'e2e', label: 'e2e p50', of: (samples) => percentile(samples, 0.5) },
  { subject: 'tokens', label: 'output tokens', of: sum },
]

/** Collects recordings; keeps their figures, not their data. */
export function createSummary() {
  const collected = tools.map((tool) => ({ tool, samples: empty(), tokenizer: false }))
  return {
    /** @param {import('./reply.js').Recording} recording */
    add(recording) {
      const reply = toReply(recording)
      for (const column of collected) {
        const figures = column.tool.figures(reply)
        if (!figures) continue
        enter(column.samples, figures)
        if (figures.tokenizer) column.tokenizer = true
      }
    },
    /** @returns {Column[]} */
    columns: () =>
      collected.map(({ tool, samples, tokenizer }) => ({
        tool,
        tokenizer,
        values: rows.map((row) => row.of(samples[row.subject])),
      })),
  }
}

/** @returns {Record<Subject, Samples>} */
function empty() {
  return { requests: [], ttft: [], ttfo: [], itl: [], tpot: [], e2e: [], tokens: [] }
}

/**
 * @param {Record<Subject, Samples>} samples
 * @param {Figures} figures
 */
function enter(samples, { ttft, ttfo, itl = [], tpot, e2e, tokens, weights }) {
  samples.requests.push([1, 1])
  for (const gap of itl) samples.itl.push([gap, weights?.itl ?? 1])
  if (tpot !== undefined) samples.tpot.push([tpot, weights?.tpot ?? 1])
  if (ttft !== undefined) samples.ttft.push([ttft, 1])
  if (ttfo !== undefined) samples.ttfo.push([ttfo, 1])
  if (e2e !== undefined) samples.e2e.push([e2e, 1])
  if (tokens !== undefined) samples.tokens.push([tokens, 1])
}

/**
 * Between the two nearest ranks, as k6 and numpy do; a value of weight 3 stands there 3 times.
 * @param {Samples} samples
 * @param {number} share 0 to 1
 */
export function percentile(samples, share) {
  const sorted = [...samples].sort(([a], [b]) => a - b)
  const count = sorted.reduce((total, [, weight]) => total + weight, 0)
  if (count === 0) return undefined
  const position = share * (count - 1)
  const low = at(Math.floor(position))
  return low + (at(Math.ceil(position)) - low) * (position % 1)

  /** @param {number} rank */
  function at(rank) {
    let passed = 0
    const found = sorted.find(([, weight]) => {
      passed += weight
      return rank < passed
    })
    return /** @type {[number, number]} */ (found)[0]
  }
}

/** @param {Samples} samples */
function sum(samples) {
  if (samples.length === 0) return undefined
  return samples.reduce((total, [value]) => total + value, 0)
}
