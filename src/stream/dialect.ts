import type { Draft } from './draft.ts'

/** A JSON object as a server sends it: nothing about it is certain. */
export type Json = { [key: string]: unknown }

/** One message of a conversation, in OpenAI's shape. */
export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  content: string | Json[] | null
  [field: string]: unknown
}

/**
 * What to generate. The names are OpenAI's, which every server's users know; a dialect
 * translates them. A field that a dialect does not know is sent as it is.
 */
export interface ChatRequest {
  /** The conversation. Either this or `prompt`. */
  messages?: ChatMessage[]
  /** One user message (for a completions API: the text to go on with). */
  prompt?: string
  /** Name of the model; the client's where absent. */
  model?: string
  /** Most tokens to generate. The server's own bound where absent. */
  max_tokens?: number
  temperature?: number
  top_p?: number
  stop?: string | string[]
  seed?: number
  /** Go on to `max_tokens` whatever the model wants: vLLM, SGLang, llama.cpp. */
  ignore_eos?: boolean
  /** Fewest tokens to generate: vLLM, SGLang. */
  min_tokens?: number
  [field: string]: unknown
}

/** A wire format: how a request is written and how what comes back is read. */
export interface Dialect {
  /** Path below the base URL. */
  path: string
  /** The request's body. `stream` asks for an event stream, with usage where it can be asked for. */
  encode(request: ChatRequest, stream: boolean): Json
  /** Reads one event (or row) of a stream into the draft. */
  read(json: Json, draft: Draft): void
  /** Reads a whole answer that was not streamed. */
  readBody(json: Json, draft: Draft): void
}

/** The messages of a request, a bare prompt made into one. */
export function messagesOf(request: ChatRequest): ChatMessage[] {
  return request.messages || [{ role: 'user', content: request.prompt as string }]
}
