import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cycleIn, sourcesIn } from '../support/imports.ts'

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
  'workload/start-spread.ts', // sleep, and how many begin at once
  'xk6-sse.ts',
]

const sources = sourcesIn(src)
const files = sources.map(({ file }) => file)

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

  test.each(sources)('$file imports only from its left', ({ file, imports }) => {
    if (ENTRIES.includes(file)) return
    const own = ROOMS.indexOf(roomOf(file))
    for (const { target } of imports) {
      if (target === undefined) continue
      const room = ROOMS.indexOf(roomOf(target))
      expect(room, `${file} imports ${target}`).toBeGreaterThanOrEqual(0)
      expect(room, `${file} imports ${target}`).toBeLessThanOrEqual(own)
    }
  })

  test('k6 comes in by named doors', () => {
    const doors = sources.filter(({ imports }) => imports.some(({ id }) => /^k6(\/|$)/.test(id)))
    expect(doors.map(({ file }) => file)).toEqual(DOORS)
  })

  test('only the second entry names the extension', () => {
    for (const { file, imports } of sources.filter(({ file }) => file !== 'xk6-sse.ts')) {
      expect(
        imports.map(({ id }) => id),
        file,
      ).not.toContain('k6/x/sse')
    }
  })

  test('imports have no cycle, types included', () => {
    expect(cycleIn(sources)).toBeUndefined()
  })
})
