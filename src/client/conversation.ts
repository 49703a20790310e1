import type { ChatParams } from '../chat/exchange.ts'
import type { ChatResult } from '../chat/result.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys } from '../core/options.ts'
import type { ChatMessage, ChatRequest } from '../stream/dialect.ts'
import type { ToolCall } from '../stream/draft.ts'
import type { ChatClient } from './chat-client.ts'

export interface ConversationOptions {
  /** What the model is told before the first turn. */
  system?: string
  /** Fields of every request, such as `max_tokens`, `tools`, `temperature`. */
  request?: Omit<ChatRequest, 'messages' | 'prompt'>
  /** Ask for whole answers instead of streams. @default false */
  whole?: boolean
}

export interface Conversation {
  /** The history, as it is sent with the next turn. */
  readonly messages: ChatMessage[]
  /** How many turns were answered. */
  readonly turns: number
  /** Says something and receives the answer; both become part of the history. */
  say(text: string, params?: ChatParams): Promise<ChatResult>
  /**
   * Gives the results of the tools that the last answer called and receives the next answer.
   *
   * @param results content by the id of the call, or a function that is asked for each call
   */
  answerTools(
    results: { [id: string]: string } | ((call: ToolCall) => string),
    params?: ChatParams,
  ): Promise<ChatResult>
}

/**
 * A conversation of several turns: every request carries the history, as a chat page sends it.
 *
 * Samples have the tags `turn` (1, 2, …; a round of tools belongs to its turn) and `cache_state`:
 * `cold` where nothing of the prompt was sent before in this conversation, `warm` where its
 * beginning was, which a server with a prefix cache answers faster. A failed turn leaves the
 * history as it was, so it can be said again.
 *
 * Messages are in OpenAI's shape, tool calls and their results too: for `openai-chat` and
 * `gateway`. Other APIs are told apart from it by their dialect where they have such a place.
 */
export function createConversation(
  chat: ChatClient,
  options: ConversationOptions = {},
): Conversation {
  if (!chat || typeof chat.stream !== 'function') {
    misuse(`createConversation(${show(chat)}): expected a client from createChatClient`)
  }
  checkKeys('createConversation', options, ['system', 'request', 'whole'])
  const messages: ChatMessage[] = []
  if (options.system !== undefined) messages.push({ role: 'system', content: options.system })
  let turns = 0
  let calls: ToolCall[] = []
  let warm = false

  async function send(added: ChatMessage[], turn: number, params: ChatParams): Promise<ChatResult> {
    const request = Object.assign({}, options.request, { messages: messages.concat(added) })
    const tags = { turn: String(turn), cache_state: warm ? 'warm' : 'cold' }
    const ask = options.whole ? chat.complete : chat.stream
    const reply = await ask(
      request,
      Object.assign({}, params, { tags: Object.assign(tags, params.tags) }),
    )
    if (!reply.ok) return reply
    warm = true
    turns = turn
    calls = reply.toolCalls
    messages.push(...added, answerOf(reply))
    return reply
  }

  return {
    messages,
    get turns() {
      return turns
    },
    async say(text, params = {}) {
      if (typeof text !== 'string' || text === '') {
        misuse(`conversation.say(${show(text)}): expected a text`)
      }
      return send([{ role: 'user', content: text }], turns + 1, params)
    },
    async answerTools(results, params = {}) {
      if (calls.length === 0) misuse('conversation.answerTools: the last answer called no tool')
      const added = calls.map((call) => {
        const content = typeof results === 'function' ? results(call) : results[call.id]
        if (typeof content !== 'string') {
          misuse(
            `conversation.answerTools: expected a text for the call ${show(call.id)} of ` +
              `${show(call.name)}, got ${show(content)}`,
          )
        }
        return { role: 'tool' as const, tool_call_id: call.id, content }
      })
      return send(added, turns, params)
    },
  }
}

function answerOf(reply: ChatResult): ChatMessage {
  const message: ChatMessage = { role: 'assistant', content: reply.text }
  if (reply.toolCalls.length > 0) {
    message.tool_calls = reply.toolCalls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    }))
  }
  return message
}
