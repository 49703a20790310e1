import { type ChatRequest, type Dialect, type Json, messagesOf } from '../dialect.ts'
import {
  addOutput,
  addReasoning,
  addText,
  beginCall,
  createDraft,
  type Draft,
  type ToolDraft,
} from '../draft.ts'
import { countOf, listOf, objectOf, parseJson, textOf, writeJson } from '../json.ts'
import {
  askForUsage,
  choiceIndex,
  readChoices,
  readElsewhere,
  readFinish,
} from './openai-choices.ts'

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
      // What only looks like a stream has the whole message in its one chunk.
      const said = choice.delta || (draft.text.length === 0 ? choice.message : undefined)
      readMessage(objectOf(said), index, isInvented(json, choice), draft)
      readFinish(choice, index, draft)
    }
    if (!draft.generated || draft.terminal) readElsewhere(json, choices, draft)
  },

  readBody(json: Json, draft: Draft): void {
    const choices = readChoices(json, draft)
    for (const item of choices) {
      const choice = objectOf(item)
      const index = choiceIndex(choice, draft)
      readMessage(objectOf(choice.message), index, false, draft)
      readFinish(choice, index, draft)
      // A whole message is complete also where the server gives no reason for its end.
      if (choice.message) draft.terminal = true
    }
    readElsewhere(json, choices, draft)
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
  else if (reasoning) addReasoning(words, thoughtOf(reasoning))
  if (message.reasoning_details) readDetails(message.reasoning_details, !reasoning, words)
  if (message.tool_calls) readToolCalls(message.tool_calls, words)
  // Before there were tools.
  if (message.function_call) readToolCalls({ function: message.function_call }, words)
  if (!words.generated) readOther(message, words)
  if (words === draft) return
  draft.generated = draft.generated || words.generated
  draft.visible = draft.visible || words.visible
  draft.summarized = draft.summarized || words.summarized
}

/** Content in parts, as Mistral's reasoning models write it, and those that make images. */
function readParts(content: unknown, words: Draft): void {
  for (const item of listOf(content)) {
    const part = objectOf(item)
    addText(words, textOf(part.text) || textOf(part.refusal))
    for (const thought of listOf(part.thinking)) addReasoning(words, textOf(objectOf(thought).text))
    if (/image|audio|video|file/.test(textOf(part.type))) addOutput(words)
  }
}

/** Reasoning is a text; in older gateways an object around one. */
function thoughtOf(reasoning: unknown): string {
  const { content, text } = objectOf(reasoning)
  return textOf(reasoning) || textOf(content) || textOf(text)
}

/** OpenRouter: of OpenAI's own models a summary of what they thought, of others their thoughts. */
function readDetails(details: unknown, alone: boolean, words: Draft): void {
  for (const item of listOf(details)) {
    const { type, text, summary } = objectOf(item)
    if (type === 'reasoning.summary') words.summarized = true
    if (alone) addReasoning(words, textOf(text) || textOf(summary))
  }
}

/** What a user receives that is no text: audio (its transcript is), images, video. */
function readOther(message: Json, words: Draft): void {
  if (message.audio) {
    const { transcript, data } = objectOf(message.audio)
    addText(words, textOf(transcript))
    if (textOf(data) !== '') addOutput(words)
  }
  const pictures = message.images || message.image || message.video
  if (pictures && (!Array.isArray(pictures) || pictures.length > 0)) addOutput(words)
}

/** TGI had one call in place of a list. */
function readToolCalls(calls: unknown, words: Draft): void {
  const list = Array.isArray(calls) ? calls : [calls]
  for (let i = 0; i < list.length; i++) readToolCall(objectOf(list[i]), i, words)
}

function readToolCall(delta: Json, position: number, words: Draft): void {
  const fn = objectOf(delta.function || delta.custom)
  const id = textOf(delta.id)
  const name = textOf(fn.name)
  const given = fn.arguments || fn.input
  const args = typeof given === 'string' ? given : given ? writeJson(given) : ''
  if (id + name + args === '') return
  const key = countOf(delta.index)
  let call = words.callOf.get(key === undefined ? position : key)
  if (key === undefined && id !== '') call = words.toolCalls.filter((one) => one.id === id)[0]
  const begins = !call || isAnother(call, id, name, args)
  if (!call || begins) call = beginCall(words, key === undefined ? position : key)
  if (begins || args !== '' || (name !== '' && call.name === '')) words.generated = true
  call.id = id || call.id
  call.name = name || call.name
  if (args !== '') call.arguments.push(args)
}

/**
 * Whether a delta belongs to another call than the one before it under this number: Gemini gives
 * whole calls the index 0, others give them none. Some repeat the id and the name on each delta.
 */
function isAnother(call: ToolDraft, id: string, name: string, args: string): boolean {
  if (id !== '' && call.id !== '') return id !== call.id
  if (name === '' || (args === '' && name === call.name)) return false
  return parseJson(call.arguments.join('')) !== undefined
}
