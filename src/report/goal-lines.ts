import { formatBeside, formatGoal, formatNumber } from './format.ts'
import type { Goal } from './goals.ts'
import { displayWidth, pad, wrap } from './layout.ts'
import type { Unjudged } from './unjudged.ts'
import { fill } from './words/language.ts'
import { metricName, unitName, type Words } from './words/words.ts'

const SIGNS: { [operator: string]: string } = { '<=': '≤', '>=': '≥' }

/** `TTFT p95`, `failed requests`: a metric's name in the language, and the statistic. */
export function labelOf(of: { metric: string; statistic: string; unit: string }, w: Words): string {
  const name = metricName(of.metric, w)
  const percentile = /^p\((.+)\)$/.exec(of.statistic)
  if (percentile) return `${name} p${percentile[1]}`
  if (/^(avg|min|med)$/.test(of.statistic)) return `${name} ${of.statistic}`
  return of.statistic === 'max' && of.unit === 'ms' ? `${name} max` : name
}

/** `< 2000 ms`, `≥ 20 requests/s`. */
export function targetOf(of: { operator: string; goal: number; unit: string }, w: Words): string {
  const sign = SIGNS[of.operator] ?? of.operator
  return `${sign} ${formatGoal(of.goal, of.unit)}${unitName(of.unit, w) ?? ''}`
}

/** A goal as it is read: its name, its value or why there is none, and the goal. */
export interface GoalCells {
  name: string
  value: string
  /** `< 2000 ms`; `''` where the goal was only that there is something. */
  target: string
}

export function goalCells(goal: Goal, w: Words): GoalCells {
  const why = goal.isGate && !goal.ok ? 'empty' : goal.absent
  const absent = { empty: w.nothing, column: w.notRecorded, invalid: w.invalid }
  const value = goal.value as number
  const headers = formatNumber(goal.headers ?? 0, 'ms')
  const doubt = goal.doubt ? `, ${fill(w.doubts[goal.doubt], { headers })}` : ''
  return {
    name: `${labelOf(goal, w)}${goal.selector && ` {${goal.selector}}`}`,
    value: why
      ? absent[why]
      : `${formatBeside(value, goal.goal, goal.unit)}${unitName(goal.unit, w) ?? ''}${doubt}`,
    target: why === 'empty' && goal.isGate ? '' : targetOf(goal, w),
  }
}

/** The heading over goals that k6 passed and that are not met. */
export function emptyTitle(goals: Goal[], w: Words): string {
  return goals.some((goal) => goal.doubt !== undefined) ? w.doubted : w.empty
}

/** One line of each goal: mark, name, value, goal. A name that is too long gets its own lines. */
export function goalLines(goals: Goal[], mark: string, w: Words, width: number): string[] {
  const rows = goals.map((goal) => {
    const { name, value, target } = goalCells(goal, w)
    return { name, value, goal: target && `${w.goal} ${target}` }
  })
  const widest = (texts: string[]) => Math.max(0, ...texts.map(displayWidth))
  const valueWidth = widest(rows.map((row) => row.value))
  const room = width - 8 - valueWidth - widest(rows.map((row) => row.goal))
  const fitting = rows.map((row) => row.name).filter((name) => displayWidth(name) <= room)
  const nameWidth = widest(fitting)
  const lines: string[] = []
  for (const row of rows) {
    const figures = `  ${pad(row.value, valueWidth, true)}  ${row.goal}`
    if (displayWidth(row.name) <= room) {
      lines.push(`  ${mark} ${pad(row.name, nameWidth)}${figures}`)
    } else {
      wrap(row.name, width - 4).forEach((line, i) => {
        lines.push(`  ${i === 0 ? mark : ' '} ${line}`)
      })
      lines.push(`    ${pad('', nameWidth)}${figures}`)
    }
  }
  return lines.map((line) => line.replace(/\s+$/, ''))
}

/** Limits that were not judged for one reason, with what is known of them. */
export interface UnjudgedGroup {
  /** `TTFT p95 < 2000 ms`, `requests ≥ 20 requests/s: 3.2 requests/s (over the whole run)`. */
  limits: string[]
  why?: string
  fix?: string
}

export function unjudgedGroups(limits: Unjudged[], w: Words): UnjudgedGroup[] {
  const groups: UnjudgedGroup[] = []
  const reasons = limits.map((limit) => limit.reason)
  limits.forEach((limit, i) => {
    if (reasons.indexOf(limit.reason) !== i) return
    const texts: string[] = []
    for (const other of limits) {
      if (other.reason !== limit.reason) continue
      const known =
        other.value === undefined
          ? ''
          : `: ${formatNumber(other.value, other.unit)}${unitName(other.unit, w) ?? ''} (${
              other.reason === 'load' ? w.peak : w.wholeRun
            })`
      const selector = other.selector && ` {${other.selector}}`
      texts.push(`${labelOf(other, w)}${selector} ${targetOf(other, w)}${known}`)
    }
    const { why, fix } = (limit.reason && w.reasons[limit.reason]) ?? limit
    groups.push({ limits: texts, ...(why && { why: `${why}.` }), ...(fix && { fix: `${fix}.` }) })
  })
  return groups
}

export function unjudgedLines(limits: Unjudged[], w: Words, width: number): string[] {
  const lines: string[] = []
  const put = (text: string, indent: string) => {
    for (const line of wrap(text, width - indent.length)) lines.push(indent + line)
  }
  for (const group of unjudgedGroups(limits, w)) {
    for (const text of group.limits) put(text, '  ')
    if (group.why) put(`${w.why} ${group.why}`, '    ')
    if (group.fix) put(`${w.fix} ${group.fix}`, '    ')
  }
  return lines
}
