import type { AnswerEvent } from './event.ts'
import type { Whole } from './whole.ts'

/**
 * What an encoder has counted so far.
 *
 * @param prompt tokens
 */
export function createTally(prompt: number) {
  return {
    prompt,
    completion: 0,
    reasoning: 0,
    add({ kind, tokens }: AnswerEvent) {
      this.completion += tokens
      if (kind === 'reasoning') this.reasoning += tokens
    },
    get total() {
      return this.prompt + this.completion
    },
  }
}

export type Tally = ReturnType<typeof createTally>

/** The same for a whole answer. */
export function tallyOf(prompt: number, { tokens, reasoningTokens }: Whole): Tally {
  return Object.assign(createTally(prompt), { completion: tokens, reasoning: reasoningTokens })
}
