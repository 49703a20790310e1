import { type Chunk, gapsOf, lastCount } from './reply.ts'
import type { Tool } from './tool.ts'

/**
 * vLLM, `vllm bench serve` with the backend `openai-chat`.
 *
 * - times: `async_request_openai_chat_completions`, vllm/benchmarks/lib/endpoint_request_func.py
 *   at 02cfb534
 * - TPOT, output tokens: `calculate_metrics`, vllm/benchmarks/serve.py at 009e6d4a
 *
 * Every chunk with choices counts, whatever its delta holds. Usage is read from chunks without
 * choices only; where there is none, the client's tokenizer counts the text.
 */
export const vllm: Tool = {
  name: 'vllm bench serve',
  column: 'vllm bench',
  version: 'vllm-project/vllm 02cfb534, 009e6d4a',
  figures(reply) {
    const { chunks } = reply
    const counted = chunks.filter(({ json }) => (json?.choices?.length ?? 0) > 0)
    const first = counted[0]
    const last = counted.at(-1)
    // Data that is no JSON, or a choice without delta, raises in the reading loop.
    const raises = chunks.some(({ json }) => !json) || counted.some((chunk) => !hasDelta(chunk))
    if (reply.broken || raises || !first || !last) return undefined

    const own = lastCount(chunks.filter((chunk) => !counted.includes(chunk)))
    const tokens = own || lastCount(chunks)
    return {
      ttft: first.at,
      itl: gapsOf(counted),
      tpot: tokens > 1 ? (last.at - first.at) / (tokens - 1) : undefined,
      e2e: last.at,
      tokens: tokens || undefined,
      tokenizer: own === 0,
    }
  },
  why: {
    requests:
      'a stream that ends without a finish reason, or with an error event, is a success once a ' +
      'chunk with choices has come',
    ttft: 'to the first chunk with choices, its content unread: a role-only chunk counts',
    ttfo: 'has no such figure',
    itl:
      'gaps between all chunks with choices: the role-only chunk puts the wait for the first ' +
      'token into the first gap, the finish chunk adds one',
    tpot: '(e2e - TTFT) / (tokens - 1), with its own TTFT and e2e',
    e2e: 'to the last chunk with choices, which is the finish chunk',
    tokens: 'needs usage, or a tokenizer',
  },
  tokenizer:
    'without a usage chunk of its own (one without choices) it counts with a tokenizer; here the ' +
    "server's count stands in",
}

function hasDelta({ json }: Chunk): boolean {
  const delta = json?.choices?.[0]?.delta
  return typeof delta === 'object' && delta !== null
}
