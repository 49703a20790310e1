/** @import { AnswerEvent } from './events.js' */

/**
 * The bytes of vLLM's answers (key order and spacing as in vLLM's own, with exclude_unset), the
 * choice of keys as in 0.11.
 *
 * @typedef {object} AnswerHead
 * @property {'chat' | 'completions'} shape
 * @property {string} id
 * @property {number} created seconds
 * @property {string} model
 * @property {number} promptTokens
 */

/**
 * @param {AnswerHead} head
 * @param {boolean} continuousUsage cumulative usage on each event, as continuous_usage_stats asks
 * @returns {(event: AnswerEvent) => string} one SSE event
 */
export function createEncoder({ shape, id, created, model, promptTokens }, continuousUsage) {
  const chat = shape === 'chat'
  const object = chat ? 'chat.completion.chunk' : 'text_completion'
  let completionTokens = 0

  /**
   * @param {unknown[]} choices
   * @param {Record<string, unknown>} [extra]
   */
  const chunk = (choices, extra) =>
    `data: ${JSON.stringify({ id, object, created, model, choices, ...extra })}\n\n`
  const running = () =>
    continuousUsage ? { usage: usageFields(promptTokens, completionTokens) } : undefined

  /** @param {AnswerEvent} event */
  const choice = ({ text = '', finish = null }) =>
    chat
      ? {
          index: 0,
          delta: { content: text },
          logprobs: null,
          finish_reason: finish,
          ...(finish && { stop_reason: null }),
          token_ids: null,
        }
      : {
          index: 0,
          text,
          logprobs: null,
          finish_reason: finish,
          stop_reason: null,
          prompt_token_ids: null,
          token_ids: null,
        }

  return (event) => {
    if (event.bytes !== undefined) return event.bytes
    completionTokens += event.tokens
    switch (event.kind) {
      case 'role': {
        const delta = { role: 'assistant', content: '' }
        const first = { index: 0, delta, logprobs: null, finish_reason: null }
        return chunk([first], { prompt_token_ids: null, ...running() })
      }
      case 'usage':
        return chunk([], { usage: usageFields(promptTokens, completionTokens) })
      case 'done':
        return 'data: [DONE]\n\n'
      default:
        return chunk([choice(event)], running())
    }
  }
}

/**
 * The body for `stream: false`.
 * @param {AnswerHead} head
 * @param {object} answer
 * @param {string} answer.text
 * @param {number} answer.count tokens
 * @param {'stop' | 'length'} answer.finish
 * @param {boolean} answer.usage
 */
export function wholeAnswer({ shape, id, created, model, promptTokens }, answer) {
  const { text, count, finish, usage } = answer
  const usagePart = usage && {
    usage: { ...usageFields(promptTokens, count), prompt_tokens_details: null },
  }
  const end = { logprobs: null, finish_reason: finish, stop_reason: null, token_ids: null }
  if (shape === 'completions') {
    const choices = [{ index: 0, text, ...end, prompt_logprobs: null, prompt_token_ids: null }]
    return { id, object: 'text_completion', created, model, choices, ...usagePart }
  }
  const message = { role: 'assistant', content: text, refusal: null, tool_calls: [] }
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, ...end }],
    ...usagePart,
    prompt_logprobs: null,
    prompt_token_ids: null,
  }
}

/**
 * The list of /v1/models.
 * @param {{ id: string, root: string, maxModelLen: number }[]} models
 * @param {number} created seconds
 */
export function modelList(models, created) {
  const data = models.map(({ id, root, maxModelLen }) => ({
    id,
    object: 'model',
    created,
    owned_by: 'vllm',
    root,
    parent: null,
    max_model_len: maxModelLen,
  }))
  return { object: 'list', data }
}

/**
 * @param {number} prompt tokens
 * @param {number} completion tokens
 */
function usageFields(prompt, completion) {
  return {
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    completion_tokens: completion,
  }
}
