export type Locale = 'en' | 'ko'

/** The same by name, for who checks one and needs no words. */
export const LOCALES: readonly Locale[] = ['en', 'ko']

/**
 * A table of words in every language. The type is that of the English one, so that a language
 * which lacks a word does not compile:
 *
 * @example
 * const en = { title: 'Steadiness', windows: '{n} windows' }
 * const ko: typeof en = { title: '안정성', windows: '구간 {n}개' }
 * const WORDS: ByLanguage<typeof en> = { en, ko }
 * const title = wording(WORDS, (w) => w.title)
 */
export type ByLanguage<T> = { readonly [L in Locale]: T }

/** A text of a report in one language for all, or by language; `en` stands in for a missing one. */
export type Wording = string | { en: string; ko?: string }

/** A text in every language, from a table of words. */
export function wording<T>(words: ByLanguage<T>, text: (words: T) => string): Wording {
  return { en: text(words.en), ko: text(words.ko) }
}

/** A text in one language. */
export function worded(text: Wording, locale: Locale): string {
  return typeof text === 'string' ? text : (text[locale] ?? text.en)
}

/** Fills `{name}` in a text. */
export function fill(text: string, values: { [name: string]: string | number }): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    values[name] === undefined ? all : String(values[name]),
  )
}
