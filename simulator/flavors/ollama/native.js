/** @import { AnswerEvent } from '../../events.js' */
/** @import { ChatRequest, Fields } from '../../request.js' */
/** @import { Answer, Encoded, Finish, ReadContext, Whole, Write } from '../../wire.js' */
import { epochNow } from '../../record.js'
import {
  inner,
  missing,
  plainRequest,
  planLength,
  readContent,
  readMessages,
} from '../../request.js'
import { chooseOpenAiTools } from '../../request-tools.js'
import { createTally, tallyOf } from '../../tally.js'
import { createStopwatch } from '../llamacpp/timings.js'
import { createCallCollector, parseArguments } from './calls.js'
import { RUN_ERROR } from './errors.js'

/** @typedef {'chat' | 'generate'} Shape */

/**
 * @param {Shape} shape
 * @returns {(fields: Fields, context: ReadContext) => ChatRequest}
 */
export function nativeReader(shape) {
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

/**
 * Whether the request is for a model alone, to be loaded or unloaded.
 * @param {Fields} fields
 */
export function isLoad({ messages, prompt }) {
  const none = messages === undefined || (Array.isArray(messages) && messages.length === 0)
  return none && (prompt === undefined || prompt === '')
}

/**
 * @param {Fields} fields
 * @param {Shape} shape
 */
function readPrompt(fields, shape) {
  return shape === 'chat' ? readMessages(fields.messages) : readContent(fields.prompt)
}

/**
 * streams/ollama-chat, -generate, -midstream-error: a JSON row for each event; the last has the counts
 * and durations. Nothing follows an error.
 * @param {Shape} shape
 * @returns {(answer: Answer) => (event: AnswerEvent) => Encoded}
 */
export function nativeEncoder(shape) {
  return (answer) => {
    const tally = createTally(answer.promptTokens)
    const watch = createStopwatch()
    const collect = createCallCollector()
    const { model } = answer
    /** @param {object} fields */
    const row = (fields) => `${JSON.stringify(fields)}\n`
    /** @param {string} text @param {object} [more] */
    const step = (text, more) => row({ ...head(model), ...said(shape, text, more), done: false })

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

/**
 * @param {ReturnType<ReturnType<typeof createCallCollector>>} call
 * @param {(text: string, more?: object) => string} step
 * @returns {Write[]}
 */
function callWrites(call, step) {
  if (!call) return []
  const { name, json, tokens } = call
  const args = parseArguments(json)
  // Half a call is no call: it stays text.
  if (args === undefined) return [{ kind: 'token', tokens, bytes: step(json) }]
  const tool_calls = [{ function: { name, arguments: args } }]
  return [{ kind: 'tool', tokens, bytes: step('', { tool_calls }) }]
}

/** @param {string} model */
export function head(model) {
  const time = epochNow()
  const micros = String(Math.floor((time % 1) * 1000)).padStart(3, '0')
  return { model, created_at: `${new Date(time).toISOString().slice(0, -1)}${micros}Z` }
}

/**
 * @param {Shape} shape
 * @param {string} text
 * @param {object} [more]
 */
function said(shape, text, more) {
  if (shape === 'generate') return { response: text, ...more }
  return { message: { role: 'assistant', content: text, ...more } }
}

/**
 * @param {Shape} shape
 * @param {Answer} answer
 * @param {object} at
 * @param {import('../../tally.js').Tally} at.tally
 * @param {{ firstAt: number, lastAt: number }} at.watch
 * @param {string} at.text
 * @param {object} [at.more]
 */
function ending(shape, { request, counts, loadMs }, { tally, watch, text, more }) {
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

/** @param {Finish} finish */
function reasonOf(finish) {
  return finish === 'length' ? 'length' : 'stop'
}

/**
 * At least 1: Go leaves out a field that is 0, and no duration of a real one is.
 * @param {number} ms
 */
function nanoseconds(ms) {
  return Math.max(1, Math.round(ms * 1e6))
}

/**
 * @param {Shape} shape
 * @returns {(answer: Answer, whole: Whole) => unknown}
 */
export function nativeWhole(shape) {
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
