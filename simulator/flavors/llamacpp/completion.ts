import type { AnswerEvent } from '../../events/event.ts'
import { createStopwatch } from '../../events/stopwatch.ts'
import { createTally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import {
  type ChatRequest,
  type Fields,
  type Finish,
  plainRequest,
  planLength,
  type ReadContext,
  readText,
} from '../../request/request.ts'
import { PING } from './chat.ts'
import { computeError } from './errors.ts'
import { timings } from './timings.ts'

export function readCompletion(fields: Fields, { options }: ReadContext): ChatRequest {
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

/** streams/llamacpp-completion: ends with `stop: true`, without [DONE]. */
export function encodeCompletion(answer: Answer): (event: AnswerEvent) => Encoded {
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

function ending({ model }: Answer, finish?: Finish | null) {
  const stop_type = finish === 'length' ? 'limit' : 'eos'
  return { model, stop_type, stopping_word: '', truncated: false }
}

export function wholeCompletion(answer: Answer, whole: Whole) {
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
