import type { ServerError } from './server-error.ts'

/** Tokens as the server counts them; absent where it does not say. */
export interface Usage {
  promptTokens?: number
  completionTokens?: number
  /** Prompt tokens that came from a cache. */
  cachedTokens?: number
  /** Completion tokens spent on reasoning. */
  reasoningTokens?: number
}

/** A call of a tool, put together from its deltas. */
export interface ToolCall {
  id: string
  name: string
  /** JSON text, as the model wrote it. */
  arguments: string
}

/** A call of a tool, its arguments still in pieces. */
export interface ToolDraft {
  id: string
  name: string
  arguments: string[]
}

/**
 * What a dialect fills in while it reads events in order. Text is kept in pieces and joined
 * once: in k6's engine `s += x` over an answer is quadratic.
 */
export interface Draft {
  text: string[]
  reasoning: string[]
  /** In the order in which they began. */
  toolCalls: ToolDraft[]
  /** The latest of them by the server's own number for each. */
  callOf: Map<unknown, ToolDraft>
  finishReason: string | null
  /** The name of the model that answered. */
  model?: string
  usage?: Usage
  error?: ServerError
  /** A signal that the answer is complete was seen. */
  terminal: boolean
  /** The choices (`n`) that were seen, by index; true for those that have finished. */
  choices: Map<number, boolean>
  /** Reasoning came as a summary: how many of its tokens were streamed is not known. */
  summarized: boolean
  /** The prompt, where the request asked for it back (`echo`). */
  echo?: string
  /** What a dialect has to remember of each choice. */
  memo: Map<number, string>
  /** Of the event being read: it carries generated output. */
  generated: boolean
  /** Of the event being read: it carries output that a user sees. */
  visible: boolean
  /** Of the event being read: tokens generated so far, where it says so. */
  counted?: number
}

export function createDraft(): Draft {
  return {
    text: [],
    reasoning: [],
    toolCalls: [],
    callOf: new Map(),
    finishReason: null,
    terminal: false,
    choices: new Map(),
    summarized: false,
    memo: new Map(),
    generated: false,
    visible: false,
  }
}

/** Takes in text that a user sees. */
export function addText(draft: Draft, text: string): void {
  if (text === '') return
  draft.text.push(text)
  draft.generated = true
  draft.visible = true
}

/** Takes in output of another kind that a user sees or hears, such as an image: it is not kept. */
export function addOutput(draft: Draft): void {
  draft.generated = true
  draft.visible = true
}

/** Takes in reasoning: output, but not what a user waits for. */
export function addReasoning(draft: Draft, text: string): void {
  if (text === '') return
  draft.reasoning.push(text)
  draft.generated = true
}

/** The tool call with this number, made where there was none. */
export function toolCall(draft: Draft, key: unknown): ToolDraft {
  return draft.callOf.get(key) || beginCall(draft, key)
}

/** A new tool call, which what comes with this number from now on belongs to. */
export function beginCall(draft: Draft, key: unknown): ToolDraft {
  const call: ToolDraft = { id: '', name: '', arguments: [] }
  draft.toolCalls.push(call)
  draft.callOf.set(key, call)
  return call
}

/**
 * Takes in counts: of each the latest that was said, since servers repeat them as they grow.
 *
 * Zeros for both prompt and answer say nothing (Ollama's `/v1/completions` puts them on every
 * chunk): a prompt has at least one token. Where they never change, usage stays absent.
 */
export function addUsage(draft: Draft, said: Usage): void {
  if (!said.promptTokens && !said.completionTokens) return
  const usage = draft.usage || {}
  if (said.promptTokens !== undefined) usage.promptTokens = said.promptTokens
  if (said.completionTokens !== undefined) usage.completionTokens = said.completionTokens
  if (said.cachedTokens !== undefined) usage.cachedTokens = said.cachedTokens
  if (said.reasoningTokens !== undefined) usage.reasoningTokens = said.reasoningTokens
  draft.usage = usage
}
