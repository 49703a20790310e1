import type { AnswerEvent } from '../../events/event.ts'
import { createTally } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { namedSse } from '../../exchange/framing.ts'
import type { Answer, Encoded, Write } from '../../exchange/wire.ts'
import type { Finish } from '../../request/request.ts'
import { overloaded } from './errors.ts'

const REASONS: Record<Finish, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
}

/** What the first event says of the output, before there is any. */
const TOKENS_AT_START = 1

/**
 * streams/anthropic-messages, -error: named events, content in blocks, a ping that is an event, usage
 * that is cumulative. The thinking of a block ends with a signature, which is no token.
 */
export function encodeMessage(answer: Answer): (event: AnswerEvent) => Encoded {
  const { request, nextId, counts } = answer
  const tally = createTally(answer.promptTokens)
  let index = -1
  let open: AnswerEvent['kind'] | undefined

  const write = (kind: string, value: Parameters<typeof namedSse>[0], tokens = 0): Write => ({
    kind,
    tokens,
    bytes: namedSse(value),
  })
  const deltaWrite = (kind: string, delta: object, tokens?: number) =>
    write(kind, { type: 'content_block_delta', index, delta }, tokens)

  const closing = (): Write[] => {
    if (!open) return []
    const signature = { type: 'signature_delta', signature: nextId(64) }
    const signed = open === 'reasoning' ? [deltaWrite('part', signature)] : []
    open = undefined
    return [...signed, write('part', { type: 'content_block_stop', index })]
  }

  const opening = ({ kind, name = '', tokens }: AnswerEvent): Write[] => {
    const writes = closing()
    index += 1
    open = kind
    const tool = kind === 'tool'
    const block = tool ? toolBlock(`toolu_${nextId(24)}`, name, {}) : emptyBlock(kind)
    const start = { type: 'content_block_start', index, content_block: block }
    writes.push(write(tool ? 'tool' : 'part', start, tool ? tokens : 0))
    if (index === 0) writes.push(write('ping', { type: 'ping' }))
    // The first piece of arguments is empty, as in the examples of Anthropic's docs on streaming.
    if (tool) writes.push(deltaWrite('part', { type: 'input_json_delta', partial_json: '' }))
    return writes
  }

  return (event) => {
    tally.add(event)
    const { kind, text = '', tokens, name } = event
    switch (kind) {
      case 'role': {
        const usage = { input_tokens: tally.prompt, output_tokens: TOKENS_AT_START }
        const message = { ...messageHead(answer), ...(counts && { usage }) }
        return [write('role', { type: 'message_start', message })]
      }
      case 'ping':
        return [write('ping', { type: 'ping' })]
      case 'finish': {
        const delta = { stop_reason: REASONS[request.finish], stop_sequence: null }
        const usage = counts && { usage: { output_tokens: tally.completion } }
        return [...closing(), write('finish', { type: 'message_delta', delta, ...usage })]
      }
      case 'done':
        return [write('done', { type: 'message_stop' })]
      case 'error':
        return [write('error', { type: 'error', error: overloaded })]
      case 'reasoning':
      case 'token':
      case 'tool': {
        const writes = open !== kind || name !== undefined ? opening(event) : []
        if (name !== undefined) return writes
        return [...writes, deltaWrite(kind, deltaOf(kind, text), tokens)]
      }
      default:
        return []
    }
  }
}

interface Ended {
  /** blocks */
  content?: unknown[]
  reason?: string | null
}

function messageHead({ id, model }: Answer, { content = [], reason = null }: Ended = {}) {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: reason,
    stop_sequence: null,
  }
}

function emptyBlock(kind: AnswerEvent['kind']) {
  return kind === 'reasoning'
    ? { type: 'thinking', thinking: '', signature: '' }
    : { type: 'text', text: '' }
}

function toolBlock(id: string, name: string, input: unknown) {
  return { type: 'tool_use', id, name, input }
}

function deltaOf(kind: 'reasoning' | 'token' | 'tool', text: string) {
  if (kind === 'reasoning') return { type: 'thinking_delta', thinking: text }
  if (kind === 'tool') return { type: 'input_json_delta', partial_json: text }
  return { type: 'text_delta', text }
}

export function wholeMessage(answer: Answer, { choices, tokens }: Whole) {
  const { nextId, counts, promptTokens } = answer
  const [{ text, reasoning, calls, finish }] = choices
  const content = [
    ...(reasoning ? [{ type: 'thinking', thinking: reasoning, signature: nextId(64) }] : []),
    ...(text ? [{ type: 'text', text }] : []),
    ...calls.map(({ name, arguments: args }) =>
      toolBlock(`toolu_${nextId(24)}`, name, finish === 'length' ? {} : JSON.parse(args)),
    ),
  ]
  return {
    ...messageHead(answer, { content, reason: REASONS[finish] }),
    ...(counts && { usage: { input_tokens: promptTokens, output_tokens: tokens } }),
  }
}
