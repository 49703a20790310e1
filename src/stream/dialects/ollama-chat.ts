import {
  type ChatMessage,
  type ChatRequest,
  contentOf,
  type Dialect,
  type Json,
  maxTokensOf,
  messagesOf,
  restOf,
  stopOf,
} from '../dialect.ts'
import { addOutput, addReasoning, addText, addUsage, beginCall, type Draft } from '../draft.ts'
import { countOf, listOf, objectOf, parseJson, textOf, writeJson } from '../json.ts'

/** What `/api/chat` and `/api/generate` take beside their options. */
const TOP =
  /^(model|think|format|keep_alive|tools|suffix|images|system|template|raw|context|(top_)?logprobs)$/

const ABSENT = ['ignore_eos', 'min_tokens', 'n', 'tool_choice']

/**
 * Ollama's own `/api/chat`: one JSON object a line. It names its content type
 * `application/x-ndjson` and streams unless told not to. Counts are on the last row.
 */
export const ollamaChat: Dialect = {
  path: '/api/chat',
  rows: true,

  encode(request: ChatRequest, stream: boolean): Json {
    const body = encodeOptions(request, stream, 'ollama-chat')
    body.messages = messagesOf(request).map(encodeMessage)
    return body
  },

  read(json: Json, draft: Draft): void {
    const message = objectOf(json.message)
    for (const item of listOf(message.tool_calls)) {
      // Complete in one row, its arguments an object.
      const fn = objectOf(objectOf(item).function)
      const call = beginCall(draft, draft.toolCalls.length)
      call.id = textOf(objectOf(item).id)
      call.name = textOf(fn.name)
      call.arguments.push(textOf(fn.arguments) || writeJson(fn.arguments))
      draft.generated = true
    }
    if (listOf(message.images).length > 0) addOutput(draft)
    readRow(json, message.content, message.thinking, draft)
  },

  readBody(json: Json, draft: Draft): void {
    ollamaChat.read(json, draft)
  },
}

/** Reads what the rows of both APIs have. */
export function readRow(json: Json, text: unknown, thinking: unknown, draft: Draft): void {
  addReasoning(draft, textOf(thinking))
  addText(draft, textOf(text))
  draft.model = textOf(json.model) || draft.model
  if (json.done !== true) return
  draft.terminal = true
  draft.finishReason = textOf(json.done_reason) || null
  addUsage(draft, {
    promptTokens: countOf(json.prompt_eval_count), // absent where all of it was cached
    completionTokens: countOf(json.eval_count),
  })
}

/** The fields that both APIs take: what is no field of theirs is an option of the model. */
export function encodeOptions(request: ChatRequest, stream: boolean, api: string): Json {
  const rest = restOf(request, ['stop', 'options', 'response_format'], api, ABSENT)
  const body: Json = { stream } // absent it would mean true
  const options: Json = { num_predict: maxTokensOf(request), stop: stopOf(request) }
  for (const key of Object.keys(rest)) {
    if (TOP.test(key)) body[key] = rest[key]
    else options[key] = rest[key]
  }
  body.options = Object.assign(options, request.options)
  const format = objectOf(request.response_format)
  if (format.type === 'json_object') body.format = 'json'
  else if (format.type === 'json_schema') body.format = objectOf(format.json_schema).schema
  return body
}

/** Content is text only, images stand beside it in base64, tool arguments are an object. */
function encodeMessage(message: ChatMessage): Json {
  const encoded: Json = Object.assign({}, message, { content: contentOf(message) })
  const images = listOf(message.content)
    .map((part) => /^data:[^,]*,(.*)$/.exec(textOf(objectOf(objectOf(part).image_url).url)))
    .filter(Boolean)
  if (images.length > 0) encoded.images = images.map((match) => (match as string[])[1])
  if (message.tool_calls) {
    encoded.tool_calls = listOf(message.tool_calls).map((entry) => {
      const fn = objectOf(objectOf(entry).function)
      const args = typeof fn.arguments === 'string' ? parseJson(fn.arguments) || {} : fn.arguments
      return { function: { name: fn.name, arguments: args } }
    })
  }
  return encoded
}
