import type { AnswerEvent } from '../../events/event.ts'
import { createTally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { errorEvent, usageFields, wholeUsage } from './chat.ts'

/**
 * streams/vllm-completions. With `echo` the prompt is in the first event, before the first token.
 */
export function encodeCompletion({
  id,
  created,
  model,
  promptTokens,
  request,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const begun = new Set<number>()
  const chunk = (choices: unknown[], extra?: Record<string, unknown>) =>
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

export function wholeCompletion(
  { id, created, model, promptTokens, counts }: Answer,
  whole: Whole,
) {
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
