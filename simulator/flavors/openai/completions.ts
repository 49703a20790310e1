import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import { obfuscate } from './chat.ts'
import { error, SERVER_ERROR } from './errors.ts'

/** The older API, by openai-node's types (src/resources/completions.ts). */
export function encodeCompletion({
  id,
  created,
  model,
  promptTokens,
  request,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const noise = obfuscate(request, nextId)
  const begun = new Set<number>()
  const chunk = (choices: unknown[], usage: unknown = null) =>
    sse({
      id,
      object: 'text_completion',
      created,
      choices,
      model,
      ...(request.usage && { usage }),
      ...noise(),
    })

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return ''
      case 'usage':
        return chunk([], usageFields(tally))
      case 'error':
        return sse(error(500, SERVER_ERROR))
      case 'done':
        return DONE
      default: {
        const { index, text = '', finish = null } = event
        const echoes = request.echo && !begun.has(index)
        begun.add(index)
        const said = echoes ? request.prompt + text : text
        return chunk([{ text: said, index, logprobs: null, finish_reason: finish }])
      }
    }
  }
}

export function wholeCompletion(
  { id, created, model, promptTokens, counts }: Answer,
  whole: Whole,
) {
  const choices = whole.choices.map(({ text, finish }, index) => ({
    text,
    index,
    logprobs: null,
    finish_reason: finish,
  }))
  const usage = counts && { usage: usageFields(tallyOf(promptTokens, whole)) }
  return { id, object: 'text_completion', created, model, choices, ...usage }
}

function usageFields({ prompt, total, completion }: Tally) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total }
}
