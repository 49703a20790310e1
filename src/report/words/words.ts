import { en, type Words } from './en.ts'
import { ko } from './ko.ts'
import type { ByLanguage } from './language.ts'

export type { Words } from './en.ts'

/** The words of the reports. */
export const WORDS: ByLanguage<Words> = { en, ko }

type Named = { readonly [name: string]: string | undefined }

/** A metric's name in the language; of a script's own metric, the one it has. */
export function metricName(metric: string, { metrics }: Words): string {
  const names: Named = metrics
  return names[metric] ?? metric
}

/** What stands behind a number of a unit; `undefined` where that is a word of no language. */
export function unitName(unit: string, { units }: Words): string | undefined {
  const names: Named = units
  return names[unit]
}
