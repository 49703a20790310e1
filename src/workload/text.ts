import { type Random, randomAt } from '../core/random.ts'
import { ENGLISH, KOREAN, TOKENIZERS } from './words.ts'

export type Tokenizer = (typeof TOKENIZERS)[number]

export interface Writer {
  /** Sentences of so many tokens, a full stop counted as one. */
  write(random: Random, tokens: number): string
}

/**
 * A long text is a beginning of its own, and then blocks from a small stock in any order: 100,000
 * tokens are 400 pieces to put together, not 80,000 words to draw.
 */
const OWN = 64
const BLOCK = 256
const STOCK = 64
const STOCK_SEED = 0x73746f63

/** Words of a sentence: 6 to 13. */
const SHORTEST = 6
const SPREAD = 8

/** Makes a writer of random sentences; its stock is made as it is used. */
export function createWriter(language: 'en' | 'ko', tokenizer: Tokenizer, seed: number): Writer {
  const english = language === 'en'
  // Words by how many tokens they are.
  const words: string[] = []
  const costs: number[] = []
  const digit = TOKENIZERS.indexOf(tokenizer)
  for (const entry of (english ? ENGLISH : KOREAN).split(' ')) {
    const at = english ? entry.length : entry.length - TOKENIZERS.length
    words.push(entry.slice(0, at))
    costs.push(english ? 1 : Number(entry.charAt(at + digit)))
  }
  const stock: string[] = []

  function sentences(random: Random, tokens: number): string {
    const all: string[] = []
    let left = tokens
    while (left > 1) {
      const sentence: string[] = []
      let length = SHORTEST + Math.floor(random.next() * SPREAD)
      while (length > 0 && left > 1) {
        let pick = Math.floor(random.next() * words.length)
        // The next word that fits in front of the full stop, if there is one.
        let tries = words.length
        while ((costs[pick] as number) > left - 1 && tries-- > 0) pick = (pick + 1) % words.length
        if (tries < 0) break
        sentence.push(words[pick] as string)
        left -= costs[pick] as number
        length--
      }
      if (sentence.length === 0) break
      const text = sentence.join(' ')
      all.push(`${english ? text.charAt(0).toUpperCase() + text.slice(1) : text}.`)
      left--
      // One token left over is a word without its full stop.
      if (left === 1 && english) {
        all.push(words[Math.floor(random.next() * words.length)] as string)
        left--
      }
    }
    if (all.length === 0 && tokens > 0) return words[0] as string
    return all.join(' ')
  }

  return {
    write(random, tokens) {
      if (tokens <= OWN + BLOCK) return sentences(random, tokens)
      const blocks = Math.floor((tokens - OWN) / BLOCK)
      const parts = [sentences(random, tokens - blocks * BLOCK)]
      for (let i = 0; i < blocks; i++) {
        const pick = Math.floor(random.next() * STOCK)
        if (stock[pick] === undefined) {
          stock[pick] = sentences(randomAt(seed ^ STOCK_SEED, pick), BLOCK)
        }
        parts.push(stock[pick] as string)
      }
      return parts.join(' ')
    },
  }
}
