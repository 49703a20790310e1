import {
  type ChatRequest,
  type Dialect,
  type Json,
  maxTokensOf,
  promptOf,
  restOf,
  stopOf,
} from '../dialect.ts'
import { addText, addUsage, type Draft } from '../draft.ts'
import { countOf, objectOf, textOf } from '../json.ts'

/**
 * llama.cpp's own `/completion`. No `[DONE]`: it ends with `stop: true`. Every event counts the
 * tokens so far, so that those of the first are known. `n_predict`, `cache_prompt: false` and
 * the rest of its options may be named as they are.
 */
export const llamacppCompletion: Dialect = {
  path: '/completion',

  encode(request: ChatRequest, stream: boolean): Json {
    const body = restOf(request, ['stop'], 'llamacpp-completion', ['min_tokens'])
    body.prompt = promptOf(request)
    if (body.n_predict === undefined) body.n_predict = maxTokensOf(request)
    body.stop = stopOf(request) // a bare string is ignored
    body.stream = stream
    return body
  },

  read(json: Json, draft: Draft): void {
    const index = countOf(json.index) || 0
    if (!draft.choices.get(index)) draft.choices.set(index, json.stop === true)
    const text = textOf(json.content) // '' with `prompt_progress` and with `stop`
    if (index === 0) {
      addText(draft, text)
    } else if (text !== '') {
      draft.generated = true
      draft.visible = true
    }
    draft.model = textOf(json.model) || draft.model
    draft.counted = countOf(json.tokens_predicted)
    if (json.stop !== true) return
    draft.terminal = true
    draft.finishReason = textOf(json.stop_type) || stopped(json)
    addUsage(draft, {
      promptTokens: countOf(json.tokens_evaluated),
      completionTokens: draft.counted,
      cachedTokens: countOf(objectOf(json.timings).cache_n),
    })
  },

  readBody(json: Json, draft: Draft): void {
    // Several prompts, or `n`: a list.
    llamacppCompletion.read(Array.isArray(json) ? objectOf(json[0]) : json, draft)
  },
}

/** Up to the end of 2024 the reason was one of three flags. */
function stopped(json: Json): string | null {
  if (json.stopped_eos) return 'eos'
  if (json.stopped_limit) return 'limit'
  return json.stopped_word ? 'word' : null
}
