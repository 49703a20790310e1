import { type ChatRequest, type Dialect, type Json, messagesOf } from '../dialect.ts'
import { addReasoning, addText, createDraft, type Draft, toolCall } from '../draft.ts'
import { countOf, listOf, objectOf, textOf, writeJson } from '../json.ts'
import { askForUsage, choiceIndex, readChoices, readFinish } from './openai-choices.ts'

/**
 * OpenAI's `/v1/chat/completions`, as vLLM, SGLang, llama.cpp, TGI, Ollama, TabbyAPI, LiteLLM
 * and others speak it. Every field is read defensively: `content: null`, `choices: []`,
 * `finish_reason: ""` and absent keys all occur (test/fixtures/streams).
 *
 * A request goes out as it came. `ignore_eos` and `min_tokens` too, which vLLM and SGLang have
 * and OpenAI answers with 400: the wire does not say who listens, and the user named them.
 * Thinking that a server leaves inline (`<think>`) is content, as it is to the reader.
 */
export const openaiChat: Dialect = {
  path: '/v1/chat/completions',
  words: ['"content":"', '"reasoning_content":"', '"reasoning":"'],

  encode(request: ChatRequest, stream: boolean): Json {
    const body: Json = Object.assign({}, request, { messages: messagesOf(request), stream })
    delete body.prompt
    askForUsage(body, request, stream)
    return body
  },

  read(json: Json, draft: Draft): void {
    const choices = readChoices(json, draft)
    for (let i = 0; i < choices.length; i++) {
      const choice = objectOf(choices[i])
      const index = choiceIndex(choice, draft)
      readMessage(objectOf(choice.delta), index, isInvented(json, choice), draft)
      readFinish(choice, index, draft)
    }
  },

  readBody(json: Json, draft: Draft): void {
    for (const item of readChoices(json, draft)) {
      const choice = objectOf(item)
      const index = choiceIndex(choice, draft)
      readMessage(objectOf(choice.message), index, false, draft)
      readFinish(choice, index, draft)
      // A whole message is complete also where the server gives no reason for its end.
      if (choice.message) draft.terminal = true
    }
  },
}

/**
 * llama-swap invents reasoning while it loads a model, in chunks without id, object and index.
 * Counted as output it would make a cold start look instant.
 */
function isInvented(json: Json, choice: Json): boolean {
  return json.id === undefined && json.object === undefined && choice.index === undefined
}

function readMessage(message: Json, index: number, invented: boolean, draft: Draft): void {
  // The other choices (`n`) are output too; their words are not kept.
  const words = index === 0 ? draft : createDraft()
  const content = message.content || message.refusal
  if (typeof content === 'string') addText(words, content)
  else if (content) readParts(content, words)
  // `reasoning_content` up to vLLM 0.11 and in SGLang, llama.cpp, DeepSeek; then `reasoning`.
  const reasoning = message.reasoning_content || message.reasoning || message.thinking
  if (reasoning && invented) words.reasoning.push(textOf(reasoning))
  else if (reasoning) addReasoning(words, textOf(reasoning))
  // OpenRouter: OpenAI's own models give only a summary of what they thought.
  const detail = message.reasoning_details && listOf(message.reasoning_details)[0]
  if (detail && objectOf(detail).type === 'reasoning.summary') draft.summarized = true
  if (message.tool_calls) {
    listOf(message.tool_calls).forEach((item, position) => {
      words.generated = true
      readToolCall(objectOf(item), position, words)
    })
  }
  if (words === draft) return
  draft.generated = draft.generated || words.generated
  draft.visible = draft.visible || words.visible
}

/** Content in parts, as Mistral's reasoning models write it. */
function readParts(content: unknown, words: Draft): void {
  for (const item of listOf(content)) {
    const part = objectOf(item)
    addText(words, textOf(part.text))
    for (const thought of listOf(part.thinking)) addReasoning(words, textOf(objectOf(thought).text))
  }
}

function readToolCall(delta: Json, position: number, draft: Draft): void {
  const number = countOf(delta.index)
  const call = toolCall(draft, number === undefined ? position : number)
  const fn = objectOf(delta.function)
  call.id = textOf(delta.id) || call.id
  call.name = textOf(fn.name) || call.name
  if (typeof fn.arguments === 'string') call.arguments.push(fn.arguments)
  else if (fn.arguments) call.arguments.push(writeJson(fn.arguments))
}
