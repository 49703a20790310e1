import type { ChatRequest } from '../dialect.ts'
import { addUsage, type Draft } from '../draft.ts'
import { countOf, type Json, listOf, objectOf, textOf } from '../json.ts'

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

/** OpenAI's usage object, with the places where servers put cached and reasoning tokens. */
function readUsage(usage: Json, draft: Draft): void {
  const reasoning = objectOf(usage.completion_tokens_details).reasoning_tokens
  draft.counted = countOf(usage.completion_tokens)
  addUsage(draft, {
    promptTokens: countOf(usage.prompt_tokens),
    completionTokens: draft.counted,
    cachedTokens: countOf(objectOf(usage.prompt_tokens_details).cached_tokens),
    // SGLang has it at the top.
    reasoningTokens: countOf(reasoning === undefined ? usage.reasoning_tokens : reasoning),
  })
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
  // vLLM ends so what its engine gave up: HTTP 200, a finish reason, and no whole answer.
  if ((reason === 'abort' || reason === 'error') && !draft.error) {
    draft.error = { message: `the server ended the answer: ${reason}`, code: reason }
  }
  draft.choices.set(index, true)
  draft.terminal = true
  draft.choices.forEach((finished) => {
    if (!finished) draft.terminal = false
  })
}
