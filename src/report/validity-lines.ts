import { VALIDITY_LIMITS } from '../workload/validity.ts'
import { formatBeside, formatGoal, formatNumber } from './format.ts'
import { wrap } from './layout.ts'
import type { Validity, ValidityReason } from './validity.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** The state and what was crossed, by how much, in one sentence; then what helps. */
export function validityTexts(
  { state, reasons, lag }: Validity,
  w: Words['validity'],
): { text: string; fixes: string[] } {
  const texts = reasons.map(({ kind, value = 0, limit = 0, count = 0, total = 0 }) => {
    const unit = kind === 'lag' || kind === 'late' ? 'ms' : 'share'
    return fill(w.reasons[kind], {
      value: formatBeside(value, limit, unit),
      limit: formatGoal(limit, unit),
      n: formatNumber(Math.round(count), ''),
      total: formatNumber(Math.round(total), ''),
    })
  })
  if (state === 'valid') {
    const limit = formatGoal(VALIDITY_LIMITS.lag.suspect, 'ms')
    texts.push(fill(w.reasons.lag, { value: formatNumber(lag as number, 'ms'), limit }))
  }
  const text = texts.join('; ')
  const known: { readonly [K in ValidityReason['kind']]?: string } = w.fixes
  const fixes = reasons.map(({ kind }) => known[kind]).filter((fix) => fix !== undefined)
  return { text: state === 'unknown' ? text : `${state}: ${text}`, fixes }
}

/** The second line of a report. */
export function validityLines(validity: Validity, w: Words['validity'], width: number): string[] {
  const { text, fixes } = validityTexts(validity, w)
  return fixes.reduce<string[]>(
    (lines, fix) => lines.concat(wrap(fix, width - 2).map((line) => `  ${line}`)),
    wrap(text, width),
  )
}
