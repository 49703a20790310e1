import type { ServerError } from './errors.ts'

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

/**
 * What a dialect fills in while it reads events in order. Text is kept in pieces and joined
 * once: in k6's engine `s += x` over an answer is quadratic.
 */
export interface Draft {
  text: string[]
  reasoning: string[]
  toolCalls: { id: string; name: string; arguments: string[] }[]
  finishReason: string | null
  /** The name of the model that answered. */
  model?: string
  usage?: Usage
  error?: ServerError
  /** A signal that the answer is complete was seen. */
  terminal: boolean
  /** How many choices (`n`) the answer has. */
  choices: number
  /** Of the event being read: it carries generated output. */
  generated: boolean
  /** Of the event being read: it carries output that a user sees. */
  visible: boolean
}

export function createDraft(): Draft {
  return {
    text: [],
    reasoning: [],
    toolCalls: [],
    finishReason: null,
    terminal: false,
    choices: 1,
    generated: false,
    visible: false,
  }
}
