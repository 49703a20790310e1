import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** A room imports only from its left, and from itself. */
const ROOMS = ['core', 'stream', 'chat', 'metrics', 'models', 'sla', 'workload', 'report', 'client']

/** The entries of the package, at the right end: they may import from every room. */
const ENTRIES = ['index.ts', 'node.ts', 'xk6-sse.ts']

/** Where k6 comes in. Everything else is plain data and runs anywhere. */
const DOORS = [
  'chat/address.ts', // k6/encoding
  'chat/connect.ts',
  'chat/login.ts', // k6/encoding
  'chat/transports/http.ts',
  'chat/transports/relay.ts',
  'core/clock.ts',
  'core/errors.ts', // to abort a test that is used wrongly
  'core/iteration.ts', // where a VU stands in its scenario
  'core/random.ts', // k6/crypto
  'metrics/recorder.ts',
  'models/one-vu.ts', // the scenario's VUs
  'models/server.ts', // sleep between two looks
  'workload/arrivals.ts', // sleep
  'workload/lag.ts', // sleep
  'workload/model-switches.ts', // sleep between two switches
  'workload/shared-rows.ts', // k6/data
  'xk6-sse.ts',
]

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.split(sep).join('/'))
  .sort()

/** What a file imports, types included. */
function imports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  const statement = /^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm
  return [...text.matchAll(statement)].map((match) => (match[1] ?? match[2]) as string)
}

/** What a file imports of the house, as paths from `src`. */
function ownImports(file: string): string[] {
  return imports(file)
    .filter((id) => id.startsWith('.'))
    .map((id) =>
      relative(src, resolve(dirname(join(src, file)), id))
        .split(sep)
        .join('/'),
    )
}

/** `''` for the entries, which are in none. */
const roomOf = (file: string) => file.slice(0, Math.max(file.indexOf('/'), 0))

describe('the house', () => {
  test('has the rooms that are named, and no other', () => {
    const rooms = files.map(roomOf).filter((room) => room !== '')
    expect([...new Set(rooms)].sort()).toEqual([...ROOMS].sort())
  })

  test('has only its entries at the top', () => {
    expect(files.filter((file) => roomOf(file) === '')).toEqual(ENTRIES)
  })

  test.each(files)('%s imports only from its left', (file) => {
    if (ENTRIES.includes(file)) return
    const own = ROOMS.indexOf(roomOf(file))
    for (const target of ownImports(file)) {
      const room = ROOMS.indexOf(roomOf(target))
      expect(room, `${file} imports ${target}`).toBeGreaterThanOrEqual(0)
      expect(room, `${file} imports ${target}`).toBeLessThanOrEqual(own)
    }
  })

  test('k6 comes in by named doors', () => {
    const doors = files.filter((file) => imports(file).some((id) => /^k6(\/|$)/.test(id)))
    expect(doors).toEqual(DOORS)
  })

  test('only the second entry names the extension', () => {
    for (const file of files.filter((file) => file !== 'xk6-sse.ts')) {
      expect(imports(file), file).not.toContain('k6/x/sse')
    }
  })

  test('imports have no cycle, types included', () => {
    const graph = new Map(files.map((file) => [file, ownImports(file)]))
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
