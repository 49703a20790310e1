import {
  type ChatRequest,
  type Dialect,
  type Json,
  maxTokensOf,
  promptOf,
  restOf,
  stopOf,
} from '../dialect.ts'
import { addUsage, type Draft } from '../draft.ts'
import { countOf, objectOf, textOf } from '../json.ts'

const PLACED = ['stop', 'model', 'seed', 'min_tokens', 'sampling_params']

/** What `/generate` takes beside its sampling parameters. */
const TOP =
  /^(rid|lora_path|return_.*|logprob_start_len|top_logprobs_num|(image|audio|video)_data|.*session.*|priority|custom_logit_processor)$/

/**
 * SGLang's own `/generate`: one model a server, so no `model` is sent. The text of each event is
 * all of it so far, unless the server runs with `--stream-output`; every event counts the tokens.
 */
export const sglangGenerate: Dialect = {
  path: '/generate',

  encode(request: ChatRequest, stream: boolean): Json {
    const rest = restOf(request, PLACED, 'sglang-generate')
    const body: Json = { text: promptOf(request), stream }
    const parameters: Json = {
      max_new_tokens: maxTokensOf(request),
      min_new_tokens: request.min_tokens,
      stop: stopOf(request),
      sampling_seed: request.seed,
    }
    for (const key of Object.keys(rest)) {
      if (TOP.test(key)) body[key] = rest[key]
      else parameters[key] = rest[key]
    }
    body.sampling_params = Object.assign(parameters, request.sampling_params)
    return body
  },

  read(json: Json, draft: Draft): void {
    const index = countOf(json.index) || 0
    const meta = objectOf(json.meta_info)
    draft.counted = countOf(meta.completion_tokens)
    addUsage(draft, {
      promptTokens: countOf(meta.prompt_tokens),
      completionTokens: draft.counted,
      cachedTokens: countOf(meta.cached_tokens),
    })
    const finish = objectOf(meta.finish_reason)
    const reason = textOf(finish.type)
    readText(textOf(json.text), index, reason !== '', draft)
    if (!draft.choices.get(index)) draft.choices.set(index, reason !== '')
    if (reason === '') return
    draft.finishReason = reason
    draft.terminal = true
    if (reason === 'abort' && !draft.error) {
      // HTTP 200 all the same; the cause and its status are here.
      const message = textOf(finish.message) || 'the server ended the answer: abort'
      draft.error = { message, code: countOf(finish.status_code) || reason }
    }
  },

  readBody(json: Json, draft: Draft): void {
    // Several prompts, or `n`: a list.
    sglangGenerate.read(Array.isArray(json) ? objectOf(json[0]) : json, draft)
  },
}

/**
 * Takes in the text of an event: all that was said so far, or (`--stream-output`) only what is
 * new. The first goes on from what came before it, where an incomplete character at the end
 * (U+FFFD) may still change; `last` may be shorter, without the stop string. Comparing costs no
 * more than the event's own length.
 */
function readText(text: string, index: number, last: boolean, draft: Draft): void {
  if (text === '') return
  const before = draft.memo.get(index) || ''
  let end = before.length
  while (end > 0 && before.charCodeAt(end - 1) === 0xfffd) end--
  if (last && text.length < end) end = text.length
  const pieces = draft.text.length > 1
  const whole = !pieces && text.slice(0, end) === before.slice(0, end)
  if (!whole || text.length > before.length) {
    draft.generated = true
    draft.visible = true
  }
  draft.memo.set(index, text)
  if (index !== 0) return
  if (whole) draft.text[0] = text
  else draft.text.push(text)
}
