import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cycleIn, sourcesIn } from '../../support/imports.ts'

const simulator = fileURLToPath(new URL('../../../simulator/', import.meta.url))

/** A room imports only from its left, and from itself; types count as well. */
const ROOMS = [
  'core',
  'options',
  'request',
  'timing',
  'events',
  'models',
  'network',
  'record',
  'exchange',
  'answer',
  'flavors',
  'control',
]

/** Where a newcomer starts: what others import or run. They stand at the right end. */
const DOORS = ['command.ts', 'main.ts', 'proxy.ts', 'server.ts']

/** What comes from outside: Node itself is not listed. */
const PACKAGES = ['commander', 'prom-client']

const sources = sourcesIn(simulator)
const files = sources.map(({ file }) => file)

const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '(door)')

/** What each file imports of the simulator; a file outside begins with `..`. */
const graph = new Map(
  sources.map(({ file, imports }) => [file, imports.flatMap(({ target }) => target ?? [])]),
)

describe('the house of the simulator', () => {
  test('has the rooms that are named, and four doors', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== '(door)'))
    expect([...rooms].sort()).toEqual([...ROOMS].sort())
    expect(files.filter((file) => roomOf(file) === '(door)')).toEqual(DOORS)
  })

  test('imports nothing but its own files, Node and two packages', () => {
    expect([...graph.values()].flat().length).toBeGreaterThan(300)
    for (const [file, targets] of graph) {
      for (const target of targets) expect(files, `${file} imports ${target}`).toContain(target)
    }
    const ids = sources.flatMap(({ imports }) => imports.map(({ id }) => id))
    const packages = ids.filter((id) => !/^\.|^node:/.test(id))
    expect([...new Set(packages)].sort()).toEqual(PACKAGES)
  })

  test.each(
    files.filter((file) => !DOORS.includes(file)),
  )('%s imports only from its left', (file) => {
    for (const target of graph.get(file) ?? []) {
      const room = ROOMS.indexOf(roomOf(target))
      expect(room, `${file} imports ${target}`).toBeGreaterThanOrEqual(0)
      expect(room, `${file} imports ${target}`).toBeLessThanOrEqual(ROOMS.indexOf(roomOf(file)))
    }
  })

  test('imports have no cycle, types included', () => {
    expect(cycleIn(sources)).toBeUndefined()
  })
})
