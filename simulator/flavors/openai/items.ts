import type { Tally } from '../../events/tally.ts'
import type { Answer } from '../../exchange/wire.ts'
import type { Finish } from '../../request/request.ts'

// The parts of a response, as streams/openai-responses has them.

export type Status = 'in_progress' | 'completed' | 'incomplete'

export function reasoningItem(id: string, text: string) {
  return { id, type: 'reasoning', summary: text === '' ? [] : [summaryPart(text)] }
}

export function summaryPart(text: string) {
  return { type: 'summary_text', text }
}

export function textPart(text: string) {
  return { type: 'output_text', text, annotations: [] }
}

/** @param text absent: nothing yet */
export function messageItem(id: string, status: Status, text?: string) {
  const content = text === undefined ? [] : [textPart(text)]
  return { id, type: 'message', status, role: 'assistant', content }
}

interface Call {
  /** of the item */
  id: string
  callId: string
  name: string
}

export function callItem({ id, callId, name }: Call, status: Status, args: string) {
  return { id, type: 'function_call', status, arguments: args, call_id: callId, name }
}

interface Ended {
  finish: Finish
  output: unknown[]
  tally: Tally
}

/** @param ended absent: it goes on */
export function responseObject({ id, created, model, counts }: Answer, ended?: Ended) {
  const cut = ended?.finish === 'length'
  return {
    id,
    object: 'response',
    created_at: created,
    status: ended ? statusOf(ended.finish) : 'in_progress',
    model,
    output: ended?.output ?? [],
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    usage: ended && counts ? usageFields(ended.tally) : null,
  }
}

export function statusOf(finish: Finish): Status {
  return finish === 'length' ? 'incomplete' : 'completed'
}

function usageFields({ prompt, total, completion, reasoning }: Tally) {
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: completion,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: total,
  }
}
