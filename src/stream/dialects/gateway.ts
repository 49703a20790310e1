import type { ChatRequest, Dialect, Json } from '../dialect.ts'
import { openaiChat } from './openai-chat.ts'

/**
 * The guide's gateway: `/api/chat` in front of vLLM. OpenAI's body and events, under
 * `text/plain`; `model: 'current'` means the model that is loaded.
 */
export const gateway: Dialect = {
  path: '/api/chat',
  words: openaiChat.words,
  encode(request: ChatRequest, stream: boolean): Json {
    return openaiChat.encode(request.model ? request : withCurrent(request), stream)
  },
  read: openaiChat.read,
  readBody: openaiChat.readBody,
}

function withCurrent(request: ChatRequest): ChatRequest {
  return Object.assign({}, request, { model: 'current' })
}
