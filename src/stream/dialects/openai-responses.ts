import {
  type ChatMessage,
  type ChatRequest,
  contentOf,
  type Dialect,
  isSystem,
  type Json,
  maxTokensOf,
  restOf,
  systemOf,
} from '../dialect.ts'
import { addOutput, addReasoning, addText, addUsage, type Draft, toolCall } from '../draft.ts'
import { countOf, listOf, objectOf, textOf, writeJson } from '../json.ts'
import { readErrorJson } from '../server-error.ts'

/** Fields of the chat API that this one has in another form. */
const PLACED = ['tools', 'tool_choice', 'response_format', 'reasoning_effort']
/** OpenAI answers 400 to them. */
const ABSENT = ['stop', 'seed', 'n', 'ignore_eos', 'min_tokens']

/**
 * OpenAI's `/v1/responses`; also vLLM, SGLang, llama.cpp, LiteLLM. Events are told apart by the
 * `type` in their JSON, since clones leave out the event's name. Usage always comes.
 */
export const openaiResponses: Dialect = {
  path: '/v1/responses',
  events: /^response\./,

  encode(request: ChatRequest, stream: boolean): Json {
    const body = restOf(request, PLACED, 'openai-responses', ABSENT)
    const messages = request.messages
    body.input = request.prompt
    if (messages) {
      // Instructions of the user's own stand first; then system messages stay where they are.
      const system = body.instructions === undefined ? systemOf(messages) : ''
      if (system !== '') body.instructions = system
      body.input = encodeInput(system === '' ? messages : messages.filter((m) => !isSystem(m)))
    }
    body.max_output_tokens = body.max_output_tokens || maxTokensOf(request)
    body.stream = stream
    if (request.tools) body.tools = request.tools.map(flatten)
    if (request.tool_choice !== undefined) body.tool_choice = flatten(request.tool_choice)
    if (request.reasoning_effort) {
      body.reasoning = Object.assign({ effort: request.reasoning_effort }, body.reasoning)
    }
    const format = objectOf(request.response_format)
    if (format.type) {
      const schema = Object.assign({ type: format.type }, objectOf(format.json_schema))
      body.text = Object.assign({ format: schema }, body.text)
    }
    return body
  },

  read(json: Json, draft: Draft): void {
    const type = textOf(json.type)
    const kind = /^response\.([\w.]+)\.delta$/.exec(type)
    if (kind) {
      readDelta(kind[1] as string, json, draft)
      return // nearly every event
    }
    const done = /^response\.(output_text|refusal|reasoning\w*)\.done$/.exec(type)
    const item = /^response\.output_item\.(added|done)$/.exec(type)
    const state = /^response\.([a-z_]+)$/.exec(type)
    if (done) {
      readDone(done[1] as string, textOf(json.text) || textOf(json.refusal), draft)
    } else if (item) {
      readCall(objectOf(json.item), json.output_index, item[1] === 'done', draft)
    } else if (textOf(json.partial_image_b64) !== '') {
      addOutput(draft)
    } else if (state) {
      const silent = draft.text.length + draft.reasoning.length + draft.toolCalls.length === 0
      readResponse(objectOf(json.response), state[1] as string, silent, draft)
    }
  },

  readBody(json: Json, draft: Draft): void {
    readResponse(json, Array.isArray(json.output) ? 'completed' : '', true, draft)
  },
}

/** The arguments of `function_call`, `mcp_call` and `custom_tool_call`. */
const CALLED = /_call_(arguments|input)$/

function readDelta(kind: string, json: Json, draft: Draft): void {
  const text = textOf(json.delta) || textOf(objectOf(json.delta).text)
  if (kind === 'output_text' || kind === 'refusal' || /transcript$/.test(kind)) {
    addText(draft, text)
  } else if (/^reasoning/.test(kind)) {
    // OpenAI has `reasoning_text` and `reasoning_summary_text`, OpenRouter and LM Studio `reasoning`.
    if (/summary/.test(kind)) draft.summarized = true
    addReasoning(draft, text)
  } else if (text !== '') {
    if (CALLED.test(kind)) toolCall(draft, json.output_index).arguments.push(text)
    if (/audio$/.test(kind)) draft.visible = true
    draft.generated = true // whatever it is: code for an interpreter, and what comes next
  }
}

/** The `.done` events repeat what their deltas said; a few servers have no deltas. */
function readDone(kind: string, text: string, draft: Draft): void {
  const reasoning = /^reasoning/.test(kind)
  const said = (reasoning ? draft.reasoning : draft.text).join('')
  if (said.slice(-text.length) !== text) readDelta(kind, { delta: text }, draft)
}

/** A tool's name and id; once it is done its arguments too, where no delta brought them. */
function readCall(item: Json, key: unknown, done: boolean, draft: Draft): void {
  if (!/^(function|custom_tool|mcp)_call$/.test(textOf(item.type))) return
  const call = toolCall(draft, key)
  call.id = textOf(item.call_id) || textOf(item.id) || call.id
  call.name = textOf(item.name) || call.name
  if (!done || call.arguments.length > 0) return
  call.arguments.push(textOf(item.arguments) || textOf(item.input))
  draft.generated = true
}

/**
 * A response: under way, or with its end, its usage and (`withOutput`) its texts.
 *
 * @param state the state that its event names, for clones that do not repeat it inside
 */
function readResponse(response: Json, state: string, withOutput: boolean, draft: Draft): void {
  draft.model = textOf(response.model) || draft.model
  const usage = objectOf(response.usage)
  addUsage(draft, {
    promptTokens: countOf(usage.input_tokens),
    completionTokens: countOf(usage.output_tokens),
    cachedTokens: countOf(objectOf(usage.input_tokens_details).cached_tokens),
    reasoningTokens: countOf(objectOf(usage.output_tokens_details).reasoning_tokens),
  })
  const status = textOf(response.status) || state
  if (status === 'failed' || status === 'cancelled') {
    const said = readErrorJson({ error: response.error })
    draft.error = draft.error || said || { message: `the response was ${status}` }
  } else if (status === 'completed' || status === 'incomplete') {
    draft.finishReason = textOf(objectOf(response.incomplete_details).reason) || status
    draft.terminal = true
  }
  if (!withOutput) return
  listOf(response.output).forEach((entry, index) => {
    const item = objectOf(entry)
    readCall(item, index, true, draft)
    for (const part of listOf(item.summary)) {
      draft.summarized = true
      addReasoning(draft, textOf(objectOf(part).text))
    }
    for (const part of listOf(item.content)) {
      const text = textOf(objectOf(part).text) || textOf(objectOf(part).refusal)
      if (item.type === 'reasoning') addReasoning(draft, text)
      else addText(draft, text)
    }
  })
}

/** `{type: 'function', function: {name, …}}` of the chat API, with its inner fields moved up. */
function flatten(tool: unknown): unknown {
  const fn = objectOf(tool).function
  return fn ? Object.assign({ type: 'function' }, fn) : tool
}

function encodeInput(messages: ChatMessage[]): Json[] {
  const items: Json[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      const output = contentOf(message)
      items.push({ type: 'function_call_output', call_id: message.tool_call_id, output })
      continue
    }
    if (message.content && message.content.length > 0) {
      items.push({ role: message.role, content: encodeContent(message) })
    }
    for (const entry of listOf(message.tool_calls)) {
      const call = objectOf(entry)
      const fn = objectOf(call.function)
      const args = typeof fn.arguments === 'string' ? fn.arguments : writeJson(fn.arguments)
      items.push({ type: 'function_call', call_id: call.id, name: fn.name, arguments: args })
    }
  }
  return items
}

function encodeContent(message: ChatMessage): unknown {
  if (!Array.isArray(message.content)) return message.content
  return message.content.map((part) => {
    if (part.type === 'text') {
      return { type: message.role === 'assistant' ? 'output_text' : 'input_text', text: part.text }
    }
    if (part.type !== 'image_url') return part
    return { type: 'input_image', image_url: objectOf(part.image_url).url }
  })
}
