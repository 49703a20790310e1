import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

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

const files = readdirSync(simulator, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'))
  .sort()

const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '(door)')

/** Everything that a file imports, types and `import()` included. */
function imports(file: string): string[] {
  const text = readFileSync(join(simulator, file), 'utf8')
  const statement =
    /^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...text.matchAll(statement)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

/** A file of the simulator as this test names it; one outside begins with `..`. */
const targetOf = (file: string, id: string) =>
  relative(simulator, resolve(dirname(join(simulator, file)), id))
    .split(sep)
    .join('/')

const graph = new Map(
  files.map((file) => [
    file,
    imports(file)
      .filter((id) => id.startsWith('.'))
      .map((id) => targetOf(file, id)),
  ]),
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
    const packages = files.flatMap(imports).filter((id) => !/^\.|^node:/.test(id))
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
    const done = new Set<string>()
    const walk = (file: string, path: string[]) => {
      expect(path, `a cycle: ${[...path, file].join(' → ')}`).not.toContain(file)
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) walk(next, [...path, file])
      done.add(file)
    }
    for (const file of files) walk(file, [])
  })
})
