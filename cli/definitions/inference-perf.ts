import {
  type Chunk,
  callsOf,
  deltaOf,
  gapsOf,
  hasReasoning,
  lastCount,
  lastUsage,
} from './reply.ts'
import type { Tool } from './tool.ts'

/**
 * inference-perf (kubernetes-sigs/inference-perf), as the package 0.7.0 has it, with
 * `use_server_output_tokens`.
 *
 * - what is a token: `parse_sse_stream`, inference_perf/apis/streaming_parser.py, with the
 *   extractor of inference_perf/apis/chat.py, which reads `delta.content` only
 * - formulas: inference_perf/reportgen/base.py
 *
 * It cuts each chunk into tokens with its tokenizer and gives all of them the chunk's time. The
 * gaps that this makes do not depend on which chunk had how many tokens: those between chunks,
 * and one of 0 for every further token. Without a tokenizer the number of tokens is taken from
 * usage, reasoning left out; where that is not known there is no ITL here.
 */
export const inferencePerf: Tool = {
  name: 'inference-perf',
  column: 'inference-perf',
  version: 'inference-perf 0.7.0',
  figures(reply) {
    const { chunks } = reply
    // `choices: null` and `delta: null` raise in its extractor.
    const raises = chunks.some(
      ({ json }) => json?.choices === null || json?.choices?.[0]?.delta === null,
    )
    if (reply.broken || raises) return undefined

    const content = chunks.filter((chunk) => deltaOf(chunk).content)
    const tokens = lastCount(chunks)
    const first = content[0]
    const last = content.at(-1)
    const text = textTokens(chunks, last)
    const stamps = content.length > 1 ? content.length : (text ?? 1)
    const figures = { e2e: reply.endedAt, tokens: tokens || undefined, tokenizer: true }
    if (!first || !last || stamps <= 1) return figures
    return {
      ...figures,
      ttft: first.at,
      itl: text === undefined ? undefined : tokenGaps(content, text),
      tpot: tokens > 1 ? (last.at - first.at) / (tokens - 1) : undefined,
    }
  },
  why: {
    requests:
      'a stream that ends without a finish reason, or with an error event, is a success; data ' +
      'that is no JSON is passed over',
    ttft: 'to the first chunk with content: no reasoning, no tool calls, and none for one token',
    ttfo: 'has no such figure',
    itl:
      'one gap a token: the tokens of a chunk share its time, so their gaps are 0; reasoning and ' +
      'tool calls are passed over',
    tpot:
      '(last - first content) / (tokens - 1): takes the first chunk for one token; reasoning is ' +
      'in the tokens and not in the time',
    e2e: 'to the end of the stream, so finish, usage and [DONE] are inside',
    tokens: 'needs a tokenizer, or usage',
  },
  tokenizer:
    'cuts the text with its own tokenizer, unless use_server_output_tokens (TPOT); here the ' +
    "server's count stands in, for the gaps of ITL too",
}

/**
 * Tokens of the text, as the server counts them: where usage comes with each chunk, up to the
 * last text, so that the stop token is not among them.
 *
 * @param last chunk with content
 */
function textTokens(chunks: Chunk[], last: Chunk | undefined): number | undefined {
  const other = chunks.some((chunk) => hasReasoning(chunk) || callsOf(chunk).length > 0)
  const usage = last?.json?.usage ?? lastUsage(chunks)
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens
  if (!usage?.completion_tokens || (other && !reasoning)) return undefined
  return usage.completion_tokens - (reasoning ?? 0)
}

function tokenGaps(content: Chunk[], tokens: number): number[] {
  const zeros = Math.max(0, tokens - content.length)
  return [...gapsOf(content), ...new Array<number>(zeros).fill(0)]
}
