/** @import { AnswerEvent } from '../../events.js' */
/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { Answer, Encoded, Finish, ReadContext, Whole } from '../../wire.js' */
import { plainRequest, planLength, readText } from '../../request.js'
import { createTally, tallyOf } from '../../tally.js'
import { sse } from '../../wire.js'
import { PING } from './chat.js'
import { computeError } from './errors.js'
import { createStopwatch, timings } from './timings.js'

/**
 * @param {Fields} fields
 * @param {ReadContext} context
 * @returns {ChatRequest}
 */
export function readCompletion(fields, { options }) {
  const { n_predict: given, max_tokens: other } = fields
  // -1 is without a limit.
  const limit = given === -1 ? undefined : (given ?? other)
  const asked = { limit, name: 'n_predict', ignoreEos: fields.ignore_eos === true, thinks: false }
  return {
    ...plainRequest(fields),
    prompt: readText(fields.prompt, 'prompt'),
    ...planLength(asked, options),
  }
}

/**
 * streams/llamacpp-completion: ends with `stop: true`, without [DONE].
 * @param {Answer} answer
 * @returns {(event: AnswerEvent) => Encoded}
 */
export function encodeCompletion(answer) {
  const tally = createTally(answer.promptTokens)
  const watch = createStopwatch()
  return (event) => {
    tally.add(event)
    watch.see(event)
    const { completion: tokens_predicted, prompt: tokens_evaluated } = tally
    const counts = answer.counts ? { tokens_predicted, tokens_evaluated } : {}
    switch (event.kind) {
      case 'ping':
        return PING
      case 'finish': {
        const head = { index: 0, content: '', tokens: [], stop: true, id_slot: -1, ...counts }
        return sse({ ...head, ...ending(answer, event.finish), timings: timings(tally, watch) })
      }
      case 'error':
        return sse({ error: computeError })
      case 'token': {
        const { text: content, tokens: size } = event
        // One number for each token: what ids they are, nobody can tell without the model.
        const tokens = Array.from({ length: size }, (_, i) => i + 1)
        return sse({ index: 0, content, tokens, stop: false, id_slot: -1, ...counts })
      }
      default:
        return ''
    }
  }
}

/**
 * @param {Answer} answer
 * @param {Finish | null} [finish]
 */
function ending({ model }, finish) {
  const stop_type = finish === 'length' ? 'limit' : 'eos'
  return { model, stop_type, stopping_word: '', truncated: false }
}

/**
 * @param {Answer} answer
 * @param {Whole} whole
 */
export function wholeCompletion(answer, whole) {
  const [{ text, finish }] = whole.choices
  const tally = tallyOf(answer.promptTokens, whole)
  return {
    index: 0,
    content: text,
    tokens: [],
    id_slot: 0,
    stop: true,
    ...ending(answer, finish),
    ...(answer.counts && { tokens_predicted: tally.completion, tokens_evaluated: tally.prompt }),
    timings: timings(tally, whole),
  }
}
