import { type ByLanguage, type Locale, WORDS as OURS } from '#node'
import { en, type Words } from './en.ts'
import { ko } from './ko.ts'

export const WORDS: ByLanguage<Words> = { en, ko }

/** A text in each language, as a report's record keeps it. */
export type InEach = ByLanguage<string>

/** @example inEach((words) => words.sweep.bend('rate=8')) */
export function inEach(text: (words: Words, locale: Locale) => string): InEach {
  return { en: text(en, 'en'), ko: text(ko, 'ko') }
}

/** A metric's name as the library's reports have it: `llm_ttft` is `TTFT`. */
export function nameOf(metric: string): InEach {
  const named = (names: Readonly<Record<string, string>>) => names[metric] ?? metric
  return { en: named(OURS.en.metrics), ko: named(OURS.ko.metrics) }
}
