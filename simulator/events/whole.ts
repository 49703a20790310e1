import type { ChatRequest, Finish } from '../request/request.ts'
import type { AnswerEvent } from './event.ts'

interface WholeChoice {
  text: string
  reasoning: string
  calls: { name: string; arguments: string }[]
  finish: Finish
}

/** A whole answer. */
export interface Whole {
  choices: [WholeChoice, ...WholeChoice[]]
  /** of all choices */
  tokens: number
  /** of these */
  reasoningTokens: number
  /** ms after the start */
  firstAt: number
  lastAt: number
}

/** Puts the events of an answer together. */
export function toWhole(events: AnswerEvent[], request: ChatRequest): Whole {
  const [first, ...others] = Array.from({ length: request.choices }, () => emptyChoice(request))
  const choices: Whole['choices'] = [first ?? emptyChoice(request), ...others]
  let tokens = 0
  let reasoningTokens = 0
  for (const { kind, index, text = '', call = 0, name, ...event } of events) {
    const choice = choices[index]
    tokens += event.tokens
    if (kind === 'reasoning') reasoningTokens += event.tokens
    if (!choice) continue
    if (kind === 'reasoning') choice.reasoning += text
    if (kind === 'token') choice.text += text
    if (kind !== 'tool') continue
    const called = choice.calls[call]
    if (called) called.arguments += text
    else choice.calls[call] = { name: name ?? '', arguments: text }
  }
  const firstAt = events.find((event) => event.tokens > 0)?.at ?? 0
  return { choices, tokens, reasoningTokens, firstAt, lastAt: events.at(-1)?.at ?? 0 }
}

function emptyChoice({ echo, prompt, finish }: ChatRequest): WholeChoice {
  return { text: echo ? prompt : '', reasoning: '', calls: [], finish }
}
