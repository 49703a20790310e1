import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStarts } from '../../../relay/starts.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('one in each turn of the loop, in the order in which they came', () => {
  const starts = createStarts()
  const begun: string[] = []
  for (const name of ['a', 'b', 'c']) starts.add(() => begun.push(name))
  expect(begun).toEqual([])
  vi.advanceTimersToNextTimer()
  expect(begun).toEqual(['a'])
  vi.advanceTimersToNextTimer()
  starts.add(() => begun.push('d'))
  vi.advanceTimersToNextTimer()
  vi.advanceTimersToNextTimer()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  expect(vi.getTimerCount()).toBe(0)
})

test('one that fails does not keep the next from starting', () => {
  const starts = createStarts()
  const begun: string[] = []
  starts.add(() => {
    throw new Error('refused')
  })
  starts.add(() => begun.push('next'))
  expect(() => vi.advanceTimersToNextTimer()).toThrow('refused')
  vi.advanceTimersToNextTimer()
  expect(begun).toEqual(['next'])
})
