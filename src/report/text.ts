import { ADVICE } from './advice-texts.ts'
import { checkLines, countLines, trendLines } from './figure-lines.ts'
import { goalLines, unjudgedLines } from './goal-lines.ts'
import { sortGoals } from './goals.ts'
import { factTexts, findingTexts, slaTexts, verdictText, warningTexts } from './headline.ts'
import { wrap } from './layout.ts'
import { type Locale, MESSAGES, type Messages } from './messages.ts'
import { partLines } from './part-lines.ts'
import { worded } from './parts.ts'
import type { Report } from './record.ts'
import { switchLines } from './switch-lines.ts'
import { validityLines } from './validity-lines.ts'

export interface TextOptions {
  /** @default 'en' */
  locale?: Locale
  /** ANSI colours. @default false */
  color?: boolean
  /** Columns that a line may take. @default 80 */
  width?: number
  /** Paths of the files that are written with it. */
  files?: string[]
}

/** ANSI codes of the marks; the verdict is bold too. */
const COLORS: { [mark: string]: string } = {
  PASS: '1;32',
  FAIL: '1;31',
  NONE: '1;33',
  '✓': '32',
  '✗': '31',
}

/**
 * A report for the terminal: the verdict in the first line, which begins with PASS, FAIL or NONE
 * in every language; whether the run is valid in the second; the goals that were missed, the worst
 * first; those that were met; what was not measured, why, and what would measure it; likely causes
 * of what was missed; then the figures. No line is wider than `width`, where a Hangul character takes two columns.
 */
export function renderText(report: Report, options: TextOptions = {}): string {
  const width = options.width ?? 80
  const locale = options.locale ?? 'en'
  const m = MESSAGES[locale]
  const lines = headLines(report, m, width)
  const section = (title: string, body: string[]) => {
    if (body.length > 0) lines.push('', ...(title ? [title] : []), ...body)
  }

  const { missed, empty, met } = sortGoals(report.goals)
  section(m.missed, goalLines(missed, '✗', m, width))
  section(m.empty, goalLines(empty, '–', m, width))
  section(m.met, goalLines(met, '✓', m, width))
  for (const [measured, title] of [
    ['no', m.unmeasured],
    ['estimate', m.estimated],
    ['yes', m.unjudged],
  ]) {
    const limits = report.unmeasured.filter((limit) => limit.measured === measured)
    section(title as string, unjudgedLines(limits, m, width))
  }

  section(m.advice, adviceLines(report, locale, m, width))
  section(m.findings, findingLines(report, m, width))
  section(m.switches.title, switchLines(report.switches, m.switches, width))
  for (const part of report.tables ?? []) {
    const title = wrap(worded(part.title, locale), width)
    lines.push('', ...title, ...partLines(part, m, locale, width))
  }

  section('', trendLines(m.latency, report.latency, m, width))
  section('', trendLines(m.distributions, report.distributions, m, width))
  section(m.counts, countLines(report, m, width))
  section('', checkLines(report, m, width))
  const notes: string[] = []
  for (const { label, text } of report.notes) {
    for (const line of wrap(label ? `${label}: ${text}` : text, width - 2)) notes.push(`  ${line}`)
  }
  section(m.notes, notes)
  const files = options.files ?? []
  if (files.length > 0) section('', wrap(`${m.files} ${files.join(', ')}`, width))

  const text = `${lines.join('\n')}\n`
  if (!options.color) return text
  return text.replace(
    /^(PASS|FAIL|NONE)(?= - )|^( {2})([✓✗])/gm,
    (_all, verdict: string | undefined, indent: string | undefined, mark: string) =>
      `${indent ?? ''}\u001b[${COLORS[verdict ?? mark]}m${verdict ?? mark}\u001b[0m`,
  )
}

/** The verdict, when and how long it ran, and what it was judged by. */
function headLines(report: Report, m: Messages, width: number): string[] {
  const lines = [
    ...wrap(verdictText(report, m), width),
    ...validityLines(report.validity, m.validity, width),
    ...wrap(factTexts(report, m).join(', '), width),
  ]
  for (const text of slaTexts(report, m)) lines.push(...wrap(text, width))
  for (const text of warningTexts(report, m)) lines.push('', ...wrap(text, width))
  return lines
}

function findingLines(report: Report, m: Messages, width: number): string[] {
  const lines: string[] = []
  for (const { what, fix } of findingTexts(report, m)) {
    const [first, ...rest] = wrap(what, width - 4)
    lines.push(`  ! ${first}`)
    for (const line of rest.concat(wrap(fix, width - 4))) lines.push(`    ${line}`)
  }
  return lines
}

/** How many causes of a symptom the terminal has room for; the other formats have all. */
const CAUSES = 2

/** The likely causes of what was missed: those that the run shows, else the usual ones. */
function adviceLines(report: Report, locale: Locale, m: Messages, width: number): string[] {
  const { symptoms, causes } = ADVICE[locale]
  const lines: string[] = []
  for (const advice of report.advice) {
    lines.push(...wrap(`${symptoms[advice.symptom]}:`, width - 2).map((line) => `  ${line}`))
    const seen = advice.causes.filter((cause) => cause.seen)
    for (const { id } of seen.length > 0 ? seen : advice.causes.slice(0, CAUSES)) {
      const { cause, remedy } = causes[id]
      const text = `${seen.length > 0 ? `${m.seen}: ` : ''}${cause} ${remedy}`
      wrap(text, width - 6).forEach((line, i) => {
        lines.push(`    ${i === 0 ? '-' : ' '} ${line}`)
      })
    }
  }
  return lines
}
