import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { inner } from '../../request/request.ts'
import { error, SERVER_ERROR } from './errors.ts'

const FINGERPRINT = 'fp_44709d6fcb'

/**
 * streams/openai-chat: `usage: null` on all events but the last when usage was asked for, and a field
 * of noise on each, so that their lengths do not tell what is in them. Reasoning stays hidden: it
 * takes its time and is counted, but no event has it.
 */
export function encodeChat({
  id,
  created,
  model,
  promptTokens,
  request,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const noise = obfuscate(request, nextId)
  const chunk = (choices: unknown[], usage: unknown = null) =>
    sse({
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      service_tier: 'default',
      system_fingerprint: FINGERPRINT,
      choices,
      ...(request.usage && { usage }),
      ...noise(),
    })
  const step = ({ index, finish = null }: AnswerEvent, delta: Record<string, unknown>) =>
    chunk([{ index, delta, logprobs: null, finish_reason: finish }])

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return step(event, {
          role: 'assistant',
          content: request.tools.length > 0 ? null : '',
          refusal: null,
        })
      case 'reasoning':
        return ''
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event, nextId)] })
      case 'finish':
        return step(event, {})
      case 'usage':
        return chunk([], usageFields(tally))
      case 'error':
        return sse(error(500, SERVER_ERROR))
      case 'done':
        return DONE
      default:
        return step(event, { content: event.text })
    }
  }
}

/** Noise of another length each time, unless `include_obfuscation` is false. */
export function obfuscate({ fields }: Answer['request'], nextId: Answer['nextId']) {
  if (inner(fields.stream_options).include_obfuscation === false) return () => ({})
  return () => ({ obfuscation: nextId(2 + (Number.parseInt(nextId(1), 16) % 14)) })
}

function toolDelta({ call, name, text }: AnswerEvent, nextId: Answer['nextId']) {
  if (name === undefined) return { index: call, function: { arguments: text } }
  const id = `call_${nextId(24)}`
  return { index: call, id, type: 'function', function: { name, arguments: '' } }
}

export function wholeChat(
  { id, created, model, promptTokens, counts, nextId }: Answer,
  whole: Whole,
) {
  const choices = whole.choices.map(({ text, calls, finish }, index) => {
    const tools = calls.map((call) => ({
      id: `call_${nextId(24)}`,
      type: 'function',
      function: call,
    }))
    const message = {
      role: 'assistant',
      content: calls.length > 0 ? null : text,
      ...(calls.length > 0 && { tool_calls: tools }),
      refusal: null,
      annotations: [],
    }
    return { index, message, logprobs: null, finish_reason: finish }
  })
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices,
    ...(counts && { usage: usageFields(tallyOf(promptTokens, whole)) }),
    service_tier: 'default',
    system_fingerprint: FINGERPRINT,
  }
}

export function usageFields({ prompt, total, completion, reasoning }: Tally) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}
