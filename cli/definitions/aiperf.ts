import { type Chunk, callsOf, deltaOf, hasReasoning, isError, lastUsage } from './reply.ts'
import type { Tool } from './tool.ts'

/**
 * AIPerf (ai-dynamo/aiperf), as the package 0.13.0 has it, with its defaults but for
 * `--use-server-token-count`.
 *
 * - what is content: `ChatEndpoint.extract_chat_response_data`,
 *   aiperf/endpoints/openai_chat.py
 * - formulas: `InterTokenLatencyMetric`, aiperf/metrics/types/inter_token_latency_metric.py
 * - errors inside a stream: `inspect_message_for_error`, aiperf/transports/sse_utils.py
 *
 * What it names ITL is the mean of a request, so it is TPOT too. Its ICL is the gaps.
 */
export const aiperf: Tool = {
  name: 'AIPerf',
  column: 'AIPerf',
  version: 'aiperf 0.13.0',
  figures(reply) {
    const { chunks } = reply
    const content = chunks.filter(
      (chunk) => isRead(chunk) && (hasReasoning(chunk) || hasOutput(chunk)),
    )
    const first = content[0]
    const last = content.at(-1)
    const failed = chunks.some((chunk) => isError(chunk) || chunk.name === 'error')
    if (reply.broken || failed || !first || !last) return undefined

    const tokens = lastUsage(chunks)?.completion_tokens ?? undefined
    const counted = tokens !== undefined && tokens >= 2
    const mean = counted ? (last.at - first.at) / (tokens - 1) : undefined
    return {
      ttft: first.at,
      ttfo: content.find(hasOutput)?.at,
      itl: mean === undefined ? undefined : [mean],
      tpot: mean,
      e2e: last.at,
      tokens,
      tokenizer: true,
    }
  },
  why: {
    requests: 'a stream without a finish reason is a success; data that is no JSON is passed over',
    ttft: 'passes over chunks without object "chat.completion.chunk", refusals and empty calls',
    ttfo: 'a tool call is output too',
    itl: 'one value a request, its mean; what others call ITL it names inter chunk latency (ICL)',
    tpot:
      '(e2e - TTFT) / (tokens - 1): takes the first chunk for one token, unless --per-chunk-usage ' +
      'says how many it has; counts reasoning that was not streamed',
    e2e: 'passes over chunks without object "chat.completion.chunk", refusals and empty calls',
    tokens: 'needs a tokenizer, or usage',
  },
  tokenizer:
    "counts with its own tokenizer, unless --use-server-token-count; here the server's count " +
    'stands in, in the formulas too',
}

/** It passes over what does not say that it is a chunk. */
function isRead({ json }: Chunk): boolean {
  return json?.object === 'chat.completion.chunk'
}

function hasOutput(chunk: Chunk): boolean {
  const calls = callsOf(chunk)
  return (
    Boolean(deltaOf(chunk).content) ||
    calls.some((call) => call.function?.name || call.function?.arguments)
  )
}
