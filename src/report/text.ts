import { failureLines } from './failure-lines.ts'
import { checkLines, countLines, trendLines } from './figure-lines.ts'
import { emptyTitle, goalLines, unjudgedLines } from './goal-lines.ts'
import { sortGoals } from './goals.ts'
import {
  factTexts,
  findingTexts,
  goalTitles,
  slaTexts,
  verdictText,
  warningTexts,
} from './headline.ts'
import { wrap } from './layout.ts'
import { partLines } from './part-lines.ts'
import type { Report } from './record.ts'
import { switchLines } from './switch-lines.ts'
import { validityLines } from './validity-lines.ts'
import { wayText } from './way.ts'
import { type Locale, worded } from './words/language.ts'
import { WORDS, type Words } from './words/words.ts'

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
  INTERRUPTED: '1;33',
  '✓': '32',
  '✗': '31',
}

/**
 * A report for the terminal: the verdict in the first line, which begins with PASS, FAIL, NONE or
 * INTERRUPTED in every language; the mark of a preview; whether the run is valid; the goals that were missed, the worst
 * first; those that were met; what was not measured, why, and what would measure it; likely causes
 * of what was missed; then the figures. No line is wider than `width`, where a Hangul character takes two columns.
 */
export function renderText(report: Report, options: TextOptions = {}): string {
  const width = options.width ?? 80
  const locale = options.locale ?? 'en'
  const w = WORDS[locale]
  const lines = headLines(report, w, width)
  const section = (title: string, body: string[]) => {
    if (body.length > 0) lines.push('', ...(title ? [title] : []), ...body)
  }

  const { missed, empty, met } = sortGoals(report.goals)
  const titles = goalTitles(report, w)
  section(titles.missed, goalLines(missed, '✗', w, width))
  section(emptyTitle(empty, w), goalLines(empty, '–', w, width))
  section(titles.met, goalLines(met, '✓', w, width))
  for (const [measured, title] of [
    ['no', w.unmeasured],
    ['estimate', w.estimated],
    ['yes', w.unjudged],
  ]) {
    const limits = report.unmeasured.filter((limit) => limit.measured === measured)
    section(title as string, unjudgedLines(limits, w, width))
  }

  section(w.failures, failureLines(report, width))
  section(w.advice.title, adviceLines(report, w, width))
  section(w.findings.title, findingLines(report, w, width))
  section(w.switches.title, switchLines(report.switches, w.switches, width))
  for (const part of report.tables ?? []) {
    const title = wrap(worded(part.title, locale), width)
    lines.push('', ...title, ...partLines(part, w, locale, width))
  }

  section('', trendLines(w.latency, report.latency, w, width))
  section('', trendLines(w.distributions, report.distributions, w, width))
  section(w.counts, countLines(report, w, width))
  section('', checkLines(report, w, width))
  const notes: string[] = []
  for (const { label, text } of report.notes) {
    for (const line of wrap(label ? `${label}: ${text}` : text, width - 2)) notes.push(`  ${line}`)
  }
  section(w.notes, notes)
  const files = options.files ?? []
  if (files.length > 0) section('', wrap(`${w.files} ${files.join(', ')}`, width))

  const text = `${lines.join('\n')}\n`
  if (!options.color) return text
  return text.replace(
    /^(PASS|FAIL|NONE|INTERRUPTED)(?= - )|^( {2})([✓✗])/gm,
    (_all, verdict: string | undefined, indent: string | undefined, mark: string) =>
      `${indent ?? ''}\u001b[${COLORS[verdict ?? mark]}m${verdict ?? mark}\u001b[0m`,
  )
}

/** The verdict, when and how long it ran, and what it was judged by. */
function headLines(report: Report, w: Words, width: number): string[] {
  const lines = [
    ...wrap(verdictText(report, w), width),
    ...(report.preview ? banner(w.preview, width) : []),
    ...validityLines(report.validity, w.validity, width),
    ...wrap(factTexts(report, w).join(', '), width),
    ...wrap(wayText(report, w) ?? '', width),
  ]
  for (const text of slaTexts(report, w)) lines.push(...wrap(text, width))
  for (const text of warningTexts(report, w)) lines.push('', ...wrap(text, width))
  return lines
}

/** A text between two bars. */
function banner(text: string, width: number): string[] {
  const bar = '='.repeat(width)
  return [bar, ...wrap(text, width), bar]
}

function findingLines(report: Report, w: Words, width: number): string[] {
  const lines: string[] = []
  for (const { what, fix } of findingTexts(report, w)) {
    const [first, ...rest] = wrap(what, width - 4)
    lines.push(`  ! ${first}`)
    for (const line of rest.concat(wrap(fix, width - 4))) lines.push(`    ${line}`)
  }
  return lines
}

/** How many causes of a symptom the terminal has room for; the other formats have all. */
const CAUSES = 2

/** The likely causes of what was missed: those that the run shows, else the usual ones. */
function adviceLines(report: Report, w: Words, width: number): string[] {
  const { symptoms, causes } = w.advice
  const lines: string[] = []
  for (const advice of report.advice) {
    lines.push(...wrap(`${symptoms[advice.symptom]}:`, width - 2).map((line) => `  ${line}`))
    const seen = advice.causes.filter((cause) => cause.seen)
    for (const { id } of seen.length > 0 ? seen : advice.causes.slice(0, CAUSES)) {
      const { cause, remedy } = causes[id]
      const text = `${seen.length > 0 ? `${w.advice.seen}: ` : ''}${cause} ${remedy}`
      wrap(text, width - 6).forEach((line, i) => {
        lines.push(`    ${i === 0 ? '-' : ' '} ${line}`)
      })
    }
  }
  return lines
}
