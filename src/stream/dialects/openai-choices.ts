import type { ChatRequest } from '../dialect.ts'
import { addUsage, type Draft } from '../draft.ts'
import { countOf, type Json, listOf, objectOf, textOf } from '../json.ts'
import { errorOfFinish, readErrorJson } from '../server-error.ts'

// What OpenAI's two older APIs share: usage on request, choices, finish reasons. This and
// openai-chat.ts are run for every event of most tests: a call costs 0.2 us in k6's engine, an
// iterator 1 us, so fields that are absent are passed over and loops count.

/** Asks for usage: without it no server counts tokens in a stream. What the user set stays. */
export function askForUsage(body: Json, request: ChatRequest, stream: boolean): void {
  if (!stream) {
    delete body.stream_options // OpenAI and vLLM answer 400 to it
  } else if (request.stream_options !== null) {
    body.stream_options = Object.assign({ include_usage: true }, request.stream_options)
  }
}

/** Reads what stands beside the choices, and gives the choices. */
export function readChoices(json: Json, draft: Draft): unknown[] {
  if (json.model !== draft.model) draft.model = textOf(json.model) || draft.model
  if (json.usage) {
    readUsage(objectOf(json.usage), draft)
  } else if (json.timings) {
    // llama.cpp with `timings_per_token`: as exact as vLLM's continuous usage.
    draft.counted = countOf(objectOf(json.timings).predicted_n)
  }
  return listOf(json.choices)
}

/**
 * Reads what a few vendors put elsewhere: usage (Kimi) and an error (OpenRouter) in a choice, both
 * under `x_groq`. For events that add nothing to the answer, or end it.
 */
export function readElsewhere(json: Json, choices: unknown[], draft: Draft): void {
  for (const place of choices.concat(json.x_groq)) {
    const { usage, error } = objectOf(place)
    if (usage) readUsage(objectOf(usage), draft)
    const said = error ? readErrorJson({ error }) : undefined
    // It says more than the finish reason beside it.
    if (said && !(draft.error && draft.error.code !== draft.finishReason)) draft.error = said
  }
}

/** OpenAI's usage object, with the places where servers put cached and reasoning tokens. */
function readUsage(usage: Json, draft: Draft): void {
  const details = usage.completion_tokens_details
  const prompt = countOf(usage.prompt_tokens)
  const completion = countOf(usage.completion_tokens)
  const inDetails = details ? objectOf(details).reasoning_tokens : undefined
  // SGLang and Perplexity have it at the top.
  const reasoning = countOf(inDetails === undefined ? usage.reasoning_tokens : inDetails)
  draft.counted = completion
  // xAI counts them beside the completion and not in it, which only the total tells.
  if (reasoning && prompt !== undefined && completion !== undefined) {
    const all = completion + reasoning
    if (usage.total_tokens === prompt + all) draft.counted = all
  }
  addUsage(draft, {
    promptTokens: prompt,
    completionTokens: draft.counted,
    cachedTokens: cachedOf(usage),
    reasoningTokens: reasoning,
  })
}

/** OpenAI has them in the details, Kimi at the top, DeepSeek under its own name. */
function cachedOf(usage: Json): number | undefined {
  const details = usage.prompt_tokens_details
  const cached = details ? countOf(objectOf(details).cached_tokens) : undefined
  if (cached !== undefined) return cached
  return countOf(
    usage.cached_tokens === undefined ? usage.prompt_cache_hit_tokens : usage.cached_tokens,
  )
}

/** The index of a choice, which is counted. */
export function choiceIndex(choice: Json, draft: Draft): number {
  const index = choice.index === 0 ? 0 : countOf(choice.index) || 0
  if (!draft.choices.has(index)) {
    draft.choices.set(index, false)
    draft.terminal = false
  }
  return index
}

/** Takes in the finish reason of a choice. The answer is complete when all its choices are. */
export function readFinish(choice: Json, index: number, draft: Draft): void {
  if (!choice.finish_reason) return // TGI's completions: '' until the last
  const reason = textOf(choice.finish_reason)
  if (reason === '') return
  if (index === 0 || draft.finishReason === null) draft.finishReason = reason
  if (!draft.error) draft.error = errorOfFinish(reason)
  draft.choices.set(index, true)
  draft.terminal = true
  draft.choices.forEach((finished) => {
    if (!finished) draft.terminal = false
  })
}
