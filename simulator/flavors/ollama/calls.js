/** @import { AnswerEvent } from '../../events.js' */

/**
 * @typedef {object} FullCall
 * @property {string} name
 * @property {string} json its arguments
 * @property {number} tokens
 * @property {number} call
 */

/**
 * Ollama sends a call in one piece when it is complete: this keeps the pieces till then.
 * @returns {(event: AnswerEvent) => FullCall | undefined}
 */
export function createCallCollector() {
  /** @type {FullCall} */
  let open = { name: '', json: '', tokens: 0, call: 0 }
  return ({ name, text = '', tokens, call = 0, closes }) => {
    if (name !== undefined) open = { name, json: '', tokens: 0, call }
    open.json += text
    open.tokens += tokens
    return closes ? open : undefined
  }
}

/**
 * @param {string} json
 * @returns {unknown} undefined for arguments that a limit has cut
 */
export function parseArguments(json) {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
