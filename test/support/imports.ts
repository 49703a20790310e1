// What the files of a folder import, for the tests that hold the order of the house.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** A TypeScript file of a folder, and what it imports. */
export interface Source {
  /** from the folder, with `/` */
  file: string
  /** as written */
  imports: Import[]
}

export interface Import {
  id: string
  /** from the folder, where `id` is relative; `../…` leaves it */
  target?: string
  /** types alone are gone when it runs */
  typeOnly: boolean
}

/** @param folder with a separator at its end */
export function sourcesIn(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.split(sep).join('/'))
    .sort()
    .map((file) => ({ file, imports: importsOf(folder, file) }))
}

function importsOf(folder: string, file: string): Import[] {
  // Without lines of comments, which show imports as examples.
  const text = readFileSync(join(folder, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  const statement =
    /^(?:import|export)\s(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...text.matchAll(statement)].map(([, typeOnly, from, bare, late]) => {
    const id = from ?? bare ?? late ?? ''
    const path = resolve(dirname(join(folder, file)), id)
    return {
      id,
      target: id.startsWith('.') ? relative(folder, path).split(sep).join('/') : undefined,
      typeOnly: typeOnly !== undefined,
    }
  })
}

/** The first way that leads back to where it began; types count. */
export function cycleIn(sources: Source[]): string[] | undefined {
  const graph = new Map(sources.map(({ file, imports }) => [file, imports]))
  const done = new Set<string>()
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path, file]
    if (done.has(file)) return undefined
    for (const { target } of graph.get(file) ?? []) {
      const cycle = target === undefined ? undefined : walk(target, [...path, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const { file } of sources) {
    const cycle = walk(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
