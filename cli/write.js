import { appendFileSync, writeFileSync } from 'node:fs'
import { CommandError } from './command.js'

/**
 * Writes a file that the user named.
 *
 * @param {string} file
 * @param {string} text
 * @param {boolean} [append]
 */
export function writeTo(file, text, append = false) {
  try {
    if (append) appendFileSync(file, text)
    else writeFileSync(file, text)
  } catch (error) {
    throw new CommandError(`${file}: cannot be written: ${/** @type {Error} */ (error).message}`)
  }
}
