import type { AnswerEvent } from '../../events/event.ts'
import { createStopwatch } from '../../events/stopwatch.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { computeError } from './errors.ts'
import { timings } from './timings.ts'

/** The build whose manners these are. */
export const BUILD = 'b7200-abc1234'

/** The comment that keeps a silent connection alive: --sse-ping-interval. */
export const PING = ':\n\n'

/**
 * streams/llamacpp-chat, -midstream-error: choices come first, the role has `content: null`, and the
 * last JSON event has the timings, whether usage was asked for or not.
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
  const watch = createStopwatch()
  const object = 'chat.completion.chunk'
  const chunk = (choices: unknown[], extra?: Record<string, unknown>) =>
    sse({ choices, created, id, model, system_fingerprint: BUILD, object, ...extra })
  const measured = () => ({ timings: timings(tally, watch) })
  const step = (
    { index, finish = null }: AnswerEvent,
    delta: unknown,
    extra?: Record<string, unknown>,
  ) => chunk([{ finish_reason: finish, index, delta }], extra)
  const each = () => (request.fields.timings_per_token === true ? measured() : undefined)

  return (event) => {
    tally.add(event)
    watch.see(event)
    switch (event.kind) {
      case 'ping':
        return PING
      case 'progress':
        return step(
          event,
          { role: 'assistant', content: null },
          { prompt_progress: progress(event) },
        )
      case 'role':
        return step(event, { role: 'assistant', content: null })
      case 'reasoning':
        return step(event, { reasoning_content: event.text }, each())
      case 'tool':
        return step(event, { tool_calls: [toolDelta(event, nextId)] }, each())
      case 'finish':
        return step(event, {}, request.usage ? undefined : measured())
      case 'usage':
        return chunk([], { usage: usageFields(tally), ...measured() })
      case 'error':
        return sse({ error: computeError })
      case 'done':
        return DONE
      default:
        return step(event, { content: event.text }, each())
    }
  }

  function progress({ part = 1, at }: AnswerEvent) {
    const processed = Math.round(promptTokens * part)
    return { total: promptTokens, cache: 0, processed, time_ms: Math.round(at) }
  }
}

function toolDelta({ call, name, text }: AnswerEvent, nextId: Answer['nextId']) {
  if (name === undefined) return { index: call, function: { arguments: text } }
  return { index: call, id: nextId(32), type: 'function', function: { name, arguments: '' } }
}

export function wholeChat(
  { id, created, model, promptTokens, counts, nextId }: Answer,
  whole: Whole,
) {
  const [{ text, reasoning, calls, finish }] = whole.choices
  const tally = tallyOf(promptTokens, whole)
  const message = {
    role: 'assistant',
    ...(reasoning && { reasoning_content: reasoning }),
    content: calls.length > 0 ? null : text,
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({ type: 'function', function: call, id: nextId(32) })),
    }),
  }
  return {
    choices: [{ finish_reason: finish, index: 0, message }],
    created,
    model,
    system_fingerprint: BUILD,
    object: 'chat.completion',
    ...(counts && { usage: usageFields(tally) }),
    id,
    timings: timings(tally, whole),
  }
}

function usageFields({ prompt, total, completion }: Tally) {
  return {
    completion_tokens: completion,
    prompt_tokens: prompt,
    total_tokens: total,
    prompt_tokens_details: { cached_tokens: 0 },
  }
}
