import type { Dialect } from '../dialect.ts'
import { createDraft } from '../draft.ts'
import { parseJson } from '../json.ts'
import { castRun, learnMould, type Mould, type Run } from './mould.ts'

/**
 * After so many moulds that no event fitted a stream is read in full: one that writes the time
 * into each event would only be the dearer for learning.
 */
const MOST_WASTED = 4

/** Events whose words are taken at once. */
const AT_ONCE = 128

/** The words of events that were cast in one mould. */
export interface Cast extends Run {
  reasoning: boolean
}

/** Reads the ordinary events of one stream by the mould of those before. */
export interface Casting {
  /** The events from `from` on that are cast in the mould; `undefined` where not even one is. */
  take(data: string[], from: number): Cast | undefined
  /** Learns from an event that was read in full and did nothing but add these words. */
  learn(event: string, words: string, reasoning: boolean): void
  /** The next event is to be read in full. */
  forget(): void
}

/** @param keys how the words' key may be written, see `Dialect.words`; none: nothing is learnt */
export function createCasting(dialect: Dialect, keys: string[]): Casting {
  let mould: Mould | undefined
  let casts = 0 // times that the mould fitted
  let wasted = keys.length > 0 ? 0 : MOST_WASTED // moulds that fitted none
  return {
    take(data, from) {
      if (mould === undefined) return undefined
      const { count, words } = castRun(mould, data, from, Math.min(from + AT_ONCE, data.length))
      if (count === 0) return undefined
      casts++
      return { count, words, reasoning: mould.reasoning }
    },
    learn(event, words, reasoning) {
      if (wasted >= MOST_WASTED) return
      const learnt = learnMould(event, words, keys, reasoning)
      if (!learnt || !holds(learnt, dialect)) return
      if (mould && casts === 0) wasted++
      mould = wasted < MOST_WASTED ? learnt : undefined
      casts = 0
    },
    forget() {
      mould = undefined
    },
  }
}

/**
 * Whether the words of an event are where its mould has them: read in full with a word in their
 * place that no server sends, it must give that word, and nothing else that is said.
 */
function holds(mould: Mould, dialect: Dialect): boolean {
  const word = '\u2603k6-llm\u2603'
  const json = parseJson(mould.before + word + mould.after)
  if (json === undefined) return false
  const draft = createDraft()
  dialect.read(json, draft)
  const said = mould.reasoning ? draft.reasoning : draft.text
  return draft.generated && said.length === 1 && said[0] === word
}
