import { VALIDITY_LIMITS } from '../workload/validity.ts'
import { formatBeside, formatGoal, formatNumber } from './format.ts'
import { wrap } from './layout.ts'
import { fill, type Messages } from './messages.ts'
import type { Validity } from './validity.ts'

/** The state and what was crossed, by how much, in one sentence; then what helps. */
export function validityTexts(
  { state, reasons, lag }: Validity,
  m: Messages['validity'],
): { text: string; fixes: string[] } {
  const texts = reasons.map(({ kind, value = 0, limit = 0, count = 0, total = 0 }) => {
    const unit = kind === 'lag' || kind === 'late' ? 'ms' : 'share'
    return fill(m.reasons[kind] as string, {
      value: formatBeside(value, limit, unit),
      limit: formatGoal(limit, unit),
      n: formatNumber(Math.round(count), ''),
      total: formatNumber(Math.round(total), ''),
    })
  })
  if (state === 'valid') {
    const limit = formatGoal(VALIDITY_LIMITS.lag.suspect, 'ms')
    texts.push(fill(m.reasons.lag as string, { value: formatNumber(lag as number, 'ms'), limit }))
  }
  const text = texts.join('; ')
  const fixes = reasons.map(({ kind }) => m.fixes[kind]).filter((fix) => fix !== undefined)
  return { text: state === 'unknown' ? text : `${state}: ${text}`, fixes: fixes as string[] }
}

/** The second line of a report. */
export function validityLines(
  validity: Validity,
  m: Messages['validity'],
  width: number,
): string[] {
  const { text, fixes } = validityTexts(validity, m)
  return fixes.reduce<string[]>(
    (lines, fix) => lines.concat(wrap(fix, width - 2).map((line) => `  ${line}`)),
    wrap(text, width),
  )
}
