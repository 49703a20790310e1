import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const tests = join(here, '..')

/** What starts a program or a server, or waits. Tests of those stand in test/programs. */
const IMPURE =
  /^(node:)?(child_process|cluster|dgram|http|https|http2|net|timers|tls|worker_threads)\b/
const CALLS = /\b(setTimeout|setInterval|createSimulator|createFastServer|fetch)\(|Atomics\.wait/

const path = (file: string) => relative(tests, file).split(sep).join('/')

/** A file and what it imports of test/, however far. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const id of importsOf(file)) {
    const next = resolve(dirname(file), id)
    if (id.startsWith('.') && next.startsWith(tests) && existsSync(next)) reach(next, seen)
  }
  return seen
}

function importsOf(file: string): string[] {
  const statement = /(?:\bfrom|^import|\bimport\()\s*'([^']+)'/gm
  return [...readFileSync(file, 'utf8').matchAll(statement)].map((match) => match[1] as string)
}

const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join(here, file))
  .filter((file) => file !== fileURLToPath(import.meta.url))

test('are found', () => expect(files.length).toBeGreaterThan(50))

test.each(files.map((file) => [path(file), file]))('%s: no time passes in it', (_name, file) => {
  for (const part of reach(file)) {
    expect(
      importsOf(part).filter((id) => IMPURE.test(id)),
      path(part),
    ).toEqual([])
    expect(CALLS.exec(readFileSync(part, 'utf8'))?.[0], path(part)).toBeUndefined()
  }
})
