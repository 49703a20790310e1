import { VALIDITY_LIMITS } from '../workload/validity.ts'
import { formatBeside, formatGoal, formatNumber } from './format.ts'
import { wrap } from './layout.ts'
import type { Validity, ValidityReason } from './validity.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** The state and what was crossed, by how much, in one sentence; then what helps. */
export function validityTexts(
  { state, reasons, lag, relay }: Validity,
  w: Words['validity'],
): { text: string; fixes: string[] } {
  const texts = reasons.map(({ kind, value = 0, limit = 0, count = 0, total = 0 }) => {
    const unit = /^(lag|late|relay|overhead|together)$/.test(kind) ? 'ms' : 'share'
    return fill(w.reasons[kind], {
      value: formatBeside(value, limit, unit),
      limit: formatGoal(limit, unit),
      n: formatNumber(Math.round(count), ''),
      total: formatNumber(Math.round(total), ''),
    })
  })
  if (state === 'valid') {
    for (const [kind, value] of [
      ['lag', lag],
      ['relay', relay],
    ] as const) {
      if (value === undefined) continue
      const limit = formatGoal(VALIDITY_LIMITS[kind].suspect, 'ms')
      texts.push(fill(w.watched[kind], { value: formatNumber(value, 'ms'), limit }))
    }
  }
  const text = texts.join('; ')
  const known: { readonly [K in ValidityReason['kind']]?: string } = w.fixes
  const fixes: string[] = []
  for (const { kind } of reasons) {
    const fix = known[kind]
    if (fix !== undefined && fixes.indexOf(fix) < 0) fixes.push(fix)
  }
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
