/** @import { Pace } from './timing.js' */

/**
 * @typedef {object} AnswerEvent One step of a streamed answer.
 * @property {EventKind} kind
 * @property {number} at ms after the start of the answer
 * @property {number} tokens generated tokens in it
 * @property {string} [text]
 * @property {'stop' | 'length' | null} [finish]
 * @property {string} [bytes] what to write when it is not for the encoder
 *
 * @typedef {'role' | 'token' | 'finish' | 'usage' | 'done' | 'error' | 'malformed' | 'stall' | 'reset'} EventKind
 * `stall` and `reset` write nothing: the first keeps the connection and says no more, the second
 * cuts it.
 */

/**
 * The events of an answer in order, each made when the one before it has been sent.
 *
 * The role event leaves together with the first token: vLLM makes it when the engine's first output
 * arrives. The first token has an event of its own and the others come `tokensPerEvent` at a time,
 * as with vLLM's --stream-interval, so that the pace by tokens stays exact.
 * @param {object} answer
 * @param {number} answer.count tokens
 * @param {number} answer.tokensPerEvent
 * @param {'stop' | 'length'} answer.finish
 * @param {Iterator<string, unknown>} answer.texts of single tokens
 * @param {Pace} answer.pace
 * @param {boolean} answer.role chats have a role event, completions have none
 * @param {boolean} answer.usage
 * @returns {Generator<AnswerEvent, void, void>}
 */
export function* answerEvents({ count, tokensPerEvent, finish, texts, pace, role, usage }) {
  // vLLM ends a chat that stops by itself with an event of its own (the end-of-sequence token has
  // no text), and one that max_tokens cuts on its last token (streams/vllm-chat-length.sse).
  const ownFinish = role && finish === 'stop'
  let at = 0
  for (let sent = 0; sent < count; ) {
    const tokens = sent === 0 ? 1 : Math.min(tokensPerEvent, count - sent)
    at = pace.next(tokens)
    if (sent === 0 && role) yield { kind: 'role', at, tokens: 0 }
    sent += tokens
    const last = sent === count && !ownFinish
    yield { kind: 'token', at, tokens, text: take(tokens, texts), finish: last ? finish : null }
  }
  if (ownFinish) yield { kind: 'finish', at, tokens: 0, finish }
  if (usage) yield { kind: 'usage', at, tokens: 0 }
  yield { kind: 'done', at, tokens: 0 }
}

/**
 * @param {number} tokens
 * @param {Iterator<string, unknown>} texts
 */
export function take(tokens, texts) {
  let text = ''
  for (let i = 0; i < tokens; i++) text += texts.next().value
  return text
}
