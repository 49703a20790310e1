import { objectOf } from '#node'
import { type Chunk, gapsOf, lastCount } from './reply.ts'
import type { Tool } from './tool.ts'

/**
 * vLLM, `vllm bench serve` with the backend `openai-chat`, as the package 0.33.0 has it:
 * `async_request_openai_chat_completions` of vllm/benchmarks/lib/endpoint_request_func.py, and
 * `calculate_metrics` of vllm/benchmarks/serve.py.
 *
 * A chunk counts whose delta has text, reasoning (by that name), a call, or an empty text without a
 * role. Until the pull request 55508 (2026-09-13) every chunk with choices counted, the role-only
 * one too. Usage is read from the others; where there is none, the client's tokenizer counts the
 * text.
 */
export const vllm: Tool = {
  name: 'vllm bench serve',
  column: 'vllm bench',
  version: 'vllm 0.33.0',
  figures(reply) {
    const { chunks } = reply
    const counted = chunks.filter(isToken)
    const first = counted[0]
    const last = counted.at(-1)
    // Data that is no JSON raises in the reading loop.
    const raises = chunks.some(({ json }) => !json)
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
      'token has come',
    ttft: 'takes an empty text without a role for a token, and passes reasoning_content over',
    ttfo: 'has no such figure',
    itl: 'an empty text counts as a token: a finish chunk that has one adds a gap',
    tpot: '(e2e - TTFT) / (tokens - 1), with its own TTFT and e2e',
    e2e: 'to the last chunk with a text, even an empty one: the finish chunk, where it has one',
    tokens: 'needs usage, or a tokenizer',
  },
  tokenizer:
    'without usage on a chunk that is no token it counts with a tokenizer; here the ' +
    "server's count stands in",
}

function isToken({ json }: Chunk): boolean {
  const delta = objectOf(json?.choices?.[0]?.delta)
  const filled = ['content', 'reasoning', 'tool_calls', 'function_call'].some((key) => delta[key])
  return filled || (delta.content === '' && !('role' in delta))
}
