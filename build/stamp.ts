// What each part was last made from, so that nothing is made again when nothing changed.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Part } from './parts.ts'
import { root } from './root.ts'

const folder = join(root, 'node_modules/.cache/k6-llm')

interface Stamp {
  /** of the sources */
  inputs: string
  /** sizes of the files that were written, by their path in the checkout */
  outputs: Record<string, number>
}

/** Whether what is in dist/ is made from the sources as they are. */
export function isFresh(part: Part): boolean {
  const last = read(part)
  return (
    last !== undefined &&
    Object.entries(last.outputs).every(([path, size]) => sizeOf(path) === size) &&
    last.inputs === part.inputs()
  )
}

/** Notes what a part was made from and into, and removes what it no longer writes. */
export function remember(part: Part, inputs: string, files: string[]): void {
  const outputs: Stamp['outputs'] = {}
  for (const path of files) outputs[path] = sizeOf(path) ?? -1
  for (const path of Object.keys(read(part)?.outputs ?? {})) {
    if (outputs[path] === undefined) rmSync(join(root, path), { force: true })
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(part), JSON.stringify({ inputs, outputs } satisfies Stamp))
}

/** A hash of files and folders of the checkout, names and contents. 650 files take 30 ms. */
export function hashOf(paths: string[]): string {
  const hash = createHash('sha256')
  for (const file of paths.flatMap(filesIn)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** The files in a folder of the checkout, however deep, in a fixed order; of a file, itself. */
export function filesIn(path: string): string[] {
  const entry = join(root, path)
  if (statSync(entry).isFile()) return [path]
  return readdirSync(entry, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => relative(root, join(file.parentPath, file.name)).split(sep).join('/'))
    .sort()
}

const fileOf = (part: Part) => join(folder, `${part.name}.json`)

function read(part: Part): Stamp | undefined {
  try {
    const stamp: Stamp = JSON.parse(readFileSync(fileOf(part), 'utf8'))
    return stamp
  } catch {
    return undefined
  }
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(join(root, path)).size
  } catch {
    return undefined
  }
}
