import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { CommandError, EXIT } from '../command.ts'
import { inPackage, version } from '../package-root.ts'

/** Where a script of the user's finds the library: k6 loads no package by its name. */
export const LIBRARY_PLACES = ['copy', 'package', 'cdn'] as const
export type LibraryPlace = (typeof LIBRARY_PLACES)[number]

/** What is copied of dist/: what k6 loads, and the types for editors. */
const COPIED = ['index.js', 'index.cjs', 'xk6-sse.js', 'index.d.ts', 'xk6-sse.d.ts']

/** Of the package, below its folder. */
const IN_MODULES = 'node_modules/k6-llm'

/** The library as one script of a project imports it. */
export interface Library {
  /** what stands before `/index.js` in the script's imports */
  address: string
  /** what has to be written for it, by path below the project's folder; `/` on every system */
  files: Record<string, string>
}

/** The place of `--library`. */
export function checkPlace(text: string): LibraryPlace {
  const found = LIBRARY_PLACES.find((place) => place === text)
  if (found) return found
  throw new CommandError(
    `--library ${text}: expected one of ${LIBRARY_PLACES.join(', ')}`,
    EXIT.wrongUse,
  )
}

/** What `--library` says in the help. */
export const PLACES_TEXT =
  'how scripts import it: copy (beside them), package (node_modules) or cdn (once published)'

/**
 * @param directory the project's folder, as the user gave it
 * @param folder of the script below it, `''` where it is the same; `/` on every system
 */
export function libraryAt(place: LibraryPlace, directory: string, folder: string): Library {
  if (place === 'cdn') {
    return { address: `https://cdn.jsdelivr.net/npm/k6-llm@${version}/dist`, files: {} }
  }
  if (place === 'package') {
    const modules = join(installRoot(directory), IN_MODULES, 'dist')
    const path = relative(join(resolve(directory), folder), modules)
      .split(sep)
      .join('/')
    return { address: path.startsWith('.') ? path : `./${path}`, files: {} }
  }
  const copied: [string, string][] = COPIED.map((name) => [name, inPackage(`dist/${name}`)])
  copied.push(['LICENSE', inPackage('LICENSE')])
  return {
    address: './k6-llm',
    files: Object.fromEntries(
      copied.map(([name, from]) => [
        posix.join(folder, 'k6-llm', name),
        readFileSync(from, 'utf8'),
      ]),
    ),
  }
}

/** Whether the package is installed where a project in this folder finds it. */
export function isInstalled(directory: string): boolean {
  return existsSync(join(installRoot(directory), IN_MODULES, 'package.json'))
}

/** How the command of this package is started from a folder, whether or not it is installed there. */
export function commandFrom(directory: string): string {
  // npx would fetch whatever has the name where the package is not installed.
  if (isInstalled(directory)) return 'npx k6-llm'
  return `node ${quoted(inPackage('bin/k6-llm.js'))}`
}

/** What a user does in a shell before a script runs: into the folder, and what the library needs. */
export function stepsFor(place: LibraryPlace, directory: string): string[] {
  const steps = directory === '.' ? [] : [`cd ${quoted(directory)}`]
  if (place === 'cdn') steps.push(`# once k6-llm@${version} is published: a CDN has it from npm`)
  if (place === 'package' && !isInstalled(directory)) {
    steps.push(
      `npm install --save-dev k6-llm-${version}.tgz   # which npm pack makes in a checkout`,
    )
  }
  return steps
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /[^\w./:\\-]/.test(path) ? `"${path}"` : path
}

/**
 * The folder whose node_modules a project in this folder has, by npm's rule: the nearest with a
 * package.json or a node_modules, else the folder itself.
 */
function installRoot(directory: string): string {
  const start = resolve(directory)
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, IN_MODULES))) return folder
    if (folder === dirname(folder)) break
  }
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || existsSync(join(folder, 'node_modules'))) {
      return folder
    }
    if (folder === dirname(folder)) return start
  }
}
