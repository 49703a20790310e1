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

const PLACED = ['stop', 'model', 'parameters']
const ABSENT = ['ignore_eos', 'min_tokens', 'n']

/**
 * TGI's own `/generate_stream` and `/generate`: one model a server, so no `model` is sent. One
 * token an event, no `[DONE]`; errors come after HTTP 200. Counts come with `details`.
 */
export const tgiGenerate: Dialect = {
  path: '/generate_stream',
  wholePath: '/generate',

  encode(request: ChatRequest, _stream: boolean): Json {
    const rest = restOf(request, PLACED, 'tgi-generate', ABSENT)
    const parameters: Json = Object.assign(
      { max_new_tokens: maxTokensOf(request), stop: stopOf(request), details: true },
      rest,
    )
    // TGI takes only temperature > 0 and 0 < top_p < 1, and answers 422 to OpenAI's bounds.
    if (parameters.temperature === 0) {
      delete parameters.temperature
      parameters.do_sample = false
    }
    if (parameters.top_p === 1) delete parameters.top_p
    return { inputs: promptOf(request), parameters: Object.assign(parameters, request.parameters) }
  },

  read(json: Json, draft: Draft): void {
    const token = objectOf(json.token)
    // The tokens that end an answer are counted and are no text.
    if (token.special !== true) addText(draft, textOf(token.text))
    draft.counted = countOf(json.index)
    if (typeof json.generated_text === 'string') readEnd(json, draft)
  },

  readBody(json: Json, draft: Draft): void {
    // The compatible route `/` answers with a list.
    const answer = Array.isArray(json) ? objectOf(json[0]) : json
    addText(draft, textOf(answer.generated_text))
    if (typeof answer.generated_text === 'string') readEnd(answer, draft)
  },
}

function readEnd(json: Json, draft: Draft): void {
  const details = objectOf(json.details)
  draft.terminal = true
  draft.finishReason = textOf(details.finish_reason) || null
  addUsage(draft, {
    promptTokens: countOf(details.input_length), // in streams only
    completionTokens: countOf(details.generated_tokens),
  })
}
