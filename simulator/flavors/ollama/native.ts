import type { AnswerEvent } from '../../events/event.ts'
import { createStopwatch, type Span } from '../../events/stopwatch.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import type { Answer, Encoded, Write } from '../../exchange/wire.ts'
import { epochNow } from '../../record/record.ts'
import {
  type ChatRequest,
  type Fields,
  type Finish,
  inner,
  missing,
  plainRequest,
  planLength,
  type ReadContext,
  readContent,
  readMessages,
} from '../../request/request.ts'
import { chooseOpenAiTools } from '../../request/tools.ts'
import { createCallCollector, parseArguments } from './calls.ts'
import { RUN_ERROR } from './errors.ts'

type Shape = 'chat' | 'generate'

export function nativeReader(shape: Shape): (fields: Fields, context: ReadContext) => ChatRequest {
  return (fields, context) => {
    if (fields.model === undefined) throw missing('model')
    const plain = { ...plainRequest(fields), stream: fields.stream !== false }
    const { num_predict: given } = inner(fields.options)
    // -1 is without a limit.
    const limit = given === -1 ? undefined : given
    const { tools } = shape === 'chat' ? chooseOpenAiTools(fields, context) : { tools: [] }
    const asked = { limit, name: 'num_predict', thinks: fields.think !== false, tools }
    const prompt = isLoad(fields) ? '' : readPrompt(fields, shape)
    return { ...plain, tools, prompt, ...planLength(asked, context.options) }
  }
}

/** Whether the request is for a model alone, to be loaded or unloaded. */
export function isLoad({ messages, prompt }: Fields) {
  const none = messages === undefined || (Array.isArray(messages) && messages.length === 0)
  return none && (prompt === undefined || prompt === '')
}

function readPrompt(fields: Fields, shape: Shape) {
  return shape === 'chat' ? readMessages(fields.messages) : readContent(fields.prompt)
}

/**
 * streams/ollama-chat, -generate, -midstream-error: a JSON row for each event; the last has the counts
 * and durations. Nothing follows an error.
 */
export function nativeEncoder(shape: Shape): (answer: Answer) => (event: AnswerEvent) => Encoded {
  return (answer) => {
    const tally = createTally(answer.promptTokens)
    const watch = createStopwatch()
    const collect = createCallCollector()
    const { model } = answer
    const row = (fields: object) => `${JSON.stringify(fields)}\n`
    const step = (text: string, more?: object) =>
      row({ ...head(model), ...said(shape, text, more), done: false })

    return (event) => {
      tally.add(event)
      watch.see(event)
      switch (event.kind) {
        case 'reasoning':
          return step('', { thinking: event.text })
        case 'token':
          return step(event.text ?? '')
        case 'tool':
          return callWrites(collect(event), step)
        case 'finish':
          return row({ ...head(model), ...ending(shape, answer, { tally, watch, text: '' }) })
        case 'error':
          return row({ error: RUN_ERROR })
        default:
          return ''
      }
    }
  }
}

function callWrites(
  call: ReturnType<ReturnType<typeof createCallCollector>>,
  step: (text: string, more?: object) => string,
): Write[] {
  if (!call) return []
  const { name, json, tokens } = call
  const args = parseArguments(json)
  // Half a call is no call: it stays text.
  if (args === undefined) return [{ kind: 'token', tokens, bytes: step(json) }]
  const tool_calls = [{ function: { name, arguments: args } }]
  return [{ kind: 'tool', tokens, bytes: step('', { tool_calls }) }]
}

export function head(model: string) {
  const time = epochNow()
  const micros = String(Math.floor((time % 1) * 1000)).padStart(3, '0')
  return { model, created_at: `${new Date(time).toISOString().slice(0, -1)}${micros}Z` }
}

function said(shape: Shape, text: string, more?: object) {
  if (shape === 'generate') return { response: text, ...more }
  return { message: { role: 'assistant', content: text, ...more } }
}

/** What is known at the end of an answer. */
interface Ended {
  tally: Tally
  watch: Span
  /** that the last row has */
  text: string
  more?: object
}

function ending(
  shape: Shape,
  { request, counts, loadMs }: Answer,
  { tally, watch, text, more }: Ended,
) {
  const firstAt = Math.max(0, watch.firstAt)
  return {
    ...said(shape, text, more),
    ...(shape === 'generate' && { context: [1, 2, 3] }),
    done: true,
    done_reason: reasonOf(request.finish),
    total_duration: nanoseconds(loadMs + watch.lastAt),
    load_duration: nanoseconds(loadMs),
    ...(counts && { prompt_eval_count: tally.prompt }),
    prompt_eval_duration: nanoseconds(firstAt),
    ...(counts && { eval_count: tally.completion }),
    eval_duration: nanoseconds(watch.lastAt - firstAt),
  }
}

function reasonOf(finish: Finish) {
  return finish === 'length' ? 'length' : 'stop'
}

/** At least 1: Go leaves out a field that is 0, and no duration of a real one is. */
function nanoseconds(ms: number) {
  return Math.max(1, Math.round(ms * 1e6))
}

export function nativeWhole(shape: Shape): (answer: Answer, whole: Whole) => unknown {
  return (answer, whole) => {
    const [{ text, reasoning, calls }] = whole.choices
    const tool_calls = calls.map(({ name, arguments: json }) => ({
      function: { name, arguments: parseArguments(json) ?? {} },
    }))
    const more = {
      ...(reasoning && { thinking: reasoning }),
      ...(calls.length > 0 && { tool_calls }),
    }
    const tally = tallyOf(answer.promptTokens, whole)
    return { ...head(answer.model), ...ending(shape, answer, { tally, watch: whole, text, more }) }
  }
}
