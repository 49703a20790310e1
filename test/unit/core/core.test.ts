import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { formatDuration, parseDuration } from '../../../src/core/duration.ts'
import { baseUrlFromEnv, env, errorRateFromEnv } from '../../../src/core/env.ts'
import { misuse, show, UsageError } from '../../../src/core/errors.ts'
import { percentile } from '../../../src/core/percentile.ts'
import { createRandom, mixSeed, uuidv4 } from '../../../src/core/random.ts'
import { nearest } from '../../../src/core/suggest.ts'
import { checkBackend } from '../../../src/models/backends/index.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { checkApi } from '../../../src/stream/dialects/index.ts'
import { profiles } from '../../../src/workload/profiles.ts'
import { Aborted, world } from '../../support/k6/execution.ts'

const global = globalThis as unknown as { __ENV: Record<string, string>; __VU: number }

beforeEach(() => {
  world.reset()
  world.init = true
  global.__ENV = {}
  global.__VU = 1
})
afterEach(() => vi.restoreAllMocks())

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['500us', 0.5],
    ['500µs', 0.5],
    ['1d', 86_400_000],
    ['0', 0],
    [1234, 1234],
    [0, 0],
  ])('%j is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each([
    '',
    'soon',
    '10',
    '5 m',
    '-5s',
    '5s!',
    's',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    {},
  ])('%j is none', (value) => expect(parseDuration(value)).toBeUndefined())

  test('are written as k6 reads them', () => {
    expect([formatDuration(90_000), formatDuration(1500), formatDuration(0)]).toEqual([
      '90s',
      '1500ms',
      '0s',
    ])
  })
})

describe('variables', () => {
  test('unset and empty give the fallback', () => {
    global.__ENV = { EMPTY: '  ' }
    expect(env.string('EMPTY', 'x')).toBe('x')
    expect(env.string('UNSET')).toBeUndefined()
    expect(env.number('EMPTY', 5)).toBe(5)
    expect(env.duration('UNSET', 7)).toBe(7)
    expect(env.url('UNSET', 'http://x')).toBe('http://x')
  })

  test('are read with their types', () => {
    global.__ENV = { N: '12', D: '2m', S: '0.05', U: 'https://x.example/base///' }
    expect(env.number('N', 1, { min: 1, integer: true })).toBe(12)
    expect(env.duration('D')).toBe(120_000)
    expect(env.share('S')).toBe(0.05)
    expect(env.url('U')).toBe('https://x.example/base')
    global.__ENV = { L: 'org/a:8b, b', J: '["a,b","c d"]' }
    expect(env.list('L')).toEqual(['org/a:8b', 'b'])
    expect(env.list('J')).toEqual(['a,b', 'c d'])
    expect(env.list('UNSET')).toBeUndefined()
  })

  test.each([
    [
      () => env.number('X', 1, { min: 1, integer: true }),
      'abc',
      'X="abc": expected a whole number, 1 or more, like -e X=10',
    ],
    [
      () => env.number('X', 1, { min: 1, integer: true }),
      '2.5',
      'X="2.5": expected a whole number, 1 or more',
    ],
    [
      () => env.number('X', 1, { min: 1, integer: true }),
      '0',
      'X="0": expected a whole number, 1 or more',
    ],
    [() => env.share('X'), '5', 'X="5": expected a number from 0 to 1, like -e X=0.01'],
    [
      () => env.duration('X'),
      '300',
      'X="300": expected a duration with its unit, like -e X=5m or 90s',
    ],
    [() => env.duration('X'), '0s', 'X="0s": expected a duration with its unit'],
    [
      () => env.url('X'),
      'localhost:8000',
      'X: expected an address that begins with http:// or https://, got "localhost:8000"',
    ],
    [() => env.url('X'), 'http://', 'X: expected an address'],
    [() => env.list('X'), 'a,,b', 'X="a,,b": expected names, like -e X=a,b'],
    [() => env.list('X'), '["a"', 'expected names'],
    [() => env.list('X'), '[1]', 'expected names'],
  ])('%s', (read, value, message) => {
    global.__ENV = { X: value }
    expect(read).toThrow(message)
    expect(read).toThrow(UsageError)
  })

  test('API_BASE_URL wins, with one warning where they differ', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    global.__ENV = { BASE_URL: 'http://b' }
    expect(baseUrlFromEnv()).toBe('http://b')
    global.__ENV = { BASE_URL: 'http://same/', API_BASE_URL: 'http://same' }
    expect(baseUrlFromEnv()).toBe('http://same')
    expect(warn).not.toHaveBeenCalled()
    global.__ENV = { BASE_URL: 'http://b', API_BASE_URL: 'http://a' }
    expect([baseUrlFromEnv(), baseUrlFromEnv()]).toEqual(['http://a', 'http://a'])
    expect(warn.mock.calls).toEqual([
      ['k6-llm: API_BASE_URL="http://a" and BASE_URL="http://b" differ: API_BASE_URL is used'],
    ])
  })

  test('a warning is written by the first VU alone', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    global.__VU = 2
    global.__ENV = { ERROR_THRESHOLD: '0.1', ERROR_RATE_THRESHOLD: '0.2' }
    expect(errorRateFromEnv()).toBe(0.2)
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('wrong use', () => {
  test('throws at init and aborts the test in VU code', () => {
    expect(() => misuse('x: expected y')).toThrow(UsageError)
    expect(() => misuse('x: expected y')).toThrow(/^k6-llm: x: expected y$/)
    expect(world.aborted).toBeUndefined()
    world.init = false
    expect(() => misuse('x: expected y')).toThrow(Aborted)
    expect(world.aborted).toBe('k6-llm: x: expected y')
  })

  test('is one line of k6: no stack, no name of a class before it', () => {
    let thrown: unknown
    try {
      misuse('x: expected y')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(Error)
    expect(String(thrown)).toBe('k6-llm: x: expected y')
    expect((thrown as Error).stack).toBeUndefined()
  })

  test.each([
    ['openai-caht', 'openai-chat'],
    ['openai-completion', 'openai-completions'],
    ['Gateway', 'gateway'],
    ['gatway', 'gateway'],
    ['vllm', undefined],
    ['x', undefined],
    ['', undefined],
    [5, undefined],
  ])('of %j, meant is %j', (given, meant) => {
    expect(nearest(given, ['openai-chat', 'openai-completions', 'gateway'])).toBe(meant)
  })

  test('a wrong API, backend, preset and profile say which was meant', () => {
    expect(() => checkApi('openai-caht')).toThrow(/got "openai-caht"; did you mean openai-chat\?$/)
    expect(() => checkApi('openai')).toThrow(
      /did you mean openai-chat or openai-completions or openai-responses\?$/,
    )
    expect(() => checkBackend('olama')).toThrow(/got "olama"; did you mean ollama\?$/)
    expect(() => Reflect.get(slaPresets, 'guideStreming')).toThrow(
      'slaPresets.guideStreming: no such name; did you mean slaPresets.guideStreaming?',
    )
    expect(() => Reflect.get(profiles, 'laod')).toThrow(
      'profiles.laod: no such name; did you mean profiles.load?',
    )
    expect(Reflect.get(profiles, 'toJSON')).toBeUndefined()
    expect(JSON.stringify(slaPresets)).toContain('guideStreaming')
  })

  test('shows any value', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect([undefined, null, 'a', 5, [1], () => 1].map(show)).toEqual([
      'undefined',
      'null',
      '"a"',
      '5',
      '[1]',
      'a function',
    ])
    expect(show(circle)).toBe('[object Object]')
    expect(show('x'.repeat(200))).toHaveLength(80)
  })
})

describe('random numbers', () => {
  test('repeat with their seed and differ with another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).next)
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(mixSeed(1, 0)).not.toBe(mixSeed(1, 1))
  })

  test('are spread evenly: chi-square of 100,000 in 100 cells', () => {
    const random = createRandom(1)
    const cells = Array(100).fill(0)
    for (let i = 0; i < 100_000; i++) cells[Math.floor(random.next() * 100)]++
    const chi = cells.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)
    // 99 degrees of freedom: 99.9 % of fair generators lie under 149, 0.1 % under 61.
    expect(chi).toBeGreaterThan(61)
    expect(chi).toBeLessThan(149)
  })

  test('integers reach both ends', () => {
    const random = createRandom(3)
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(2, 4)))
    expect([...seen].sort()).toEqual([2, 3, 4])
  })

  test('have the names and results of k6-utils, by SEED and VU', async () => {
    const draw = async (vu: number, seed?: string) => {
      vi.resetModules()
      global.__VU = vu
      global.__ENV = seed === undefined ? {} : { SEED: seed }
      const lib = await import('../../../src/core/random.ts')
      return [lib.randomIntBetween(1, 1e9), lib.randomItem(['a', 'b', 'c']), lib.uuidv4()]
    }
    expect(await draw(1)).toEqual(await draw(1, '1'))
    expect(await draw(1)).not.toEqual(await draw(2))
    expect(await draw(1)).not.toEqual(await draw(1, '2'))
  })

  test('UUIDs are of version 4', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    for (const id of [uuidv4(), uuidv4(), uuidv4(true)]) expect(id).toMatch(form)
    expect(new Set(Array.from({ length: 500 }, () => uuidv4())).size).toBe(500)
  })
})

test('percentiles lie between ranks, as k6 takes them', () => {
  const values = Array.from({ length: 101 }, (_, i) => i)
  expect([0, 0.5, 0.99, 1].map((p) => percentile(values, p))).toEqual([0, 50, 99, 100])
  expect(percentile(Float64Array.of(1, 2), 0.5)).toBe(1.5)
  expect(percentile([10, 20, 30], 0.99)).toBeCloseTo(29.8)
  expect(percentile([7], 0.3)).toBe(7)
  expect(percentile([], 0.5)).toBe(0)
})
