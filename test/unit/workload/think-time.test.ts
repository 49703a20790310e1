import { jStat } from 'jstat'
import { expect, test } from 'vitest'
import { thinkTime } from '../../../src/workload/profiles.ts'

const many = (make: () => number) => Array.from({ length: 5000 }, make)

test('fixed, even, exponential and lognormal pauses', () => {
  expect(thinkTime({ fixed: 2 })).toBe(2)
  const even = many(() => thinkTime(1, 3))
  expect([Math.min(...even) >= 1, Math.max(...even) <= 3]).toEqual([true, true])
  const exponential = many(() => thinkTime({ exponential: 5 }))
  expect(Math.abs(jStat.mean(exponential) - 5)).toBeLessThan(0.3)
  expect(Math.abs(jStat.stdev(exponential, true) - 5)).toBeLessThan(0.4)
  const lognormal = many(() => thinkTime({ lognormal: [4, 0.6], max: 60 })).sort((a, b) => a - b)
  expect(Math.abs((lognormal[2500] as number) - 4)).toBeLessThan(0.25)
  expect(() => thinkTime({ exponentiel: 5 } as never)).toThrow(/^k6-llm: thinkTime=/)
})
