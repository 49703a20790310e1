import { type ChatRequest, SHORTEST_CALL, type Tool } from '../request/request.ts'
import type { AnswerEvent } from './event.ts'

/** Generated tokens that share an event; when they are due is not known here. */
interface Part extends AnswerEvent {
  /** of the answer */
  last: boolean
}

/** A stretch of tokens of one kind; an event does not reach beyond it. */
interface Section {
  kind: 'reasoning' | 'token' | 'tool'
  /** tokens that it would have */
  size: number
  /** tokens that it has, fewer when the limit cuts it */
  sent: number
  call?: number
  tool?: Tool
}

/** How a request is cut into parts. */
interface Cutting {
  texts: (purpose: string) => Iterator<string, never>
  tokensPerEvent: number
  /** the last token is no text */
  eos: boolean
  /** of the choice */
  index: number
}

export function* generateParts(
  request: ChatRequest,
  { texts, tokensPerEvent, eos, index }: Cutting,
): Generator<Part, undefined, void> {
  const count = request.count - (eos ? 1 : 0)
  const lane = index === 0 ? '' : `-${index}`
  const words = { reasoning: texts(`reasoning${lane}`), text: texts(`text${lane}`) }
  let total = 0
  for (const section of planSections(request, count, eos)) {
    const from = section.kind === 'reasoning' ? words.reasoning : words.text
    for (let sent = 0; sent < section.sent; ) {
      const alone = total === 0 || (section.kind === 'tool' && sent === 0)
      const tokens = alone ? 1 : Math.min(tokensPerEvent, section.sent - sent)
      let text = ''
      for (let i = sent; i < sent + tokens; i++) text += tokenText(section, i, from)
      const name = sent === 0 ? section.tool?.name : undefined
      sent += tokens
      total += tokens
      const { kind, call } = section
      const closes = section.tool && sent === section.sent
      // One object with all of its fields, which is filled in later: this is made for each token.
      yield {
        kind,
        at: 0,
        tokens,
        index,
        text,
        call,
        name,
        closes,
        finish: null,
        last: total === count,
      }
    }
  }
  return undefined
}

function planSections(
  { reasoning, natural, tools }: ChatRequest,
  count: number,
  eos: boolean,
): Section[] {
  const thought = Math.min(reasoning, count)
  const sections: Section[] = [{ kind: 'reasoning', size: thought, sent: thought }]
  let left = count - thought
  if (tools.length === 0) return [...sections, { kind: 'token', size: left, sent: left }]
  const spoken = natural - reasoning - (eos ? 1 : 0)
  const share = Math.max(SHORTEST_CALL, Math.floor(spoken / tools.length))
  for (const [call, tool] of tools.entries()) {
    const rest = spoken - share * (tools.length - 1)
    const size = call === tools.length - 1 ? Math.max(rest, SHORTEST_CALL) : share
    const sent = Math.min(size, left)
    sections.push({ kind: 'tool', size, sent, call, tool })
    left -= sent
  }
  return sections
}

/** A call is its name, then JSON with one argument. */
function tokenText({ size, tool }: Section, position: number, words: Iterator<string, never>) {
  if (!tool) return words.next().value
  if (position === 0) return ''
  if (position === 1) return `{${JSON.stringify(tool.key)}: "`
  return position === size - 1 ? '"}' : words.next().value
}
