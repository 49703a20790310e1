import { appendFileSync, writeFileSync } from 'node:fs'
import { CommandError } from './command.ts'

/** Writes a file that the user named. */
export function writeTo(file: string, text: string, append: boolean = false) {
  try {
    if (append) appendFileSync(file, text)
    else writeFileSync(file, text)
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

export function cannotWrite(file: string, error: unknown): CommandError {
  return new CommandError(`${file}: cannot be written: ${messageOf(error)}`)
}

/** The words of what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
