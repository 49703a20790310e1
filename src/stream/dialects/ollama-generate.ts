import {
  type ChatRequest,
  type Dialect,
  isSystem,
  type Json,
  promptOf,
  systemOf,
} from '../dialect.ts'
import type { Draft } from '../draft.ts'
import { encodeOptions, readRow } from './ollama-chat.ts'

/** Ollama's own `/api/generate`: a prompt and no conversation. See `ollama-chat`. */
export const ollamaGenerate: Dialect = {
  path: '/api/generate',
  rows: true,

  encode(request: ChatRequest, stream: boolean): Json {
    const body = encodeOptions(request, stream, 'ollama-generate')
    const messages = request.messages
    if (!messages || request.prompt !== undefined) {
      body.prompt = request.prompt
      return body
    }
    const system = systemOf(messages)
    if (system !== '' && body.system === undefined) body.system = system
    body.prompt = promptOf({ messages: messages.filter((message) => !isSystem(message)) })
    return body
  },

  read(json: Json, draft: Draft): void {
    readRow(json, json.response, json.thinking, draft)
  },

  readBody(json: Json, draft: Draft): void {
    readRow(json, json.response, json.thinking, draft)
  },
}
