import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cycleIn, sourcesIn } from '../../support/imports.ts'

const sources = sourcesIn(fileURLToPath(new URL('../../../preview/', import.meta.url)))

/** Files that every thread may load: they ask for nothing but one another. */
const GROUND = [
  'board.ts',
  'bytes.ts',
  'calls.ts',
  'certificates.ts',
  'durations.ts',
  'errors.ts',
  'exit-codes.ts',
  'headers.ts',
  'messages.ts',
  'options.ts',
  'script-values.ts',
]

/**
 * What a room may import beside itself. `main` is every other file at the top: main's thread, which
 * loads the other two threads (`io`, `runtime`) by their URL and never their modules.
 */
const MAY: Record<string, string[]> = {
  ground: [],
  metrics: ['ground'],
  executors: ['ground', 'main'],
  io: ['ground'],
  vu: ['ground'],
  http: ['ground', 'vu'],
  sse: ['ground', 'vu'],
  modules: ['ground', 'vu', 'http', 'sse'],
  runtime: ['ground', 'vu', 'modules'],
  main: ['ground', 'metrics', 'executors'],
}

const roomOf = (file: string) => {
  if (file.includes('/')) return file.slice(0, file.indexOf('/'))
  return GROUND.includes(file) ? 'ground' : 'main'
}

describe('the rooms of the preview', () => {
  test('are those that are named, and no other', () => {
    expect([...new Set(sources.map(({ file }) => roomOf(file)))].sort()).toEqual(
      Object.keys(MAY).sort(),
    )
    expect(sources.map(({ file }) => file)).toEqual(expect.arrayContaining(GROUND))
  })

  test.each(sources)('$file imports only what its room may', ({ file, imports }) => {
    const room = roomOf(file)
    for (const { target } of imports) {
      if (target === undefined) continue
      expect(target, `${file} leaves preview/`).not.toMatch(/^\.\./)
      expect([room, ...(MAY[room] ?? [])], `${file} imports ${target}`).toContain(roomOf(target))
    }
  })

  test('of executors, main is known by its types alone', () => {
    for (const { file, imports } of sources.filter((one) => roomOf(one.file) === 'executors')) {
      const loaded = imports.filter(({ target, typeOnly }) => target !== undefined && !typeOnly)
      for (const { target = '' } of loaded) {
        expect(roomOf(target), `${file} loads ${target}`).toBe('executors')
      }
    }
  })

  test('imports have no cycle, types included', () => {
    expect(cycleIn(sources)).toBeUndefined()
  })

  test('from outside come Node, three packages and what src/node.ts gives', () => {
    const ids = sources.flatMap(({ imports }) =>
      imports.filter(({ target }) => target === undefined).map(({ id }) => id),
    )
    const foreign = ids.filter((id) => !builtinModules.includes(id.replace(/^node:/, '')))
    expect([...new Set(foreign)].sort()).toEqual(['#node', 'acorn', 'commander', 'esbuild'])
  })
})
