import { show } from '../core/errors.ts'
import type { ChatMessage, ChatRequest } from '../stream/dialect.ts'
import { type Faults, type FileRecord, isObject } from './records.ts'

const USERS = /^(human|user|prompter)$/i
const SYSTEMS = /^(system|developer)$/i
/** Who answers, and what tools say: they are the server's part when the row is sent. */
const OTHERS = /^(gpt|assistant|chatgpt|bing|bard|bot|model|(tool|function|observation).*)$/i

/** A conversation, as far as it is sent. */
export interface Conversation {
  /** Its first question, after what the system says. */
  request: ChatRequest
  /** What the user says in turn. */
  turns: string[]
  system?: string
  /** What else the row has. */
  fields: FileRecord['value']
}

/** Whether a row is a conversation of ShareGPT's kind. */
export function isShareGpt(value: FileRecord['value']): boolean {
  return value.conversations !== undefined || value.conversation !== undefined
}

/**
 * Reads `{"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]}`, also
 * with `role` and `content`, and under `conversation`. What the system says is kept: from its
 * messages, else from a field `system` beside them.
 *
 * @returns what is wrong with it, where it cannot be read
 */
export function fromShareGpt(value: FileRecord['value'], faults: Faults): Conversation | string {
  const { conversations, conversation, system: beside, ...fields } = value
  const said = conversations === undefined ? conversation : conversations
  if (!Array.isArray(said)) return `conversations=${show(said)}: expected a list of { from, value }`
  const turns: string[] = []
  const system: string[] = []
  let answered = false // before anyone asked
  for (const item of said as unknown[]) {
    const { from, value: text } = readSaid(item)
    if (from === undefined || text === undefined) {
      return `conversations: expected { from, value } or { role, content }, got ${show(item)}`
    }
    if (text.trim() === '') continue
    if (USERS.test(from)) turns.push(text)
    else if (SYSTEMS.test(from)) system.push(text)
    else if (OTHERS.test(from)) answered = answered || turns.length === 0
    else return `conversations: from ${show(from)}: expected human, gpt or system`
  }
  if (turns.length === 0) return 'conversations: expected one that is from "human"'
  if (typeof beside === 'string' && beside.trim() !== '' && system.length === 0) system.push(beside)
  if (answered) faults.note('begins with an answer, which is not sent')
  const prompt = turns[0] as string
  const row: Conversation = { request: { prompt }, turns, fields }
  if (system.length > 0) {
    row.system = system.join('\n\n')
    const messages: ChatMessage[] = [
      { role: 'system', content: row.system },
      { role: 'user', content: prompt },
    ]
    row.request = { messages }
  }
  return row
}

function readSaid(item: unknown): { from?: string; value?: string } {
  if (!isObject(item)) return {}
  const from = item.from === undefined ? item.role : item.from
  const value = item.value === undefined ? item.content : item.value
  return {
    from: typeof from === 'string' ? from : undefined,
    value: typeof value === 'string' ? value : undefined,
  }
}
