import { type Fields, inner, type ReadContext, type Tool } from './request.ts'

/** A tool as a body describes it; nothing of it is certain. */
interface GivenTool {
  name: unknown
  /** of its arguments, JSON Schema */
  schema: unknown
}

interface ToolChoice {
  /** none is to be called */
  off?: boolean
  /** one call at a time */
  single?: boolean
  /** the tool that must be called */
  named?: unknown
}

/**
 * The tools that the answer calls: the first two of the request, one where it forbids more or names
 * one. With the header `x-sim-answer: tools` an answer calls one even if the request has none.
 */
export function chooseTools(
  given: GivenTool[],
  { off = false, single = false, named }: ToolChoice,
  { wants }: ReadContext,
): Tool[] {
  if (wants === 'text' || (wants === undefined && (off || given.length === 0))) return []
  const listed = given.length > 0 ? given : [{ name: 'get_weather', schema: {} }]
  const chosen = listed.filter(({ name }) => named === undefined || name === named)
  return chosen.slice(0, single || named !== undefined ? 1 : 2).map(({ name, schema }) => ({
    name: typeof name === 'string' ? name : 'unnamed',
    key: Object.keys(inner(inner(schema).properties))[0] ?? 'text',
  }))
}

/** The tools of OpenAI's chat completions. */
export function chooseOpenAiTools(fields: Fields, context: ReadContext) {
  const list = Array.isArray(fields.tools) ? fields.tools : []
  const given = list.map((tool) => {
    const { name, parameters } = inner(inner(tool).function)
    return { name, schema: parameters }
  })
  const named = inner(inner(fields.tool_choice).function).name
  // Whoever has just been told the result of a call goes on to an answer, as models do.
  const messages = Array.isArray(fields.messages) ? fields.messages : []
  const told = inner(messages[messages.length - 1]).role === 'tool'
  const off = fields.tool_choice === 'none' || told
  const single = fields.parallel_tool_calls === false
  return { tools: chooseTools(given, { off, single, named }, context), named: named !== undefined }
}
