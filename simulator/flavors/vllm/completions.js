/** @import { AnswerEvent } from '../../events.js' */
/** @import { Answer, Encoded, Whole } from '../../wire.js' */
import { createTally, tallyOf } from '../../tally.js'
import { DONE, sse } from '../../wire.js'
import { errorEvent, usageFields, wholeUsage } from './chat.js'

/**
 * streams/vllm-completions. With `echo` the prompt is in the first event, before the first token.
 * @param {Answer} answer
 * @returns {(event: AnswerEvent) => Encoded}
 */
export function encodeCompletion({ id, created, model, promptTokens, request }) {
  const tally = createTally(promptTokens)
  /** @type {Set<number>} */
  const begun = new Set()
  /** @param {unknown[]} choices @param {Record<string, unknown>} [extra] */
  const chunk = (choices, extra) =>
    sse({ id, object: 'text_completion', created, model, choices, ...extra })

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return ''
      case 'usage':
        return chunk([], { usage: usageFields(tally) })
      case 'error':
        return errorEvent(event)
      case 'done':
        return DONE
      default: {
        const { index, text = '', finish = null } = event
        const echoes = request.echo && !begun.has(index)
        begun.add(index)
        const choice = {
          index,
          text: echoes ? request.prompt + text : text,
          logprobs: null,
          finish_reason: finish,
          stop_reason: null,
          prompt_token_ids: null,
          token_ids: null,
        }
        const usage = request.continuousUsage ? { usage: usageFields(tally) } : undefined
        return chunk([choice], usage)
      }
    }
  }
}

/**
 * @param {Answer} answer
 * @param {Whole} whole
 */
export function wholeCompletion({ id, created, model, promptTokens, counts }, whole) {
  const choices = whole.choices.map(({ text, finish }, index) => ({
    index,
    text,
    logprobs: null,
    finish_reason: finish,
    stop_reason: null,
    token_ids: null,
    prompt_logprobs: null,
    prompt_token_ids: null,
  }))
  const usage = counts && { usage: wholeUsage(tallyOf(promptTokens, whole)) }
  return { id, object: 'text_completion', created, model, choices, ...usage }
}
