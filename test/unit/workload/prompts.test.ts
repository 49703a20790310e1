import { beforeEach, describe, expect, test } from 'vitest'
import { thinkTime } from '../../../src/workload/profiles.ts'
import { type PromptOptions, pickPrompt, promptSets } from '../../../src/workload/prompts.ts'
import { world } from '../../support/k6/execution.ts'

beforeEach(() => {
  world.reset()
  world.init = true
})

const COMPLEXITIES = ['simple', 'medium', 'complex'] as const
const pick = (n: number, options?: PromptOptions) =>
  Array.from({ length: n }, () => pickPrompt(options))

describe('promptSets', () => {
  test('have five or more different prompts each, in their language', () => {
    for (const language of ['ko', 'en'] as const) {
      for (const complexity of COMPLEXITIES) {
        const set = promptSets[language][complexity]
        expect(new Set(set).size).toBe(set.length)
        expect(set.length).toBeGreaterThanOrEqual(5)
        for (const prompt of set) expect(/[가-힣]/.test(prompt)).toBe(language === 'ko')
      }
    }
  })

  test('grow with their complexity', () => {
    const length = (set: string[]) =>
      set.reduce((sum, prompt) => sum + prompt.length, 0) / set.length
    for (const sets of Object.values(promptSets)) {
      expect(length(sets.simple)).toBeLessThan(length(sets.medium))
      expect(length(sets.medium) * 1.5).toBeLessThan(length(sets.complex))
    }
  })
})

describe('pickPrompt', () => {
  test('gives a prompt of the set that it names, with the bound of its answer', () => {
    for (const { prompt, complexity, language, max_tokens } of pick(200)) {
      expect(promptSets[language][complexity]).toContain(prompt)
      expect(max_tokens).toBe(complexity === 'complex' ? 500 : 200)
    }
  })

  test('follows the weights: 40 / 40 / 20 unless told otherwise, both languages', () => {
    const picked = pick(4000)
    const share = (complexity: string) =>
      picked.filter((p) => p.complexity === complexity).length / picked.length
    // Three standard deviations of a share of 0.4 in 4000 are 0.023.
    expect(share('simple')).toBeCloseTo(0.4, 1)
    expect(Math.abs(share('medium') - 0.4)).toBeLessThan(0.025)
    expect(Math.abs(share('complex') - 0.2)).toBeLessThan(0.02)
    const korean = picked.filter((p) => p.language === 'ko').length / picked.length
    expect(Math.abs(korean - 0.5)).toBeLessThan(0.025)
  })

  test('never picks what has no weight', () => {
    const only = new Set(pick(100, { weights: { medium: 0.1 } }).map((p) => p.complexity))
    expect([...only]).toEqual(['medium'])
    const two = new Set(
      pick(300, { weights: { simple: 1, medium: 0, complex: 1 } }).map((p) => p.complexity),
    )
    expect([...two].sort()).toEqual(['complex', 'simple'])
  })

  test('speaks the language that was asked for', () => {
    expect(new Set(pick(50, { language: 'ko' }).map((p) => p.language))).toEqual(new Set(['ko']))
    expect(new Set(pick(50, { language: 'en' }).map((p) => p.language))).toEqual(new Set(['en']))
  })

  test.each([
    [{ weights: { hard: 1 } }, /weights\.hard=1: expected numbers, 0 or more, of simple/],
    [{ weights: { simple: -1 } }, /weights\.simple=-1/],
    [{ weights: { simple: Number.NaN } }, /weights\.simple=NaN/],
    [{ weights: { simple: 'much' } }, /weights\.simple="much"/],
    [{ weights: { simple: 0 } }, /weights=\{"simple":0\}: expected at least one above 0/],
    [{ weights: {} }, /expected at least one above 0/],
    [{ language: 'de' }, /language="de": expected 'ko', 'en' or 'both'/],
  ])('refuses %j', (options, message) => {
    expect(() => pickPrompt(options as PromptOptions)).toThrow(message)
  })
})

describe('thinkTime', () => {
  test('is spread over 1 to 3 seconds, or what was asked for', () => {
    const pauses = Array.from({ length: 500 }, () => thinkTime())
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1)
    expect(Math.min(...pauses)).toBeLessThan(1.1)
    expect(Math.max(...pauses)).toBeLessThan(3)
    expect(Math.max(...pauses)).toBeGreaterThan(2.9)
    expect(thinkTime(2, 2)).toBe(2)
    expect(thinkTime(0, 0)).toBe(0)
  })

  test.each([
    [3, 1],
    [-1, 1],
    [Number.NaN, 1],
    [0, Infinity],
  ])('refuses %d to %d', (min, max) => {
    expect(() => thinkTime(min, max)).toThrow(/expected seconds, 0 <= min <= max/)
  })
})
