/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { ReadContext } from '../../wire.js' */
import { inner, missing, plainRequest, planLength, readContent } from '../../request.js'
import { chooseTools } from '../../request-tools.js'
import { refuseForeign } from './errors.js'

/**
 * The body of /v1/responses.
 * @param {Fields} fields
 * @param {ReadContext} context
 * @returns {ChatRequest}
 */
export function readResponse(fields, context) {
  refuseForeign(fields)
  if (fields.input === undefined) throw missing('input')
  const list = Array.isArray(fields.tools) ? fields.tools.map(inner) : []
  const given = list
    .filter(({ type }) => type === 'function')
    .map(({ name, parameters }) => ({ name, schema: parameters }))
  const choice = {
    off: fields.tool_choice === 'none',
    single: fields.parallel_tool_calls === false,
    named: inner(fields.tool_choice).name,
  }
  const tools = chooseTools(given, choice, context)
  const thinks = inner(fields.reasoning).effort !== 'none'
  const asked = { limit: fields.max_output_tokens, name: 'max_output_tokens', thinks, tools }
  return {
    ...plainRequest(fields),
    tools,
    prompt: [fields.instructions, fields.input].map(readInput).filter(Boolean).join('\n'),
    ...planLength(asked, context.options),
  }
}

/**
 * A text, or a list of messages.
 * @param {unknown} input
 */
function readInput(input) {
  if (!Array.isArray(input)) return typeof input === 'string' ? input : ''
  return input.map((item) => readContent(inner(item).content)).join('\n')
}
