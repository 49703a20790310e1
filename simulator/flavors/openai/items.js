/** @import { Answer, Finish } from '../../wire.js' */
/** @import { Tally } from '../../tally.js' */

/**
 * The parts of a response, as streams/openai-responses has them.
 *
 * @typedef {'in_progress' | 'completed' | 'incomplete'} Status
 */

/** @param {string} id @param {string} text */
export function reasoningItem(id, text) {
  return { id, type: 'reasoning', summary: text === '' ? [] : [summaryPart(text)] }
}

/** @param {string} text */
export function summaryPart(text) {
  return { type: 'summary_text', text }
}

/** @param {string} text */
export function textPart(text) {
  return { type: 'output_text', text, annotations: [] }
}

/** @param {string} id @param {Status} status @param {string} [text] absent: nothing yet */
export function messageItem(id, status, text) {
  const content = text === undefined ? [] : [textPart(text)]
  return { id, type: 'message', status, role: 'assistant', content }
}

/**
 * @param {{ id: string, callId: string, name: string }} call
 * @param {Status} status
 * @param {string} args
 */
export function callItem({ id, callId, name }, status, args) {
  return { id, type: 'function_call', status, arguments: args, call_id: callId, name }
}

/**
 * @param {Answer} answer
 * @param {object} [ended]
 * @param {Finish} ended.finish
 * @param {unknown[]} ended.output
 * @param {Tally} ended.tally
 */
export function responseObject({ id, created, model, counts }, ended) {
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

/**
 * @param {Finish} finish
 * @returns {Status}
 */
export function statusOf(finish) {
  return finish === 'length' ? 'incomplete' : 'completed'
}

/** @param {Tally} tally */
function usageFields({ prompt, total, completion, reasoning }) {
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: completion,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: total,
  }
}
