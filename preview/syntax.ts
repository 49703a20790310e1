import { type Position, parse } from 'acorn'
import { isObject } from './script-values.ts'

/**
 * Where a file has syntax that older k6 cannot read. k6 0.47 reads ES2017, 0.57 and later about
 * ES2022.
 *
 * @returns `line:column: …` for a warning; undefined also where no parser
 * understands the file, which is then reported as an error
 */
export function newerSyntax(source: string): string | undefined {
  const old = faultOf(source, 2017)
  if (old === undefined) return undefined
  if (faultOf(source, 'latest') !== undefined) return undefined
  return `${old.line}:${old.column + 1}: syntax newer than ES2017, which k6 older than 0.57 does not load`
}

function faultOf(source: string, ecmaVersion: 2017 | 'latest'): Position | undefined {
  try {
    parse(source, { ecmaVersion, sourceType: 'module', allowHashBang: true })
    return undefined
  } catch (error) {
    return isObject(error) && isPosition(error.loc) ? error.loc : { line: 1, column: 0 }
  }
}

const isPosition = (value: unknown): value is Position =>
  isObject(value) && typeof value.line === 'number' && typeof value.column === 'number'
