/** @import { AnswerEvent } from '../../events.js' */
/** @import { Answer, Encoded, Whole } from '../../wire.js' */
/** @import { Tally } from '../../tally.js' */
import { createTally, tallyOf } from '../../tally.js'
import { DONE, sse } from '../../wire.js'
import { obfuscate } from './chat.js'
import { error, SERVER_ERROR } from './errors.js'

/**
 * The older API, by openai-node's types (src/resources/completions.ts).
 * @param {Answer} answer
 * @returns {(event: AnswerEvent) => Encoded}
 */
export function encodeCompletion({ id, created, model, promptTokens, request, nextId }) {
  const tally = createTally(promptTokens)
  const noise = obfuscate(request, nextId)
  /** @type {Set<number>} */
  const begun = new Set()
  /** @param {unknown[]} choices @param {unknown} [usage] */
  const chunk = (choices, usage = null) =>
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

/**
 * @param {Answer} answer
 * @param {Whole} whole
 */
export function wholeCompletion({ id, created, model, promptTokens, counts }, whole) {
  const choices = whole.choices.map(({ text, finish }, index) => ({
    text,
    index,
    logprobs: null,
    finish_reason: finish,
  }))
  const usage = counts && { usage: usageFields(tallyOf(promptTokens, whole)) }
  return { id, object: 'text_completion', created, model, choices, ...usage }
}

/** @param {Tally} tally */
function usageFields({ prompt, total, completion }) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total }
}
