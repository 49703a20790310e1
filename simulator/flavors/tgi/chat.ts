import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { chatEvent, GENERATION_ERROR, OVERLOADED } from './errors.ts'

const FINGERPRINT = '3.3.6-sha-1'

/** axum's KeepAlive. */
export const PING = ':\n\n'

/**
 * streams/tgi-chat, -error: no event for the role alone but the role on each, an empty id, and
 * `usage: null` until the last. The end-of-sequence token is one of those counted.
 */
export function encodeChat({
  created,
  model,
  promptTokens,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const chunk = (choices: unknown[], usage: unknown) =>
    sse({
      object: 'chat.completion.chunk',
      id: '',
      created,
      model,
      system_fingerprint: FINGERPRINT,
      choices,
      usage,
    })
  const step = ({ finish = null }: AnswerEvent, said: Record<string, unknown>) => {
    const delta = { role: 'assistant', ...said }
    return chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }], null)
  }

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return ''
      case 'ping':
        return PING
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event)] })
      case 'finish':
        return step(event, { content: '' })
      case 'usage':
        return chunk([], usageFields(tally))
      case 'error':
        return chatEvent(event.first ? OVERLOADED : GENERATION_ERROR)
      case 'done':
        return DONE
      default:
        return step(event, { content: event.text })
    }
  }
}

function toolDelta({ call, name, text }: AnswerEvent) {
  const called = { name: name ?? null, arguments: text }
  return { index: call, id: String(call), type: 'function', function: called }
}

export function wholeChat({ created, model, promptTokens, counts }: Answer, whole: Whole) {
  const [{ text, calls, finish }] = whole.choices
  const tools = calls.map((call, i) => ({
    id: String(i),
    type: 'function',
    function: { description: null, ...call },
  }))
  const message =
    calls.length > 0
      ? { role: 'assistant', tool_calls: tools }
      : { role: 'assistant', content: text }
  return {
    object: 'chat.completion',
    id: '',
    created,
    model,
    system_fingerprint: FINGERPRINT,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    ...(counts && { usage: usageFields(tallyOf(promptTokens, whole)) }),
  }
}

function usageFields({ prompt, total, completion }: Tally) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total }
}
