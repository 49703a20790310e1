import { APIS, nearest, noneOf, VARIABLES } from '#node'
import { CommandError, EXIT } from '../command.ts'
import type { Script } from './script.ts'

/** Of a script: whether it imports k6-llm, and which names stand in its code. */
type Reads = Pick<Script, 'importsLibrary' | 'constants' | 'readsAny'>

/**
 * Refuses what the script would refuse, or not see: a value that cannot be read, and a variable that
 * nothing reads and that is nearly one of ours.
 *
 * @param given for the script, by `-e`
 */
export function checkVariables(script: Reads, given: Readonly<Record<string, string>>): void {
  if (!script.importsLibrary) return
  const wrong = Object.entries(given)
    .map(([name, value]) => misspelt(script, name) ?? unreadable(name, value.trim()))
    .filter((text) => text !== undefined)
  if (wrong.length > 0) throw new CommandError(wrong.join('; '), EXIT.wrongUse)
}

function misspelt({ constants, readsAny }: Reads, name: string): string | undefined {
  if (readsAny || Object.hasOwn(VARIABLES, name) || constants.includes(name)) return undefined
  const meant = nearest(name, Object.keys(VARIABLES))
  return meant && `-e ${name}: nothing reads a variable of that name; did you mean ${meant}?`
}

function unreadable(name: string, value: string): string | undefined {
  if (value === '') return undefined
  if (name === 'API') {
    const known = ['auto', ...APIS]
    return known.includes(value) ? undefined : noneOf('API', value, known)
  }
  return Object.hasOwn(VARIABLES, name) ? VARIABLES[name]?.(name, value) : undefined
}
