import { createHash } from 'node:crypto'
import { encode as cl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base'
import { beforeEach, describe, expect, test } from 'vitest'
import { type SyntheticOptions, syntheticPrompts } from '../../../src/workload/synthetic.ts'
import { world } from '../../support/k6/execution.ts'

beforeEach(() => world.reset())

const base = { inputTokens: 200, outputTokens: 50, seed: 1 }
const make = (options: Partial<SyntheticOptions> = {}) => syntheticPrompts({ ...base, ...options })
const textOf = (prompts: ReturnType<typeof make>, index: number, shape = {}) =>
  prompts.at(index, shape).request.prompt as string

describe('length, counted by the tokenizers themselves', () => {
  const encoders = { o200k, cl100k }
  for (const language of ['en', 'ko'] as const) {
    for (const tokenizer of ['o200k', 'cl100k'] as const) {
      test.each([
        1, 2, 8, 33, 200, 1000, 10_000,
      ])(`${language}, ${tokenizer}: %i tokens`, (tokens) => {
        const prompts = make({ inputTokens: tokens, language, tokenizer })
        for (let i = 0; i < (tokens > 1000 ? 2 : 50); i++) {
          const text = textOf(prompts, i)
          const off = encoders[tokenizer](text).length - tokens
          // Short texts: a Korean word of cl100k is 2 to 6 tokens. Long ones: within 0.5 %.
          const most = tokens < 8 ? (language === 'ko' ? 3 : 0) : Math.max(2, tokens * 0.005)
          expect(Math.abs(off), `${i}: ${off} ${text.slice(0, 80)}`).toBeLessThanOrEqual(most)
        }
      })
    }
  }

  test.each([
    { sharedPrefix: 100 },
    { nonce: 'monday' },
    { sharedPrefix: { tokens: 64, groups: 4 }, nonce: 'tuesday' },
  ])('with %j the whole is as long', (options) => {
    for (let i = 0; i < 20; i++) {
      expect(Math.abs(o200k(textOf(make(options), i)).length - 200)).toBeLessThanOrEqual(2)
    }
  })

  test('100,000 tokens: right, and not made word by word', () => {
    const prompts = make({ inputTokens: 100_000 })
    const text = textOf(prompts, 0)
    expect(Math.abs(o200k(text).length - 100_000)).toBeLessThan(500)
    expect(textOf(prompts, 1).slice(0, 200)).not.toBe(text.slice(0, 200))
    // From one stock: what differs is its order.
    let drawn = 0
    const stock = new Set(text.split('. '))
    for (const sentence of textOf(prompts, 2).split('. ')) if (!stock.has(sentence)) drawn++
    expect(drawn).toBeLessThan(60)
  })
})

describe('the same traffic from the same seed', () => {
  test('by ordinal, whoever asks, in any order', () => {
    const one = make()
    const other = make()
    const order = [5, 0, 3]
    const texts = order.map((i) => textOf(one, i))
    expect(order.reverse().map((i) => textOf(other, i))).toEqual(texts.reverse())
    expect(textOf(make({ seed: 2 }), 5)).not.toBe(textOf(one, 5))
    expect(new Set(Array.from({ length: 500 }, (_, i) => textOf(one, i))).size).toBe(500)
  })

  test('as it was when this was written', () => {
    // Who changes this changes what every seed means.
    const digest = (language: 'en' | 'ko') => {
      const text = [0, 1, 2].map((i) => textOf(make({ language, inputTokens: 700 }), i)).join('\n')
      return createHash('sha256').update(text).digest('hex').slice(0, 16)
    }
    expect([digest('en'), digest('ko')]).toMatchInlineSnapshot(`
      [
        "4d21119fe23064eb",
        "b751d202a707748f",
      ]
    `)
  })

  test('next() is the prompt of the iteration; again in it, another one', () => {
    world.iteration = { inTest: 7, inScenario: 2, inInstance: 2 }
    const prompts = make()
    expect(prompts.next().request).toEqual(prompts.at(7).request)
    const second = prompts.next().request.prompt
    expect(second).not.toBe(textOf(prompts, 7))
    const again = make()
    again.next()
    expect(again.next().request.prompt).toBe(second)
    world.iteration = { inTest: 8, inScenario: 3, inInstance: 3 }
    expect(prompts.next().request).toEqual(prompts.at(8).request)
  })
})

test('lengths vary as they are asked to', () => {
  const prompts = make({
    inputTokens: { lognormal: [100, 0.8], min: 10, max: 500 },
    outputTokens: { uniform: [20, 40] },
  })
  const all = Array.from({ length: 2000 }, (_, i) => prompts.at(i))
  const inputs = all.map((p) => p.inputTokens).sort((a, b) => a - b)
  expect(Math.abs((inputs[1000] as number) / 100 - 1)).toBeLessThan(0.1)
  expect([inputs[0], inputs[1999]]).toEqual([10, 500])
  const outputs = all.map((p) => p.request.max_tokens as number)
  expect([Math.min(...outputs), Math.max(...outputs)]).toEqual([20, 40])
})

describe('prefix caches', () => {
  const prefixOf = (text: string, tokens: number) => o200k(text).slice(0, tokens).join()

  test('a shared prefix is shared, and the rest is not', () => {
    const prompts = make({ sharedPrefix: 100 })
    const texts = Array.from({ length: 20 }, (_, i) => textOf(prompts, i))
    expect(new Set(texts.map((text) => prefixOf(text, 98))).size).toBe(1)
    expect(new Set(texts.map((text) => prefixOf(text, 110))).size).toBe(20)
  })

  test('groups of them: as many, each about as likely', () => {
    const prompts = make({ sharedPrefix: { tokens: 50, groups: 4 } })
    const count: Record<string, number> = {}
    for (let i = 0; i < 400; i++) {
      const prefix = prefixOf(textOf(prompts, i), 48)
      count[prefix] = (count[prefix] ?? 0) + 1
    }
    expect(Object.keys(count)).toHaveLength(4)
    for (const n of Object.values(count)) expect(Math.abs(n - 100)).toBeLessThan(40)
  })

  test('not unique: all say the same', () => {
    const prompts = make({ unique: false })
    expect(textOf(prompts, 1)).toBe(textOf(prompts, 0))
  })

  test('a nonce comes first: nothing of another run is met, all of this one is', () => {
    const monday = make({ nonce: 'monday', sharedPrefix: 100 })
    const tuesday = make({ nonce: 'tuesday', sharedPrefix: 100 })
    expect(prefixOf(textOf(monday, 0), 4)).not.toBe(prefixOf(textOf(tuesday, 0), 4))
    expect(prefixOf(textOf(monday, 0), 100)).toBe(prefixOf(textOf(monday, 1), 100))
    world.scenarioStart = 1
    const first = textOf(make({ nonce: true }), 0)
    world.scenarioStart = 2
    expect(textOf(make({ nonce: true }), 0)).not.toBe(first)
  })

  test('blocks of a trace: equal ids are equal text', () => {
    const prompts = make()
    const a = textOf(prompts, 0, { inputTokens: 1100, blocks: [4, 5, 6] })
    const b = textOf(prompts, 1, { inputTokens: 1536, blocks: [4, 5, 7] })
    expect(Math.abs(o200k(a).length - 1100)).toBeLessThan(6)
    expect(prefixOf(b, 1020)).toBe(prefixOf(a, 1020))
    expect(prefixOf(b, 1060)).not.toBe(prefixOf(a, 1060))
  })
})

test('forceOutput asks for the whole length', () => {
  expect(make({ forceOutput: true }).at(0).request).toMatchObject({
    max_tokens: 50,
    min_tokens: 50,
    ignore_eos: true,
  })
  expect(make().at(0).request).not.toHaveProperty('ignore_eos')
})

test('what is wrong is refused, with the value and the fix', () => {
  expect(() => make({ language: 'de' as 'en' })).toThrow(/language="de": expected 'en' or 'ko'/)
  expect(() => make({ tokenizer: 'x' as 'o200k' })).toThrow(/tokenizer="x": expected o200k, cl100k/)
  expect(() => make({ sharedPrefix: 200 })).toThrow(/sharedPrefix=200 is part of inputTokens=200/)
  expect(() => make({ sharedPrefix: 1.5 })).toThrow(/sharedPrefix=1.5: expected tokens/)
  expect(() => make({ inputTokens: -1 })).toThrow(/inputTokens=-1/)
  expect(() => make({ tokens: 3 } as never)).toThrow(/unknown option "tokens"/)
})
