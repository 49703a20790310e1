import {
  BadRequest,
  type ChatRequest,
  type Fields,
  inner,
  plainRequest,
  planLength,
  type ReadContext,
  readMessages,
  readText,
} from './request.ts'
import { chooseOpenAiTools } from './tools.ts'

/** In what a server's reading differs from OpenAI's. */
interface Dialect {
  /** choices: several, 400 for more than one, or one always */
  n: 'many' | 'one' | 'ignored'
  /** `stream_options: {}` asks for usage, as in vLLM */
  usageUnlessFalse?: boolean
  /** they may come without a stream */
  looseStreamOptions?: boolean
  /** the end of sequence is one of the tokens */
  eos?: boolean
  /** a named tool ends with `stop`, not with `tool_calls` */
  namedStops?: boolean
}

export function chatReader(
  dialect: Dialect,
): (fields: Fields, context: ReadContext) => ChatRequest {
  return (fields, context) => {
    const plain = plainRequest(fields)
    const choices = readChoices(fields, dialect)
    const { tools, named } = chooseOpenAiTools(fields, context)
    const prompt = readMessages(fields.messages)
    const length = planLength({ ...lengthFields(fields), tools, eos: dialect.eos }, context.options)
    const stops = named && dialect.namedStops && length.finish === 'tool_calls'
    return {
      ...plain,
      tools,
      choices,
      prompt,
      ...length,
      finish: stops ? 'stop' : length.finish,
      ...readStreamOptions(fields, plain.stream, dialect),
    }
  }
}

export function completionReader(
  dialect: Dialect,
): (fields: Fields, context: ReadContext) => ChatRequest {
  return (fields, { options }) => {
    const plain = plainRequest(fields)
    return {
      ...plain,
      choices: readChoices(fields, dialect),
      prompt: readText(fields.prompt, 'prompt'),
      echo: fields.echo === true,
      ...planLength({ ...lengthFields(fields), thinks: false }, options),
      ...readStreamOptions(fields, plain.stream, dialect),
    }
  }
}

function lengthFields(fields: Fields) {
  const thinking = inner(fields.chat_template_kwargs).enable_thinking
  return {
    limit: fields.max_completion_tokens ?? fields.max_tokens,
    least: fields.min_tokens,
    ignoreEos: fields.ignore_eos === true,
    thinks: thinking !== false && fields.reasoning_effort !== 'none',
  }
}

function readChoices({ n = 1 }: Fields, dialect: Dialect) {
  if (dialect.n === 'ignored' || n === null) return 1
  if (!Number.isInteger(n) || Number(n) < 1) {
    throw new BadRequest(`n must be at least 1, got ${n}.`, 'n')
  }
  if (dialect.n === 'one' && n !== 1) {
    throw new BadRequest('Only one completion choice is allowed', 'n')
  }
  return Number(n)
}

/** vLLM's `include_usage` is true when `stream_options` is there without it. */
function readStreamOptions({ stream_options: given }: Fields, stream: boolean, dialect: Dialect) {
  if (given === undefined || given === null) return { usage: false, continuousUsage: false }
  if (!stream && dialect.looseStreamOptions) return { usage: false, continuousUsage: false }
  if (!stream) {
    throw new BadRequest('Stream options can only be defined when `stream=True`.', 'stream_options')
  }
  if (typeof given !== 'object') {
    throw new BadRequest('stream_options: Input should be a valid dictionary', 'stream_options')
  }
  const { include_usage: include = dialect.usageUnlessFalse === true, continuous_usage_stats } =
    inner(given)
  return {
    usage: include === true,
    continuousUsage: include === true && continuous_usage_stats === true,
  }
}
