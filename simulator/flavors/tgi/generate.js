/** @import { AnswerEvent } from '../../events.js' */
/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { Answer, Encoded, Finish, ReadContext, Whole } from '../../wire.js' */
import { inner, plainRequest, planLength, readText } from '../../request.js'
import { PING } from './chat.js'
import { GENERATION_ERROR, nativeEvent, OVERLOADED } from './errors.js'

/** What an answer has when the request names no limit. */
const DEFAULT_LIMIT = 100

/** @type {Record<Finish, string>} */
const REASONS = { stop: 'eos_token', length: 'length', tool_calls: 'eos_token' }

/**
 * Two paths tell whether to stream, not a field.
 * @param {boolean} stream
 * @returns {(fields: Fields, context: ReadContext) => ChatRequest}
 */
export function generateReader(stream) {
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
 * @param {Answer} answer
 * @returns {(event: AnswerEvent) => Encoded}
 */
export function encodeGenerate(answer) {
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

/**
 * The counts, which are only there when asked for.
 * @param {Answer} answer
 * @param {Finish} finish
 * @param {number} tokens
 */
function details({ request, promptTokens, counts }, finish, tokens) {
  if (inner(request.fields.parameters).details !== true || !counts) return null
  const end = { finish_reason: REASONS[finish], generated_tokens: tokens, seed: null }
  return { ...end, input_length: promptTokens }
}

/**
 * @param {Answer} answer
 * @param {Whole} whole
 */
export function wholeGenerate(answer, { choices, tokens }) {
  const [{ text, finish }] = choices
  const counted = details(answer, finish, tokens)
  if (!counted) return { generated_text: text }
  const { input_length: _, ...kept } = counted
  return { generated_text: text, details: { ...kept, prefill: [], tokens: [] } }
}
