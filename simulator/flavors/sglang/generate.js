/** @import { AnswerEvent } from '../../events.js' */
/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { Answer, Encoded, Finish, ReadContext, Whole } from '../../wire.js' */
import { inner, plainRequest, planLength, readText } from '../../request.js'
import { createTally, tallyOf } from '../../tally.js'
import { DONE, sse } from '../../wire.js'
import { errorEvent } from './chat.js'

/** What an answer has when the request names no limit (SGLang's sampling parameters). */
const DEFAULT_LIMIT = 128

/**
 * @param {Fields} fields
 * @param {ReadContext} context
 * @returns {ChatRequest}
 */
export function readGenerate(fields, { options }) {
  const params = inner(fields.sampling_params)
  const asked = {
    limit: params.max_new_tokens ?? DEFAULT_LIMIT,
    name: 'max_new_tokens',
    least: params.min_new_tokens,
    ignoreEos: params.ignore_eos === true,
    thinks: false,
  }
  return {
    ...plainRequest(fields),
    prompt: readText(fields.text, 'text'),
    ...planLength(asked, options),
  }
}

/**
 * Each event has all of the text so far (SGLang's srt/entrypoints/http_server.py).
 * @param {Answer} answer
 * @returns {(event: AnswerEvent) => Encoded}
 */
export function encodeGenerate(answer) {
  const tally = createTally(answer.promptTokens)
  let text = ''
  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
      case 'usage':
        return ''
      case 'error':
        return errorEvent(event)
      case 'done':
        return DONE
      default:
        text += event.text ?? ''
        return sse({ text, meta_info: metaInfo(answer, event.finish ?? null, tally) })
    }
  }
}

/**
 * @param {Answer} answer
 * @param {Whole} whole
 */
export function wholeGenerate(answer, whole) {
  const [{ text, finish }] = whole.choices
  return { text, meta_info: metaInfo(answer, finish, tallyOf(answer.promptTokens, whole)) }
}

/**
 * @param {Answer} answer
 * @param {Finish | null} finish
 * @param {import('../../tally.js').Tally} tally
 */
function metaInfo({ id, counts }, finish, { prompt, completion }) {
  /** @type {Record<string, unknown>} */
  const reasons = {
    stop: { type: 'stop', matched: 2 },
    length: { type: 'length', length: completion },
  }
  return {
    id,
    finish_reason: finish && reasons[finish],
    ...(counts && { prompt_tokens: prompt, completion_tokens: completion, cached_tokens: 0 }),
  }
}
