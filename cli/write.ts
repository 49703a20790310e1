import { appendFileSync, writeFileSync } from 'node:fs'
import { CommandError } from './command.ts'

/** Writes a file that the user named. */
export function writeTo(file: string, text: string, append: boolean = false) {
  try {
    if (append) appendFileSync(file, text)
    else writeFileSync(file, text)
  } catch (error) {
    throw new CommandError(`${file}: cannot be written: ${(error as Error).message}`)
  }
}
