import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, pythonJson, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { error, UPSTREAM_ERROR } from './errors.ts'

/**
 * streams/litellm-chat: nulls are left out, the role is in the first event that has something, and
 * the usage event has a choice.
 */
export function encodeChat({
  id,
  created,
  model,
  promptTokens,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const object = 'chat.completion.chunk'
  const begun = new Set<number>()
  const step = ({ index }: AnswerEvent, said: Record<string, unknown>) => {
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

function toolDelta({ call, name, text }: AnswerEvent, nextId: Answer['nextId']) {
  if (name === undefined) return { function: { arguments: text }, type: 'function', index: call }
  const id = `call_${nextId(24)}`
  return { id, function: { arguments: '', name }, type: 'function', index: call }
}

export function wholeChat(
  { id, created, model, promptTokens, counts, nextId }: Answer,
  whole: Whole,
) {
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

function usageFields({ prompt, total, completion, reasoning }: Tally) {
  return {
    completion_tokens: completion,
    prompt_tokens: prompt,
    total_tokens: total,
    ...(reasoning > 0 && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
