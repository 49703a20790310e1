import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** A room imports only from its left, and from itself. */
const ROOMS = ['core', 'stream', 'chat', 'models', 'metrics', 'sla', 'workload', 'report']

/** Where k6 comes in. Everything else is plain data and runs anywhere. */
const DOORS = [
  'chat/connect.ts',
  'chat/login.ts', // k6/encoding
  'chat/transports/http.ts',
  'chat/transports/relay.ts',
  'core/clock.ts',
  'core/errors.ts', // to abort a test that is used wrongly
  'core/iteration.ts', // where a VU stands in its scenario
  'core/random.ts', // k6/crypto
  'metrics/recorder.ts',
  'model-switch.ts', // sleep between two switches
  'models/one-vu.ts', // the scenario's VUs
  'models/server.ts', // sleep between two looks
  'workload/arrivals.ts', // sleep
  'workload/lag.ts', // sleep
  'workload/shared-rows.ts', // k6/data
  'xk6-sse.ts',
]

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.split(sep).join('/'))
  .sort()

/** What a file imports; types alone are gone when it runs. */
function imports(file: string, types = true): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  const statement = /^(?:import|export)\s(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm
  return [...text.matchAll(statement)]
    .filter((match) => types || match[1] === undefined)
    .map((match) => (match[2] ?? match[3]) as string)
}

const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '(house)')

describe('the house', () => {
  test('has the rooms that are named, and no other', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...ROOMS, '(house)'].sort())
  })

  test.each(files)('%s imports only from its left', (file) => {
    const own = ROOMS.indexOf(roomOf(file))
    for (const id of imports(file)) {
      if (!id.startsWith('.')) continue
      const target = relative(src, resolve(dirname(join(src, file)), id))
        .split(sep)
        .join('/')
      const room = ROOMS.indexOf(roomOf(target))
      if (own === -1) continue // client.ts, index.ts and their like stand at the right end
      expect(room, `${file} imports ${id}`).toBeGreaterThanOrEqual(0)
      expect(room, `${file} imports ${id}`).toBeLessThanOrEqual(own)
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

  test('imports have no cycle', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        imports(file, false)
          .filter((id) => id.startsWith('.'))
          .map((id) =>
            relative(src, resolve(dirname(join(src, file)), id))
              .split(sep)
              .join('/'),
          ),
      ]),
    )
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
