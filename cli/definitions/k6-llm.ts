import type { Chunk, Json, Reply } from './reply.ts'
import { gapsOf, parse } from './reply.ts'
import type { Figures, Tool } from './summary.ts'

/**
 * Ours, written a second time: `src/stream/timing.ts` and `src/stream/dialects/openai-chat.ts`
 * cannot be loaded outside k6. A test holds the two together.
 */
export const k6Llm: Tool = {
  name: 'k6-llm',
  column: 'k6-llm',
  version: 'this one',
  figures(reply) {
    const read = readChunks(reply)
    const failed = reply.broken || read.error || read.undecodable || !read.terminal
    return failed ? undefined : timesOf(reply, read)
  },
  why: {},
}

/** The figures of any recording, of one that failed too. */
export function measure(reply: Reply) {
  return timesOf(reply, readChunks(reply))
}

function timesOf(
  reply: Reply,
  {
    generated,
    visible,
    usage,
    tokensInFirst,
    tokensInLast,
    reasoning,
    choices,
  }: ReturnType<typeof readChunks>,
): Figures {
  const tokens = usage?.completion_tokens
  const first = generated[0]
  const last = generated.at(-1)
  if (!first || !last) return { e2e: reply.endedAt, tokens }
  return {
    ttft: first.at,
    ttfo: visible?.at,
    itl: gapsOf(generated),
    tpot: choices === 1 && generated.length > 1 ? perToken(last.at - first.at) : undefined,
    e2e: last.at,
    tokens,
  }

  function perToken(span: number) {
    if (typeof tokens !== 'number') return undefined
    // Reasoning that was counted and never streamed did not arrive in the span.
    const hidden = reasoning ? 0 : (reasoningTokens(usage) ?? 0)
    // What was counted after the last event that shows something took none of the span.
    const counted = Math.min(tokensInLast ?? tokens, tokens)
    const after = counted - Math.max(tokensInFirst ?? 0, hidden + 1)
    return after > 0 ? span / after : undefined
  }
}

function readChunks({ chunks, raw }: Reply) {
  const generated: Chunk[] = []
  let visible: Chunk | undefined
  let usage: Json | undefined
  let tokensInFirst: number | undefined
  let tokensInLast: number | undefined
  let [reasoning, terminal, undecodable, choices] = [false, false, false, 1]
  let error = raw.some((line) => hasError(parse(line.replace(/^error:\s*/, ''))))

  for (const chunk of chunks) {
    const { json } = chunk
    if (chunk.name === 'error' || hasError(json)) error = true
    else if (!json) undecodable = true
    if (!json || chunk.name === 'error' || hasError(json)) continue
    if (json.usage) usage = json.usage
    const all = Array.isArray(json.choices) ? json.choices.filter(Boolean) : []
    const outputs = all.map((choice) => outputOf(choice.delta ?? {}, json))
    for (const choice of all) {
      choices = Math.max(choices, (choice.index ?? 0) + 1)
      if (choice.finish_reason) terminal = true
    }
    if (outputs.some((output) => output.reasons)) reasoning = true
    if (!outputs.some((output) => output.generated)) continue
    // Cumulative usage on the first event with output is the count of its own tokens.
    if (generated.length === 0 && json.usage) {
      tokensInFirst = json.usage.completion_tokens || undefined
    }
    tokensInLast = json.usage?.completion_tokens || undefined
    generated.push(chunk)
    if (outputs.some((output) => output.visible)) visible ??= chunk
  }
  return {
    generated,
    visible,
    usage,
    tokensInFirst,
    tokensInLast,
    reasoning,
    choices,
    terminal,
    error,
    undecodable,
  }
}

function outputOf(delta: Json, json: Json) {
  const visible = Boolean(delta.content || delta.refusal)
  const reasons = Boolean(delta.reasoning_content || delta.reasoning)
  // llama-swap invents reasoning without id and object while it loads a model.
  const real = json.id !== undefined || json.object !== undefined
  const calls = Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0
  return { visible, reasons, generated: visible || (reasons && real) || calls }
}

function hasError(json: Json | undefined) {
  return Boolean(
    json && (json.error || json.detail || json.object === 'error' || json.type === 'error'),
  )
}

function reasoningTokens(usage: Json | undefined) {
  return usage?.completion_tokens_details?.reasoning_tokens ?? usage?.reasoning_tokens
}
