import {
  type ChatMessage,
  type ChatRequest,
  contentOf,
  type Dialect,
  isSystem,
  type Json,
  maxTokensOf,
  messagesOf,
  restOf,
  stopOf,
  systemOf,
} from '../dialect.ts'
import { addReasoning, addText, addUsage, type Draft, toolCall } from '../draft.ts'
import { countOf, listOf, objectOf, parseJson, textOf, writeJson } from '../json.ts'

/** `max_tokens` is required; every model of Anthropic's takes this many. */
const DEFAULT_MAX_TOKENS = 4096

const PLACED = ['stop', 'tools', 'tool_choice']
/** Anthropic answers 400 to them. */
const ABSENT = ['seed', 'n', 'ignore_eos', 'min_tokens', 'response_format', 'reasoning_effort']

/**
 * Anthropic's `/v1/messages`; also vLLM, SGLang, llama.cpp, Ollama, LiteLLM. Usage always comes
 * and is cumulative. The token goes out as `x-api-key`, which Anthropic wants, and as a bearer
 * token, which vLLM wants.
 */
export const anthropicMessages: Dialect = {
  path: '/v1/messages',
  events: /^(message|content_block)_/,
  words: ['"text":"', '"thinking":"'],

  headers(token, url) {
    const headers: { [name: string]: string } = { 'anthropic-version': '2023-06-01' }
    if (token === undefined) return headers
    headers['x-api-key'] = token
    // vLLM's --api-key takes nothing else; Anthropic's own takes one kind of key each way.
    if (!/^https:\/\/[^/]*\banthropic\.com/.test(url)) headers.Authorization = `Bearer ${token}`
    return headers
  },

  encode(request: ChatRequest, stream: boolean): Json {
    const body = restOf(request, PLACED, 'anthropic-messages', ABSENT)
    const messages = messagesOf(request)
    const system = systemOf(messages)
    if (system !== '' && body.system === undefined) body.system = system
    body.messages = messages.filter((message) => !isSystem(message)).map(encodeMessage)
    body.max_tokens = maxTokensOf(request) || DEFAULT_MAX_TOKENS
    if (body.stop_sequences === undefined) body.stop_sequences = stopOf(request)
    if (request.tools) body.tools = request.tools.map(encodeTool)
    if (request.tool_choice) body.tool_choice = encodeToolChoice(request.tool_choice)
    body.stream = stream
    return body
  },

  read(json: Json, draft: Draft): void {
    const type = json.type
    if (type === 'content_block_delta') {
      const delta = objectOf(json.delta)
      // `signature_delta` and `citations_delta` are no tokens of the answer.
      if (delta.type === 'text_delta') addText(draft, textOf(delta.text))
      else if (delta.type === 'thinking_delta') addReasoning(draft, textOf(delta.thinking))
      else if (delta.type === 'input_json_delta' && textOf(delta.partial_json) !== '') {
        readInput(textOf(delta.partial_json), json.index, draft)
      }
    } else if (type === 'content_block_stop') {
      // A call of a tool that takes nothing has no delta.
      const call = draft.callOf.get(json.index)
      if (call && call.arguments.length === 0) draft.generated = true
    } else if (type === 'content_block_start') {
      readBlock(objectOf(json.content_block), json.index, false, draft)
    } else if (type === 'message_start') {
      const message = objectOf(json.message)
      draft.model = textOf(message.model) || draft.model
      readUsage(message.usage, draft)
    } else if (type === 'message_delta') {
      draft.finishReason = textOf(objectOf(json.delta).stop_reason) || draft.finishReason
      readUsage(json.usage, draft)
    } else if (type === 'message_stop') {
      draft.terminal = true
    }
  },

  readBody(json: Json, draft: Draft): void {
    draft.model = textOf(json.model) || draft.model
    draft.finishReason = textOf(json.stop_reason) || null
    listOf(json.content).forEach((block, index) => {
      readBlock(objectOf(block), index, true, draft)
    })
    readUsage(json.usage, draft)
    if (Array.isArray(json.content)) draft.terminal = true
  },
}

/** A block of content: whole, or as it begins (its text empty, unless a clone has put it there). */
function readBlock(block: Json, index: unknown, whole: boolean, draft: Draft): void {
  const type = textOf(block.type)
  addText(draft, textOf(block.text))
  addReasoning(draft, textOf(block.thinking))
  if (/tool_use$/.test(type)) {
    const call = toolCall(draft, index)
    call.id = textOf(block.id)
    call.name = textOf(block.name)
    if (whole) {
      call.arguments.push(writeJson(block.input))
    } else if (Object.keys(objectOf(block.input)).length > 0) {
      // Clones have all of it here; where deltas follow all the same, they repeat it.
      readInput(writeJson(block.input), index, draft)
      draft.memo.set(countOf(index) || 0, 'whole')
    }
  } else if (/thinking$/.test(type) && /claude-(?!3)/.test(draft.model || '')) {
    // From Claude 4 on all thinking is counted, and only a summary of it, or nothing, is sent:
    // https://docs.claude.com/en/docs/build-with-claude/extended-thinking#summarized-thinking
    draft.summarized = true
  }
}

/** A piece of a tool's input. */
function readInput(text: string, index: unknown, draft: Draft): void {
  const call = toolCall(draft, index)
  if (draft.memo.size > 0 && draft.memo.delete(countOf(index) || 0)) call.arguments = []
  call.arguments.push(text)
  draft.generated = true
}

/** `output_tokens` is 1 or more before any text, so it counts no event. */
function readUsage(value: unknown, draft: Draft): void {
  const usage = objectOf(value)
  const cached = countOf(usage.cache_read_input_tokens)
  const prompt =
    (countOf(usage.input_tokens) || 0) +
    (countOf(usage.cache_creation_input_tokens) || 0) +
    (cached || 0)
  const known = draft.usage?.promptTokens || 0
  addUsage(draft, {
    // The end may repeat a part of the counts of the start: the sum never shrinks.
    promptTokens: prompt > known ? prompt : undefined,
    completionTokens: countOf(usage.output_tokens),
    cachedTokens: cached,
  })
}

function encodeMessage(message: ChatMessage): Json {
  if (message.role === 'tool') {
    const result = { tool_use_id: message.tool_call_id, content: contentOf(message) }
    return { role: 'user', content: [Object.assign({ type: 'tool_result' }, result)] }
  }
  const calls = listOf(message.tool_calls)
  const text = message.content
  if (typeof text === 'string' && calls.length === 0) return { role: message.role, content: text }
  const blocks = typeof text === 'string' ? [{ type: 'text', text }] : listOf(text).map(encodePart)
  for (const entry of calls) {
    const fn = objectOf(objectOf(entry).function)
    const input = typeof fn.arguments === 'string' ? parseJson(fn.arguments) : fn.arguments
    blocks.push({ type: 'tool_use', id: objectOf(entry).id, name: fn.name, input: input || {} })
  }
  return { role: message.role, content: blocks.filter((block) => objectOf(block).text !== '') }
}

function encodePart(part: unknown): unknown {
  const url = textOf(objectOf(objectOf(part).image_url).url)
  if (url === '') return part
  const inline = /^data:([^;,]+);base64,/.exec(url)
  if (!inline) return { type: 'image', source: { type: 'url', url } }
  const source = { type: 'base64', media_type: inline[1], data: url.slice(inline[0].length) }
  return { type: 'image', source }
}

function encodeTool(tool: Json): Json {
  const fn = objectOf(tool.function)
  if (!fn.name) return tool
  const schema = fn.parameters || { type: 'object', properties: {} }
  const encoded: Json = { name: fn.name, input_schema: schema }
  if (fn.description !== undefined) encoded.description = fn.description
  return encoded
}

function encodeToolChoice(choice: unknown): unknown {
  if (typeof choice === 'string') return { type: choice === 'required' ? 'any' : choice }
  const name = objectOf(objectOf(choice).function).name
  return name ? { type: 'tool', name } : choice
}
