import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, pythonJson, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { errorFields, queueFull } from './errors.ts'

/** The end-of-sequence token of Qwen2.5, which `matched_stop` names. */
const EOS_ID = 151_645

/** streams/sglang-chat: all fields are there, null or not. */
export function encodeChat({
  id,
  created,
  model,
  promptTokens,
  request,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const chunk = (choices: unknown[], usage: unknown) =>
    sse({ id, object: 'chat.completion.chunk', created, model, choices, usage })
  const running = () => (request.continuousUsage ? usageFields(tally) : null)
  const step = ({ index, finish = null }: AnswerEvent, filled: Record<string, unknown>) => {
    const delta = {
      role: null,
      content: null,
      reasoning_content: null,
      tool_calls: null,
      ...filled,
    }
    const stop = finish === null || finish === 'length' ? null : EOS_ID
    const choice = { index, delta, logprobs: null, finish_reason: finish, matched_stop: stop }
    return chunk([choice], running())
  }

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return step(event, { role: 'assistant', content: '' })
      case 'reasoning':
        return step(event, { reasoning_content: event.text })
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event, nextId)] })
      case 'finish':
        return step(event, {})
      case 'usage':
        return chunk([], usageFields(tally))
      case 'error':
        return errorEvent(event)
      case 'done':
        return DONE
      default:
        return step(event, { content: event.text })
    }
  }
}

function toolDelta({ call, name, text }: AnswerEvent, nextId: Answer['nextId']) {
  const id = name === undefined ? null : `call_${nextId(24)}`
  const called = { name: name ?? null, arguments: text }
  return { id, index: call, type: 'function', function: called }
}

/** Flat inside, with Python's spacing (streams/sglang-queue-full). */
export function errorEvent({ first }: AnswerEvent) {
  const error = first ? queueFull : errorFields(500, 'Internal server error', 'InternalServerError')
  return `data: ${pythonJson({ error })}\n\n`
}

export function wholeChat(
  { id, created, model, promptTokens, counts, nextId }: Answer,
  whole: Whole,
) {
  const choices = whole.choices.map(({ text, reasoning, calls, finish }, index) => {
    const tools = calls.map((call, i) => ({
      id: `call_${nextId(24)}`,
      index: i,
      type: 'function',
      function: call,
    }))
    const message = {
      role: 'assistant',
      content: calls.length > 0 ? null : text,
      reasoning_content: reasoning || null,
      tool_calls: calls.length > 0 ? tools : null,
    }
    const stop = finish === 'length' ? null : EOS_ID
    return { index, message, logprobs: null, finish_reason: finish, matched_stop: stop }
  })
  const usage = counts ? usageFields(tallyOf(promptTokens, whole)) : null
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices,
    usage,
    metadata: { weight_version: 'default' },
  }
}

export function usageFields({ prompt, total, completion, reasoning }: Tally) {
  return {
    prompt_tokens: prompt,
    total_tokens: total,
    completion_tokens: completion,
    prompt_tokens_details: null,
    reasoning_tokens: reasoning,
  }
}
