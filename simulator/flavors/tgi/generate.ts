import type { AnswerEvent } from '../../events/event.ts'
import type { Whole } from '../../events/whole.ts'
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
import { PING } from './chat.ts'
import { GENERATION_ERROR, nativeEvent, OVERLOADED } from './errors.ts'

/** What an answer has when the request names no limit. */
const DEFAULT_LIMIT = 100

const REASONS: Record<Finish, string> = {
  stop: 'eos_token',
  length: 'length',
  tool_calls: 'eos_token',
}

/** Two paths tell whether to stream, not a field. */
export function generateReader(
  stream: boolean,
): (fields: Fields, context: ReadContext) => ChatRequest {
  return (fields, { options }) => {
    const { max_new_tokens: limit = DEFAULT_LIMIT } = inner(fields.parameters)
    const asked = { limit, name: 'max_new_tokens', thinks: false }
    const plain = { ...plainRequest(fields), stream, prompt: readText(fields.inputs, 'inputs') }
    return { ...plain, ...planLength(asked, options) }
  }
}

/**
 * streams/tgi-generate: no space after `data:`, an event for each token, the end-of-sequence token
 * with `special: true`, which is no text. No [DONE].
 */
export function encodeGenerate(answer: Answer): (event: AnswerEvent) => Encoded {
  let index = 0
  let generated = ''
  return (event) => {
    switch (event.kind) {
      case 'ping':
        return PING
      case 'error':
        return event.first
          ? nativeEvent(OVERLOADED, 'overloaded')
          : nativeEvent(GENERATION_ERROR, 'generation')
      case 'token':
      case 'finish': {
        index += 1
        generated += event.text ?? ''
        const special = event.kind === 'finish'
        const text = special ? '</s>' : event.text
        const token = { id: 10 + index, text, logprob: -0.1, special }
        const { finish } = event
        const end = finish
          ? { generated_text: generated, details: details(answer, finish, index) }
          : { generated_text: null, details: null }
        return `data:${JSON.stringify({ index, token, ...end })}\n\n`
      }
      default:
        return ''
    }
  }
}

/** The counts, which are only there when asked for. */
function details({ request, promptTokens, counts }: Answer, finish: Finish, tokens: number) {
  if (inner(request.fields.parameters).details !== true || !counts) return null
  const end = { finish_reason: REASONS[finish], generated_tokens: tokens, seed: null }
  return { ...end, input_length: promptTokens }
}

export function wholeGenerate(answer: Answer, { choices, tokens }: Whole) {
  const [{ text, finish }] = choices
  const counted = details(answer, finish, tokens)
  if (!counted) return { generated_text: text }
  const { input_length: _, ...kept } = counted
  return { generated_text: text, details: { ...kept, prefill: [], tokens: [] } }
}
