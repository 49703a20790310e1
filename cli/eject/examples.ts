import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, posix } from 'node:path'
import { didYouMean } from '#node'
import { CommandError, EXIT } from '../command.ts'
import { inPackage } from '../package-root.ts'

/** The examples of the package, by name, without `.js`. */
export function exampleNames(): string[] {
  return readdirSync(inPackage('examples'))
    .filter((file) => file.endsWith('.js') && !file.startsWith('.'))
    .map((file) => basename(file, '.js'))
    .sort()
}

/**
 * @param given such as `load-test`, `load-test.js` or `examples/load-test.js`
 */
export function checkExample(given: string): string {
  const names = exampleNames()
  const name = basename(given, '.js')
  if (names.includes(name)) return name
  throw new CommandError(
    `${given}: no such example, expected one of ${names.join(', ')}${didYouMean(name, names)}`,
    EXIT.wrongUse,
  )
}

/**
 * An example and what it reads, as they stand in a folder of the user's, by path; `/` on every system.
 *
 * @param address of the library's files there (see `libraryAt`)
 */
export function exampleFiles(name: string, address: string): Record<string, string> {
  const files: Record<string, string> = {}
  const waiting = [`${name}.js`]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (path in files) continue
    const text = readFileSync(inPackage(posix.join('examples', path)), 'utf8')
    const isScript = path.endsWith('.js')
    files[path] = isScript ? placed(text, address) : text
    if (isScript) waiting.push(...besides(text, posix.dirname(path)))
  }
  return files
}

/** Files of the examples that a script names: what it opens, and what it imports beside it. */
function besides(text: string, folder: string): string[] {
  return [...text.matchAll(/['"`](\.\/[\w./-]+)['"`]/g)]
    .map((match) => posix.join(folder, match[1] ?? ''))
    .filter((path) => !path.startsWith('..') && existsSync(inPackage(`examples/${path}`)))
}

/** Imports that resolve there, and commands in comments that name the file that is there. */
function placed(text: string, address: string): string {
  return text
    .replace(/(['"])(?:\.\.\/)+dist\//g, (_, quote: string) => `${quote}${address}/`)
    .replace(/^(\/\/.*\s)examples\/([\w-]+\.js)/gm, '$1$2')
}
