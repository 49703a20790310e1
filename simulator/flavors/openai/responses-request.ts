import {
  type ChatRequest,
  type Fields,
  inner,
  missing,
  plainRequest,
  planLength,
  type ReadContext,
  readContent,
} from '../../request/request.ts'
import { chooseTools } from '../../request/tools.ts'
import { refuseForeign } from './errors.ts'

/** The body of /v1/responses. */
export function readResponse(fields: Fields, context: ReadContext): ChatRequest {
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

/** A text, or a list of messages. */
function readInput(input: unknown) {
  if (!Array.isArray(input)) return typeof input === 'string' ? input : ''
  return input.map((item) => readContent(inner(item).content)).join('\n')
}
