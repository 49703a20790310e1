import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, pythonJson, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { queueFull, vllmErrorFields } from './errors.ts'

/**
 * The bytes of vLLM's chats (key order and spacing as in vLLM's own, with exclude_unset), the choice
 * of keys as in 0.11: streams/vllm-chat, -length, -reasoning, -tools, -midstream-error.
 *
 * @returns one SSE event
 */
export function encodeChat({
  id,
  created,
  model,
  promptTokens,
  request,
  options,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const chunk = (choices: unknown[], extra?: Record<string, unknown>) =>
    sse({ id, object: 'chat.completion.chunk', created, model, choices, ...extra })
  const running = () => (request.continuousUsage ? { usage: usageFields(tally) } : undefined)
  const step = ({ index, finish = null }: AnswerEvent, delta: Record<string, unknown>) => {
    const end = { finish_reason: finish, ...(finish && { stop_reason: null }), token_ids: null }
    return chunk([{ index, delta, logprobs: null, ...end }], running())
  }

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role': {
        const delta = { role: 'assistant', content: '' }
        const first = { index: event.index, delta, logprobs: null, finish_reason: null }
        return chunk([first], { prompt_token_ids: null, ...running() })
      }
      case 'reasoning':
        return step(event, { [options.reasoningField]: event.text })
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event, nextId)] })
      case 'finish':
        return step(event, event.finish === 'tool_calls' ? {} : { content: '' })
      case 'usage':
        return chunk([], { usage: usageFields(tally) })
      case 'error':
        return errorEvent(event)
      case 'done':
        return DONE
      default:
        return step(event, { content: event.text ?? '' })
    }
  }
}

/** The name comes first, then the arguments in pieces. */
function toolDelta({ call, name, text }: AnswerEvent, nextId: Answer['nextId']) {
  if (name === undefined) return { index: call, function: { arguments: text } }
  const id = `chatcmpl-tool-${nextId(32)}`
  return { id, type: 'function', index: call, function: { name } }
}

/**
 * Errors come from Python's json.dumps, with a space after each colon and comma
 * (streams/vllm-midstream-error), unlike the chunks before them. One that comes first is SGLang's
 * full queue (streams/sglang-queue-full): vLLM itself queues without a limit.
 */
export function errorEvent({ first }: AnswerEvent) {
  const message = 'EngineCore encountered an issue. See stack trace (above) for the root cause.'
  const error = first ? queueFull : vllmErrorFields(500, message)
  return `data: ${pythonJson({ error })}\n\n`
}

export function wholeChat(
  { id, created, model, promptTokens, counts, options, nextId }: Answer,
  whole: Whole,
) {
  const choices = whole.choices.map(({ text, reasoning, calls, finish }, index) => {
    const message = {
      role: 'assistant',
      content: calls.length > 0 ? null : text,
      refusal: null,
      ...(reasoning && { [options.reasoningField]: reasoning }),
      tool_calls: calls.map((call) => ({
        id: `chatcmpl-tool-${nextId(32)}`,
        type: 'function',
        function: call,
      })),
    }
    const end = { logprobs: null, finish_reason: finish, stop_reason: null, token_ids: null }
    return { index, message, ...end }
  })
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices,
    ...(counts && { usage: wholeUsage(tallyOf(promptTokens, whole)) }),
    prompt_logprobs: null,
    prompt_token_ids: null,
  }
}

export function wholeUsage(tally: Tally) {
  return { ...usageFields(tally), prompt_tokens_details: null }
}

export function usageFields({ prompt, total, completion, reasoning }: Tally) {
  return {
    prompt_tokens: prompt,
    total_tokens: total,
    completion_tokens: completion,
    ...(reasoning > 0 && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
