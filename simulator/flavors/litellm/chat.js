/** @import { AnswerEvent } from '../../events.js' */
/** @import { Answer, Encoded, Whole } from '../../wire.js' */
/** @import { Tally } from '../../tally.js' */
import { createTally, tallyOf } from '../../tally.js'
import { DONE, pythonJson, sse } from '../../wire.js'
import { error, UPSTREAM_ERROR } from './errors.js'

/**
 * streams/litellm-chat: nulls are left out, the role is in the first event that has something, and
 * the usage event has a choice.
 * @param {Answer} answer
 * @returns {(event: AnswerEvent) => Encoded}
 */
export function encodeChat({ id, created, model, promptTokens, nextId }) {
  const tally = createTally(promptTokens)
  const object = 'chat.completion.chunk'
  /** @type {Set<number>} */
  const begun = new Set()
  /** @param {AnswerEvent} event @param {Record<string, unknown>} said */
  const step = ({ index }, said) => {
    const delta = begun.has(index) ? said : { ...said, role: 'assistant' }
    begun.add(index)
    return sse({ id, created, model, object, choices: [{ index, delta }] })
  }

  return (event) => {
    tally.add(event)
    const { kind, index, text, finish } = event
    switch (kind) {
      case 'role':
        return ''
      case 'reasoning':
        return step(event, { reasoning_content: text })
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event, nextId)] })
      case 'finish':
        return sse({
          id,
          created,
          model,
          object,
          choices: [{ finish_reason: finish, index, delta: {} }],
        })
      case 'usage': {
        const choices = [{ index: 0, delta: {} }]
        return sse({ id, created, model, object, choices, usage: usageFields(tally) })
      }
      case 'error':
        return `data: ${pythonJson(error(500, UPSTREAM_ERROR))}\n\n`
      case 'done':
        return DONE
      default:
        return step(event, { content: text })
    }
  }
}

/**
 * @param {AnswerEvent} event
 * @param {Answer['nextId']} nextId
 */
function toolDelta({ call, name, text }, nextId) {
  if (name === undefined) return { function: { arguments: text }, type: 'function', index: call }
  const id = `call_${nextId(24)}`
  return { id, function: { arguments: '', name }, type: 'function', index: call }
}

/**
 * @param {Answer} answer
 * @param {Whole} whole
 */
export function wholeChat({ id, created, model, promptTokens, counts, nextId }, whole) {
  const choices = whole.choices.map(({ text, reasoning, calls, finish }, index) => {
    const tools = calls.map((call) => ({
      function: call,
      id: `call_${nextId(24)}`,
      type: 'function',
    }))
    const message = {
      content: calls.length > 0 ? null : text,
      role: 'assistant',
      ...(calls.length > 0 && { tool_calls: tools }),
      ...(reasoning && { reasoning_content: reasoning }),
    }
    return { finish_reason: finish, index, message }
  })
  const usage = counts && { usage: usageFields(tallyOf(promptTokens, whole)) }
  return { id, created, model, object: 'chat.completion', choices, ...usage }
}

/** @param {Tally} tally */
function usageFields({ prompt, total, completion, reasoning }) {
  return {
    completion_tokens: completion,
    prompt_tokens: prompt,
    total_tokens: total,
    ...(reasoning > 0 && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
