import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded } from '../../exchange/wire.ts'
import {
  type ChatRequest,
  type Fields,
  type Finish,
  inner,
  plainRequest,
  planLength,
  type ReadContext,
  readText,
} from '../../request/request.ts'
import { errorEvent } from './chat.ts'

/** What an answer has when the request names no limit (SGLang's sampling parameters). */
const DEFAULT_LIMIT = 128

export function readGenerate(fields: Fields, { options }: ReadContext): ChatRequest {
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

/** Each event has all of the text so far (SGLang's srt/entrypoints/http_server.py). */
export function encodeGenerate(answer: Answer): (event: AnswerEvent) => Encoded {
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

export function wholeGenerate(answer: Answer, whole: Whole) {
  const [{ text, finish }] = whole.choices
  return { text, meta_info: metaInfo(answer, finish, tallyOf(answer.promptTokens, whole)) }
}

function metaInfo({ id, counts }: Answer, finish: Finish | null, { prompt, completion }: Tally) {
  const reasons: Record<string, unknown> = {
    stop: { type: 'stop', matched: 2 },
    length: { type: 'length', length: completion },
  }
  return {
    id,
    finish_reason: finish && reasons[finish],
    ...(counts && { prompt_tokens: prompt, completion_tokens: completion, cached_tokens: 0 }),
  }
}
