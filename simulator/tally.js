/** @import { AnswerEvent } from './events.js' */

/**
 * What an encoder has counted so far.
 * @param {number} prompt tokens
 */
export function createTally(prompt) {
  return {
    prompt,
    completion: 0,
    reasoning: 0,
    /** @param {AnswerEvent} event */
    add({ kind, tokens }) {
      this.completion += tokens
      if (kind === 'reasoning') this.reasoning += tokens
    },
    get total() {
      return this.prompt + this.completion
    },
  }
}

/** @typedef {ReturnType<typeof createTally>} Tally */

/**
 * The same for a whole answer.
 * @param {number} prompt
 * @param {import('./wire.js').Whole} whole
 * @returns {Tally}
 */
export function tallyOf(prompt, { tokens, reasoningTokens }) {
  return Object.assign(createTally(prompt), { completion: tokens, reasoning: reasoningTokens })
}
