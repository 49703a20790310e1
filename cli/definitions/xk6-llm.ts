import {
  type Chunk,
  callsOf,
  deltaOf,
  gapsOf,
  hasReasoning,
  isError,
  lastCount,
  lastUsage,
} from './reply.ts'
import type { Tool } from './tool.ts'

/**
 * xk6-llm (msradam/xk6-llm), `client.chat()` on the wire of OpenAI's chat completions.
 *
 * - what is a token, times: `parseStream`, client.go at 20e1c03c (it ends at `[DONE]`)
 * - TPOT: `chatResult.TPOT` and `streamedOutput`, client.go at 20e1c03c
 * - which figures become samples: `emit`, metrics.go at 20e1c03c
 *
 * Its clock is read after the chunk was decoded; a recording has the time before, so that delay
 * is not in these figures.
 */
export const xk6Llm: Tool = {
  name: 'xk6-llm',
  column: 'xk6-llm',
  version: 'msradam/xk6-llm 20e1c03c',
  figures(reply) {
    const { chunks, doneAt } = reply
    const failed = chunks.some((chunk) => isError(chunk) || !chunk.json)
    if (reply.broken || failed) return undefined

    const generated = chunks.filter(
      (chunk) => hasText(chunk) || hasReasoning(chunk) || hasCall(chunk),
    )
    const text = chunks.filter(hasText)
    const ttft = generated[0]?.at
    const ttfo = text[0]?.at
    const tokens = lastCount(chunks)
    const reasoning = lastUsage(chunks)?.completion_tokens_details?.reasoning_tokens ?? 0
    const streamed = reasoning > 0 ? Math.max(tokens - reasoning, 0) : tokens
    const from = reasoning > 0 ? ttfo : ttft
    const measurable = streamed > 1 && from !== undefined && doneAt > from
    return {
      ttft,
      ttfo,
      itl: gapsOf(text),
      tpot: measurable ? (doneAt - from) / (streamed - 1) : undefined,
      e2e: doneAt,
      tokens: tokens || undefined,
    }
  },
  why: {
    requests: 'a stream without a finish reason is a success',
    ttft: 'every reasoning chunk counts, a refusal does not',
    ttfo: 'to the first text; a refusal is none',
    itl: 'gaps between text chunks only: none between reasoning or tool calls',
    tpot:
      '(end of the stream - TTFT) / (tokens - 1): finish, usage and [DONE] are inside, and the ' +
      'first chunk is taken for one token; with reasoning counted, of the text only',
    e2e: 'to the end of the stream, so finish, usage and [DONE] are inside',
  },
}

function hasText(chunk: Chunk): boolean {
  return Boolean(deltaOf(chunk).content)
}

function hasCall(chunk: Chunk): boolean {
  return callsOf(chunk).some((call) => call.id || call.function?.name || call.function?.arguments)
}
