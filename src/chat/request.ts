import { misuse, show } from '../core/errors.ts'
import type { ChatRequest } from '../stream/dialect.ts'

/**
 * Makes a request of what a script passed: a prompt, a list of messages, or a whole request.
 *
 * Ends the test where it is none of these.
 */
export function toRequest(input: unknown): ChatRequest {
  if (typeof input === 'string') return { prompt: input }
  if (Array.isArray(input)) return toRequest({ messages: input })
  if (input === null || typeof input !== 'object') {
    misuse(
      `a request: expected a prompt, a list of messages or {messages, max_tokens, …}, got ${show(input)}`,
    )
  }
  const request = input as ChatRequest
  if (request.messages !== undefined) {
    if (!Array.isArray(request.messages) || request.messages.length === 0) {
      misuse(
        `messages: expected a non-empty list of {role, content}, got ${show(request.messages)}`,
      )
    }
  } else if (typeof request.prompt !== 'string') {
    misuse(`a request needs messages or a prompt, got ${show(request)}`)
  }
  checkCount('max_tokens', request.max_tokens)
  checkCount('min_tokens', request.min_tokens)
  return request
}

function checkCount(name: string, value: unknown): void {
  if (value === undefined || value === null) return
  if (typeof value !== 'number' || !(value >= 0) || value % 1 !== 0) {
    misuse(`${name}: expected a whole number of tokens, got ${show(value)}`)
  }
}
