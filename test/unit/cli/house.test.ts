import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cycleIn, sourcesIn } from '../../support/imports.ts'

const cli = fileURLToPath(new URL('../../../cli/', import.meta.url))

/**
 * What a folder of the command may import beside itself and the files that lie in `cli/`. `commands`
 * are at the right end and may import all.
 */
const FOLDERS: Record<string, string[]> = {
  words: [],
  samples: [],
  stats: [],
  compare: ['samples', 'stats'],
  report: ['compare', 'samples', 'stats', 'words'],
  run: ['samples'],
  calibrate: ['run'],
  definitions: [],
  doctor: [],
  eject: [],
  init: [],
}

/** Other parts of the repository that a folder may import: the simulator and the relay are there to be started. */
const OUTSIDE: Record<string, RegExp> = {
  calibrate: /^\.\.\/simulator\//,
  commands: /^\.\.\/(simulator\/|relay\/(command|start)\.ts$)/,
}

const sources = sourcesIn(cli)
const files = sources.map(({ file }) => file)
/** What each file imports: files as paths from `cli/`, the rest as it is. */
const importsOf = new Map(
  sources.map(({ file, imports }) => [file, imports.map(({ id, target }) => target ?? id)]),
)
const imports = (file: string) => importsOf.get(file) ?? []

const folderOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')

describe('the folders of the command', () => {
  test('are those that are named, and no other', () => {
    const found = [...new Set(files.map(folderOf))].sort()
    expect(found).toEqual(['', 'commands', ...Object.keys(FOLDERS)].sort())
  })

  test.each(files)('%s imports what its folder may', (file) => {
    const folder = folderOf(file)
    for (const id of imports(file)) {
      if (!files.includes(id) && !id.startsWith('../')) continue // a package
      if (id.startsWith('../')) {
        expect(OUTSIDE[folder]?.test(id), `${file} imports ${id}`).toBe(true)
        continue
      }
      const from = folderOf(id)
      const may = [folder, '', ...(FOLDERS[folder] ?? [])]
      if (file !== 'main.ts' && folder !== 'commands') {
        expect(may, `${file} imports ${id}`).toContain(from)
      }
    }
  })

  test('every import of a file names one that is there', () => {
    for (const file of files) {
      for (const id of imports(file)) {
        if (/\.ts$/.test(id) && !id.startsWith('../')) expect(files, file).toContain(id)
      }
    }
  })

  test('the library is imported as #node alone, which needs no k6', () => {
    for (const file of files) {
      for (const id of imports(file)) expect(id, file).not.toMatch(/^\.\.\/(src|dist)\/|^k6(\/|$)/)
    }
    expect(files.filter((file) => imports(file).includes('#node')).length).toBeGreaterThan(10)
  })

  test('imports have no cycle, types included', () => {
    expect(cycleIn(sources)).toBeUndefined()
  })
})
