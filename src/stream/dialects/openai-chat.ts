import { type ChatRequest, type Dialect, type Json, messagesOf } from '../dialect.ts'
import type { Draft, Usage } from '../draft.ts'

/**
 * OpenAI's `/v1/chat/completions`, as vLLM, SGLang, llama.cpp, TGI, Ollama, TabbyAPI, LiteLLM
 * and others speak it. Every field is read defensively: `content: null`, `choices: []`,
 * `finish_reason: ""` and absent keys all occur (test/fixtures/streams).
 */
export const openaiChat: Dialect = {
  path: '/v1/chat/completions',

  encode(request: ChatRequest, stream: boolean): Json {
    const body: Json = Object.assign({}, request, { messages: messagesOf(request), stream })
    delete body.prompt
    // Without it no server counts tokens in a stream.
    if (stream && body.stream_options === undefined) body.stream_options = { include_usage: true }
    return body
  },

  read(json: Json, draft: Draft): void {
    readCommon(json, draft)
    const choices = json.choices as Json[] | null | undefined
    if (!Array.isArray(choices)) return
    for (const choice of choices) {
      const delta = choice.delta as Json | null | undefined
      if (delta) readDelta(delta, choice, json, draft)
      readFinish(choice, draft)
    }
  },

  readBody(json: Json, draft: Draft): void {
    readCommon(json, draft)
    const choices = json.choices as Json[] | null | undefined
    if (!Array.isArray(choices)) return
    for (const choice of choices) {
      const message = choice.message as Json | null | undefined
      if (message) readDelta(message, choice, json, draft)
      readFinish(choice, draft)
      // A whole message is complete also where the server gives no reason for its end.
      if (message) draft.terminal = true
    }
  },
}

function readCommon(json: Json, draft: Draft): void {
  if (typeof json.model === 'string' && json.model !== '') draft.model = json.model
  if (json.usage) draft.usage = readUsage(json.usage as Json)
}

function readFinish(choice: Json, draft: Draft): void {
  const index = typeof choice.index === 'number' ? choice.index : 0
  if (index >= draft.choices) draft.choices = index + 1
  if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
    if (index === 0 || draft.finishReason === null) draft.finishReason = choice.finish_reason
    draft.terminal = true
  }
}

function readDelta(delta: Json, choice: Json, json: Json, draft: Draft): void {
  const first = choice.index === undefined || choice.index === 0
  const content = filled(delta.content) || filled(delta.refusal)
  if (content) {
    draft.generated = true
    draft.visible = true
    if (first) draft.text.push(content)
  }
  // `reasoning_content` up to vLLM 0.11 and in SGLang, llama.cpp, DeepSeek; then `reasoning`.
  const reasoning = filled(delta.reasoning_content) || filled(delta.reasoning)
  if (reasoning) {
    if (first) draft.reasoning.push(reasoning)
    // llama-swap invents reasoning while it loads a model, in chunks without id and object.
    // Counted as output it would make a cold start look instant.
    if (json.id !== undefined || json.object !== undefined) draft.generated = true
  }
  if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) {
    draft.generated = true
    if (first) readToolCalls(delta.tool_calls as Json[], draft)
  }
}

function readToolCalls(calls: Json[], draft: Draft): void {
  calls.forEach((call, position) => {
    const index = typeof call.index === 'number' ? call.index : position
    let known = draft.toolCalls[index]
    if (!known) {
      known = { id: '', name: '', arguments: [] }
      draft.toolCalls[index] = known
    }
    if (typeof call.id === 'string' && call.id !== '') known.id = call.id
    const fn = call.function as Json | null | undefined
    if (!fn) return
    if (typeof fn.name === 'string' && fn.name !== '') known.name = fn.name
    if (typeof fn.arguments === 'string') known.arguments.push(fn.arguments)
    else if (fn.arguments) known.arguments.push(JSON.stringify(fn.arguments))
  })
}

/** OpenAI's usage object, with the places where servers put cached and reasoning tokens. */
function readUsage(usage: Json): Usage {
  const prompt = (usage.prompt_tokens_details || {}) as Json
  const completion = (usage.completion_tokens_details || {}) as Json
  return {
    promptTokens: count(usage.prompt_tokens),
    completionTokens: count(usage.completion_tokens),
    cachedTokens: count(prompt.cached_tokens),
    reasoningTokens: count(
      completion.reasoning_tokens !== undefined
        ? completion.reasoning_tokens
        : usage.reasoning_tokens,
    ),
  }
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function filled(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
