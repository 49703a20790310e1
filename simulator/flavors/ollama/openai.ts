import type { AnswerEvent } from '../../events/event.ts'
import { createTally, type Tally, tallyOf } from '../../events/tally.ts'
import type { Whole } from '../../events/whole.ts'
import { DONE, sse } from '../../exchange/framing.ts'
import type { Answer, Encoded, Write } from '../../exchange/wire.ts'
import { createCallCollector, type FullCall } from './calls.ts'

const FINGERPRINT = 'fp_ollama'
const ZERO = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

/**
 * streams/ollama-openai-chat: the role is in the first event that has something, reasoning comes
 * beside an empty content. An error cannot be seen: its row becomes an event without a model and a
 * text, and then the stream ends (ChatWriter in middleware/openai.go).
 */
export function encodeChat({
  id,
  created,
  model,
  promptTokens,
  nextId,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const collect = createCallCollector()
  let begun = false
  const chunk = (choices: unknown[], extra?: object) =>
    sse({
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      system_fingerprint: FINGERPRINT,
      choices,
      ...extra,
    })
  const step = (said: object) => {
    const delta = begun ? said : { role: 'assistant', ...said }
    begun = true
    return chunk([{ index: 0, delta, finish_reason: null }])
  }

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'reasoning':
        return step({ content: '', reasoning: event.text })
      case 'token':
        return step({ content: event.text })
      case 'tool':
        return callWrites(collect(event))
      case 'finish':
        return chunk([{ index: 0, delta: {}, finish_reason: event.finish }])
      case 'usage':
        return chunk([], { usage: usageFields(tally) })
      case 'error': {
        const choices = [{ index: 0, delta: { content: '' }, finish_reason: null }]
        return chunk(choices).replace(`"model":${JSON.stringify(model)}`, '"model":""')
      }
      case 'done':
        return DONE
      default:
        return ''
    }
  }

  function callWrites(full: FullCall | undefined): Write[] {
    if (!full) return []
    const { name, json, tokens, call } = full
    const tool = { id: `call_${nextId(8)}`, index: call, type: 'function' }
    const tool_calls = [{ ...tool, function: { name, arguments: json } }]
    return [{ kind: 'tool', tokens, bytes: step({ content: '', tool_calls }) }]
  }
}

export function wholeChat(
  { id, created, model, promptTokens, counts, nextId }: Answer,
  whole: Whole,
) {
  const [{ text, reasoning, calls, finish }] = whole.choices
  const tools = calls.map((call, index) => ({
    id: `call_${nextId(8)}`,
    index,
    type: 'function',
    function: call,
  }))
  const message = {
    role: 'assistant',
    content: text,
    ...(reasoning && { reasoning }),
    ...(calls.length > 0 && { tool_calls: tools }),
  }
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    system_fingerprint: FINGERPRINT,
    choices: [{ index: 0, message, finish_reason: finish }],
    ...(counts && { usage: usageFields(tallyOf(promptTokens, whole)) }),
  }
}

/**
 * With `include_usage` each event has a usage of zeros, and one more has the counts
 * (CompletionWriter in middleware/openai.go).
 */
export function encodeCompletion({
  id,
  created,
  model,
  promptTokens,
  request,
}: Answer): (event: AnswerEvent) => Encoded {
  const tally = createTally(promptTokens)
  const chunk = (choices: unknown[], usage: unknown, by: string = model) =>
    sse({
      id,
      object: 'text_completion',
      created,
      choices,
      model: by,
      system_fingerprint: FINGERPRINT,
      ...(request.usage && { usage }),
    })

  return (event) => {
    tally.add(event)
    switch (event.kind) {
      case 'token':
        return chunk([{ text: event.text, index: 0, finish_reason: null }], ZERO)
      case 'finish':
        return chunk([{ text: '', index: 0, finish_reason: event.finish }], ZERO)
      case 'usage':
        return chunk([], usageFields(tally))
      case 'error':
        return chunk([{ text: '', index: 0, finish_reason: null }], ZERO, '')
      case 'done':
        return DONE
      default:
        return ''
    }
  }
}

export function wholeCompletion(
  { id, created, model, promptTokens, counts }: Answer,
  whole: Whole,
) {
  const [{ text, finish }] = whole.choices
  return {
    id,
    object: 'text_completion',
    created,
    model,
    system_fingerprint: FINGERPRINT,
    choices: [{ text, index: 0, finish_reason: finish }],
    ...(counts && { usage: usageFields(tallyOf(promptTokens, whole)) }),
  }
}

function usageFields({ prompt, total, completion }: Tally) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total }
}
