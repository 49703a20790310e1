import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OptionError, readOptions } from '../../../simulator/control/configure.ts'
import { createRandom, drawAround } from '../../../simulator/core/random.ts'
import { flavors } from '../../../simulator/flavors/index.ts'
import { faultNames } from '../../../simulator/options/faults.ts'
import { flavorNames } from '../../../simulator/options/names.ts'
import { optionTable } from '../../../simulator/options/table.ts'
import { createSimulator } from '../../../simulator/server.ts'
import { planPace } from '../../../simulator/timing/pace.ts'
import { start } from './support.ts'

const folder = new URL('../../../simulator/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8')

describe('close', () => {
  test('ends open streams and may be called twice', async () => {
    const { simulator, send, url } = await start({ flavor: 'vllm', itl: 60_000 })
    const request = { messages: [{ role: 'user', content: 'x' }], stream: true }
    const reply = await send('/v1/chat/completions', request)
    await Promise.all([simulator.close(), simulator.close()])
    await simulator.close()
    await expect(reply.text()).rejects.toThrow()
    await expect(fetch(url)).rejects.toThrow()
  })

  test('of one that never listened', async () => {
    await createSimulator().close()
  })
})

test('a port that is in use rejects', async () => {
  const { port } = await start()
  await expect(createSimulator({ port }).listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

describe('options', () => {
  test('of the programmatic API have the messages of the command line', () => {
    expect(() => createSimulator({ ttft: -1 })).toThrow(
      new OptionError('ttft -1: expected milliseconds, a number of 0 or more, like 300'),
    )
    expect(() => createSimulator({ nothing: 1 })).toThrow(OptionError)
  })

  test('are the same again when they are read again', () => {
    const options = readOptions({
      fault: 'reset:3=0.1,429:date=0.2',
      switchFaultFor: 'fail=phi3-mini,fail=llama3-70b',
      models: 'a, b,a',
    })
    expect(options).toMatchObject({
      fault: { 'reset:3': 0.1, '429:date': 0.2 },
      switchFaultFor: { fail: ['phi3-mini', 'llama3-70b'] },
      models: ['a', 'b'],
      requireAuth: true,
    })
    expect(readOptions({ ...options })).toEqual(options)
  })
})

describe('planPace', () => {
  const plan = (
    given: Record<string, unknown>,
    request: { ordinal?: number; cold?: boolean } = {},
  ) =>
    planPace(readOptions(given), {
      random: createRandom(1, request.ordinal ?? 1),
      cold: request.cold ?? false,
    })

  test('is exact without a spread', () => {
    const pace = plan({ ttft: 300, itl: 20 })
    expect([pace.next(1), pace.next(1), pace.next(3)]).toEqual([300, 320, 380])
  })

  test('adds the cold time once', () => {
    const pace = plan({ ttft: 300, itl: 20, coldTtft: 400 }, { cold: true })
    expect([pace.next(1), pace.next(1)]).toEqual([700, 720])
  })

  test('stays within the spread, repeats, and differs between requests', () => {
    const gaps = (ordinal: number) => {
      const pace = plan({ ttft: 300, itl: 20, spread: 0.2 }, { ordinal })
      const times = Array.from({ length: 500 }, () => pace.next(1) as number)
      return times.map((time, i) => time - (times[i - 1] ?? 0))
    }
    const [ttft = 0, ...rest] = gaps(1)
    expect(ttft).toBeGreaterThanOrEqual(240)
    expect(ttft).toBeLessThanOrEqual(360)
    expect(Math.min(...rest)).toBeGreaterThanOrEqual(16 - 1e-6)
    expect(Math.max(...rest)).toBeLessThanOrEqual(24 + 1e-6)
    expect(Math.max(...rest) - Math.min(...rest)).toBeGreaterThan(6)
    expect(gaps(1)).toEqual(gaps(1))
    expect(gaps(1)).not.toEqual(gaps(2))
  })

  test('draws evenly', () => {
    const random = createRandom('evenly')
    const draws = Array.from({ length: 20_000 }, () => drawAround(100, 0.5, random))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    // Seeded: this is one number, not a matter of luck.
    expect(mean).toBeCloseTo(100, 0)
    const upper = draws.filter((draw) => draw > 125).length / draws.length
    expect(upper).toBeCloseTo(0.25, 1)
  })
})

test('the README names every flavor with its paths, every option and every fault', () => {
  const readme = read('README.md')
  for (const name of flavorNames) {
    const [row = ''] = readme.match(new RegExp(`^\\| \`${name}\`.*$`, 'm')) ?? []
    for (const { path } of flavors[name].routes) expect(row, name).toContain(path)
  }
  for (const { flag } of Object.values(optionTable)) expect(readme).toContain(`\`${flag}`)
  for (const name of faultNames) expect(readme).toMatch(new RegExp(`^\\| \`${name}[\`:]`, 'm'))
})
