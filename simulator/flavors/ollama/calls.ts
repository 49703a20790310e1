import type { AnswerEvent } from '../../events/event.ts'

export interface FullCall {
  name: string
  /** its arguments */
  json: string
  tokens: number
  call: number
}

/** Ollama sends a call in one piece when it is complete: this keeps the pieces till then. */
export function createCallCollector(): (event: AnswerEvent) => FullCall | undefined {
  let open: FullCall = { name: '', json: '', tokens: 0, call: 0 }
  return ({ name, text = '', tokens, call = 0, closes }) => {
    if (name !== undefined) open = { name, json: '', tokens: 0, call }
    open.json += text
    open.tokens += tokens
    return closes ? open : undefined
  }
}

/** @returns undefined for arguments that a limit has cut */
export function parseArguments(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
