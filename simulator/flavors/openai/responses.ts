import type { AnswerEvent } from '../../events/event.ts'
import { createTally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { namedSse } from '../../exchange/framing.ts'
import type { Answer, Encoded, Write } from '../../exchange/wire.ts'
import type { Finish } from '../../request/request.ts'
import { SERVER_ERROR } from './errors.ts'
import {
  callItem,
  messageItem,
  reasoningItem,
  responseObject,
  type Status,
  statusOf,
  summaryPart,
  textPart,
} from './items.ts'

/**
 * streams/openai-responses, -error: named events with a number, no [DONE]. An item of the output is
 * opened, filled and closed; the events that close it repeat its text.
 */
export function encodeResponse(answer: Answer): (event: AnswerEvent) => Encoded {
  const { nextId, promptTokens, request } = answer
  const tally = createTally(promptTokens)
  const output: unknown[] = []
  let sequence = 0
  let open: OpenItem | undefined

  const bytes = (type: string, fields: object) =>
    namedSse({ type, sequence_number: sequence++, ...fields })
  const part = (type: string, fields: object): Write => ({
    kind: 'part',
    tokens: 0,
    bytes: bytes(type, fields),
  })
  const place = (item: OpenItem) => ({ item_id: item.id, output_index: output.length })

  const opening = ({ kind, name, tokens }: AnswerEvent): Write[] => {
    const at = { output_index: output.length }
    if (kind === 'reasoning') {
      open = { kind, id: `rs_${nextId(48)}`, text: '', callId: '', name: '' }
      return [
        part('response.output_item.added', { ...at, item: reasoningItem(open.id, '') }),
        part('response.reasoning_summary_part.added', {
          ...place(open),
          summary_index: 0,
          part: summaryPart(''),
        }),
      ]
    }
    if (kind === 'tool') {
      open = {
        kind,
        id: `fc_${nextId(48)}`,
        text: '',
        callId: `call_${nextId(24)}`,
        name: name ?? '',
      }
      const item = callItem(open, 'in_progress', '')
      return [{ kind: 'tool', tokens, bytes: bytes('response.output_item.added', { ...at, item }) }]
    }
    open = { kind: 'token', id: `msg_${nextId(48)}`, text: '', callId: '', name: '' }
    return [
      part('response.output_item.added', { ...at, item: messageItem(open.id, 'in_progress') }),
      part('response.content_part.added', { ...place(open), content_index: 0, part: textPart('') }),
    ]
  }

  /** @param finish of the item */
  const closing = (finish: Finish): Write[] => {
    if (!open) return []
    const [done, item] = closeItem(open, statusOf(finish))
    const at = place(open)
    const writes = done.map(([type, fields]) => part(type, { ...at, ...fields }))
    writes.push(part('response.output_item.done', { output_index: at.output_index, item }))
    output.push(item)
    open = undefined
    return writes
  }

  const generated = (event: AnswerEvent): Write[] => {
    const { kind, text = '', tokens, name } = event
    const another = open?.kind !== kind || name !== undefined
    const writes = another ? [...closing('stop'), ...opening(event)] : []
    if (!open || (kind === 'tool' && name !== undefined)) return writes
    open.text += text
    const [type, fields] = DELTAS[open.kind]
    const delta = bytes(type, {
      ...place(open),
      ...fields,
      delta: text,
      ...(kind === 'token' && { logprobs: [] }),
    })
    return [...writes, { kind, tokens, bytes: delta }]
  }

  const created = () => bytes('response.created', { response: responseObject(answer) })

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'role':
        return [
          { kind: 'role', tokens: 0, bytes: created() },
          part('response.in_progress', { response: responseObject(answer) }),
        ]
      case 'finish': {
        const { finish } = request
        const writes = closing(finish)
        const response = responseObject(answer, { finish, output, tally })
        const type = `response.${statusOf(finish)}`
        return [...writes, { kind: 'finish', tokens: 0, bytes: bytes(type, { response }) }]
      }
      case 'error': {
        const head = sequence === 0 ? [{ kind: 'role', tokens: 0, bytes: created() }] : []
        const fields = { code: 'server_error', message: SERVER_ERROR, param: null }
        return [...head, { kind: 'error', tokens: 0, bytes: bytes('error', fields) }]
      }
      case 'reasoning':
      case 'token':
      case 'tool':
        return generated(event)
      default:
        return []
    }
  }
}

interface OpenItem {
  kind: 'reasoning' | 'token' | 'tool'
  id: string
  text: string
  callId: string
  name: string
}

const DELTAS: Record<OpenItem['kind'], [string, object]> = {
  reasoning: ['response.reasoning_summary_text.delta', { summary_index: 0 }],
  token: ['response.output_text.delta', { content_index: 0 }],
  tool: ['response.function_call_arguments.delta', {}],
}

/** The events that end an item, and the item. */
function closeItem(open: OpenItem, status: Status): [[string, object][], unknown] {
  const { kind, id, text } = open
  if (kind === 'reasoning') {
    const done = { summary_index: 0, text }
    const part = { summary_index: 0, part: summaryPart(text) }
    return [
      [
        ['response.reasoning_summary_text.done', done],
        ['response.reasoning_summary_part.done', part],
      ],
      reasoningItem(id, text),
    ]
  }
  if (kind === 'tool') {
    const args = { name: open.name, arguments: text }
    return [[['response.function_call_arguments.done', args]], callItem(open, status, text)]
  }
  return [
    [
      ['response.output_text.done', { content_index: 0, text, logprobs: [] }],
      ['response.content_part.done', { content_index: 0, part: textPart(text) }],
    ],
    messageItem(id, status, text),
  ]
}

export function wholeResponse(answer: Answer, whole: Whole) {
  const { nextId, promptTokens } = answer
  const [{ text, reasoning, calls, finish }] = whole.choices
  const status = statusOf(finish)
  const output = [
    ...(reasoning ? [reasoningItem(`rs_${nextId(48)}`, reasoning)] : []),
    ...(text ? [messageItem(`msg_${nextId(48)}`, status, text)] : []),
    ...calls.map(({ name, arguments: args }) =>
      callItem({ id: `fc_${nextId(48)}`, callId: `call_${nextId(24)}`, name }, status, args),
    ),
  ]
  return responseObject(answer, { finish, output, tally: tallyOf(promptTokens, whole) })
}
