import {
  type Chunk,
  callsOf,
  deltaOf,
  hasReasoning,
  isError,
  lastCount,
  lastUsage,
} from './reply.ts'
import type { Tool } from './tool.ts'

/**
 * GuideLLM (vllm-project/guidellm), as the package 0.8.1 has it.
 *
 * - what is a token: `ChatCompletionsRequestHandler.add_streaming_line`,
 *   guidellm/backends/openai/request_handlers.py
 * - times: the streaming loop of src/guidellm/backends/openai/http.py (it ends at `[DONE]`)
 * - formulas: `GenerativeRequestStats`, guidellm/schemas/base/request_stats.py
 * - weights: src/guidellm/benchmark/schemas/metrics.py, `time_per_output_token_ms` counts a
 *   request once a token, `inter_token_latency_ms` once a token but one
 */
export const guidellm: Tool = {
  name: 'GuideLLM',
  column: 'GuideLLM',
  version: 'guidellm 0.8.1',
  figures(reply) {
    const { chunks } = reply
    const outputs = chunks.filter(hasOutput)
    const iterations = chunks.filter((chunk) => hasReasoning(chunk) || hasOutput(chunk))
    const usage = lastUsage(chunks)
    const tokens = usage ? lastCount(chunks) : iterations.length
    const failed = chunks.some((chunk) => isError(chunk) || !chunk.json)
    if (reply.broken || failed || (outputs.every(isBlank) && !(usage && tokens > 0))) {
      return undefined
    }

    const first = iterations[0]
    const last = iterations.at(-1)
    const mean = first && last && tokens > 1 ? (last.at - first.at) / (tokens - 1) : undefined
    return {
      ttft: first?.at,
      ttfo: outputs[0]?.at,
      itl: mean === undefined ? undefined : [mean],
      tpot: tokens > 0 ? (last?.at ?? reply.doneAt) / tokens : undefined,
      e2e: reply.doneAt,
      tokens: usage || tokens > 0 ? tokens : undefined,
      weights: { itl: tokens - 1, tpot: tokens },
    }
  },
  why: {
    requests: 'a stream without a finish reason is a success',
    ttft: 'every reasoning chunk counts, a refusal does not',
    ttfo: 'a tool call is output too',
    itl:
      'one value a request, (last - first) / (tokens - 1), weighted by its tokens: the single ' +
      'gaps are not kept',
    tpot: 'includes the first token: (last - start) / tokens, weighted by tokens',
    e2e: 'to the end of the stream, so finish, usage and [DONE] are inside',
    tokens: 'counts chunks where the server sends no usage',
  },
}

function hasOutput(chunk: Chunk): boolean {
  return Boolean(deltaOf(chunk).content) || callsOf(chunk).length > 0
}

function isBlank(chunk: Chunk): boolean {
  return callsOf(chunk).length === 0 && String(deltaOf(chunk).content ?? '').trim() === ''
}
