import { warnOnce } from '../core/env.ts'
import type { Draft } from './draft.ts'
import { type Json, listOf, objectOf, textOf } from './json.ts'

export type { Json } from './json.ts'

/** One message of a conversation, in OpenAI's shape. */
export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  content: string | Json[] | null
  [field: string]: unknown
}

/**
 * What to generate. The names are OpenAI's, which every server's users know; a dialect
 * translates them. A field that a dialect does not know is sent as it is, where that server
 * takes its options; one that it knows the server has not is left out, with a warning.
 */
export interface ChatRequest {
  /** The conversation. Either this or `prompt`. */
  messages?: ChatMessage[]
  /** One user message (for a completions API: the text to go on with). */
  prompt?: string
  /** Name of the model; the client's where absent. */
  model?: string
  /** Most tokens to generate. The server's own bound where absent (Anthropic's has none: 4096). */
  max_tokens?: number
  temperature?: number
  top_p?: number
  stop?: string | string[]
  seed?: number
  /** Go on to `max_tokens` whatever the model wants: vLLM, SGLang, llama.cpp. */
  ignore_eos?: boolean
  /** Fewest tokens to generate: vLLM, SGLang. */
  min_tokens?: number
  /** Tools that the model may call, in the shape of OpenAI's chat API. */
  tools?: Json[]
  [field: string]: unknown
}

/** A wire format: how a request is written and how what comes back is read. */
export interface Dialect {
  /** Path below the base URL. */
  path: string
  /** Path of an answer that is not streamed, where it has its own. */
  wholePath?: string
  /** A stream is one JSON object a line, and a whole answer is one such line. */
  rows?: boolean
  /** Names of its events, where it names them. */
  events?: RegExp
  /** The headers that carry a token and a version, where they are not `Authorization: Bearer`. */
  headers?(token: string | undefined, url: string): { [name: string]: string }
  /**
   * How the keys of its words are written in an event that does nothing but add words, such as
   * `"content":"`: such events are then read without a JSON parser (`mould.ts`). Only for a wire
   * whose `read` takes from such an event nothing that depends on what came before.
   */
  words?: string[]
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

/**
 * The prompt of a request for an API without roles. Of messages: the content of a single one;
 * of several, each as `role: content`, a blank line between them, and `assistant:` at the end.
 */
export function promptOf(request: ChatRequest): string {
  const messages = request.messages
  if (request.prompt !== undefined || !messages) return request.prompt as string
  if (messages.length === 1) return contentOf(messages[0] as ChatMessage)
  const turns = messages.map((message) => `${message.role}: ${contentOf(message)}`)
  return turns.concat('assistant:').join('\n\n')
}

/** The text of a message, of all its parts where it has several. */
export function contentOf(message: ChatMessage): string {
  if (typeof message.content === 'string') return message.content
  return listOf(message.content)
    .map((part) => textOf(objectOf(part).text))
    .join('')
}

/** The texts of the system and developer messages, for an API that has a place for them. */
export function systemOf(messages: ChatMessage[]): string {
  return messages.filter(isSystem).map(contentOf).join('\n\n')
}

export function isSystem(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer'
}

/** The most tokens that were asked for, by either of OpenAI's names. */
export function maxTokensOf(request: ChatRequest): number | undefined {
  const tokens = request.max_tokens
  return (tokens === undefined ? request.max_completion_tokens : tokens) as number | undefined
}

/** Stop strings as a list, for servers that take nothing else. */
export function stopOf(request: ChatRequest): string[] | undefined {
  const stop = request.stop
  return typeof stop === 'string' ? [stop] : stop || undefined
}

/** Fields that every dialect but OpenAI's own writes under another name or in another place. */
const PLACED = /^(messages|prompt|max_tokens|max_completion_tokens|stream|stream_options)$/

/**
 * The fields of a request that a dialect has not placed itself.
 *
 * @param placed further fields that the dialect writes, or that say nothing to this server
 * @param api name of the API, and `absent`: fields that its servers reject or ignore. They are
 *   left out with a warning, since the user asked for what cannot be had.
 */
export function restOf(
  request: ChatRequest,
  placed: string[],
  api: string,
  absent: string[] = [],
): Json {
  const rest: Json = {}
  for (const key of Object.keys(request)) {
    if (PLACED.test(key) || placed.indexOf(key) !== -1) continue
    if (absent.indexOf(key) === -1) rest[key] = request[key]
    else if (request[key]) warnOnce(`${api} has no ${key}: it is not sent`)
  }
  return rest
}
