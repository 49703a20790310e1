import { type Api, percentileOfRanks } from '#node'
import { aiperf } from './aiperf.ts'
import { guidellm } from './guidellm.ts'
import { inferencePerf } from './inference-perf.ts'
import { k6Llm } from './k6-llm.ts'
import { type StreamRecording, toReply } from './reply.ts'
import type { Figures, Subject, Tool } from './tool.ts'
import { vllm } from './vllm.ts'
import { xk6Llm } from './xk6-llm.ts'

type Samples = [value: number, weight: number][]

export interface Row {
  subject: Subject
  label: string
  of(samples: Samples): number | undefined
}

export interface Column {
  tool: Tool
  /** by rows */
  values: (number | undefined)[]
  /** the tool would have counted with a tokenizer in some of them */
  tokenizer: boolean
}

export const rows: Row[] = [
  { subject: 'requests', label: 'requests', of: (samples) => samples.length },
  { subject: 'ttft', label: 'TTFT p50', of: (samples) => percentileOf(samples, 0.5) },
  { subject: 'ttfo', label: 'TTFO p50', of: (samples) => percentileOf(samples, 0.5) },
  { subject: 'itl', label: 'ITL p50', of: (samples) => percentileOf(samples, 0.5) },
  { subject: 'itl', label: 'ITL p99', of: (samples) => percentileOf(samples, 0.99) },
  { subject: 'tpot', label: 'TPOT p50', of: (samples) => percentileOf(samples, 0.5) },
  { subject: 'e2e', label: 'e2e p50', of: (samples) => percentileOf(samples, 0.5) },
  { subject: 'tokens', label: 'output tokens', of: sum },
]

/** k6-llm first. Its rule is of every wire, the peers' are of OpenAI's chat. */
export function toolsFor(api: Api): Tool[] {
  return [k6Llm(api), vllm, aiperf, guidellm, inferencePerf, xk6Llm]
}

/** Collects recordings; keeps their figures, not their data. */
export function createSummary(api: Api) {
  const collected = toolsFor(api).map((tool) => ({ tool, samples: empty(), tokenizer: false }))
  return {
    add(recording: StreamRecording) {
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
 * A percentile of what counts more than once: a value of weight 3 stands there 3 times.
 *
 * @param p 0 to 1
 */
export function percentileOf(samples: Samples, p: number): number | undefined {
  if (samples.length === 0) return undefined
  const sorted = [...samples].sort(([a], [b]) => a - b)
  const count = sorted.reduce((total, [, weight]) => total + weight, 0)
  const valueAt = (rank: number) => {
    let passed = 0
    const found = sorted.find(([, weight]) => {
      passed += weight
      return rank < passed
    })
    return found?.[0] ?? Number.NaN
  }
  return percentileOfRanks(count, valueAt, p)
}

function sum(samples: Samples): number | undefined {
  if (samples.length === 0) return undefined
  return samples.reduce((total, [value]) => total + value, 0)
}
