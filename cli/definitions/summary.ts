import { aiperf } from './aiperf.ts'
import { guidellm } from './guidellm.ts'
import { inferencePerf } from './inference-perf.ts'
import { k6Llm } from './k6-llm.ts'
import type { Recording, Reply } from './reply.ts'
import { toReply } from './reply.ts'
import { vllm } from './vllm.ts'
import { xk6Llm } from './xk6-llm.ts'

/** Of one request, in ms; undefined where the tool has none. */
export interface Figures {
  ttft?: number
  ttfo?: number
  /** the samples that the tool enters into its ITL */
  itl?: number[]
  tpot?: number
  e2e?: number
  tokens?: number
  /** the tool would have counted with a tokenizer here */
  tokenizer?: boolean
  /** how often the values count; default once */
  weights?: { itl: number; tpot: number }
}

export interface Tool {
  name: string
  /** head of its column */
  column: string
  /** what its rule was read from */
  version: string
  /**
   * undefined: the
   * tool counts the request as failed
   */
  figures: (reply: Reply) => Figures | undefined
  /** its figure differs from k6-llm's */
  why: Partial<Record<Subject, string>>
  /** said where a figure has `tokenizer` */
  tokenizer?: string
}

type Subject = 'requests' | 'ttft' | 'ttfo' | 'itl' | 'tpot' | 'e2e' | 'tokens'
type Samples = [value: number, weight: number][]
export type Row = { subject: Subject; label: string; of(samples: Samples): number | undefined }
export type Column = { tool: Tool; values: (number | undefined)[]; tokenizer: boolean }

export const tools: Tool[] = [k6Llm, vllm, aiperf, guidellm, inferencePerf, xk6Llm]

export const rows: Row[] = [
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
    add(recording: Recording) {
      const reply = toReply(recording)
      for (const column of collected) {
        const figures = column.tool.figures(reply)
        if (!figures) continue
        enter(column.samples, figures)
        if (figures.tokenizer) column.tokenizer = true
      }
    },
    columns: (): Column[] =>
      collected.map(({ tool, samples, tokenizer }) => ({
        tool,
        tokenizer,
        values: rows.map((row) => row.of(samples[row.subject])),
      })),
  }
}

function empty(): Record<Subject, Samples> {
  return { requests: [], ttft: [], ttfo: [], itl: [], tpot: [], e2e: [], tokens: [] }
}

function enter(
  samples: Record<Subject, Samples>,
  { ttft, ttfo, itl = [], tpot, e2e, tokens, weights }: Figures,
) {
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
 *
 * @param share 0 to 1
 */
export function percentile(samples: Samples, share: number) {
  const sorted = [...samples].sort(([a], [b]) => a - b)
  const count = sorted.reduce((total, [, weight]) => total + weight, 0)
  if (count === 0) return undefined
  const position = share * (count - 1)
  const low = at(Math.floor(position))
  return low + (at(Math.ceil(position)) - low) * (position % 1)

  function at(rank: number) {
    let passed = 0
    const found = sorted.find(([, weight]) => {
      passed += weight
      return rank < passed
    })
    return (found as [number, number])[0]
  }
}

function sum(samples: Samples) {
  if (samples.length === 0) return undefined
  return samples.reduce((total, [value]) => total + value, 0)
}
