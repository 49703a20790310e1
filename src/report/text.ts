import { certificateLine } from './certificate.ts'
import { checkLines, countLines, trendLines } from './figure-lines.ts'
import { formatNumber, formatSpan } from './format.ts'
import { goalLines, sortGoals, unjudgedLines } from './goal-lines.ts'
import { wrap } from './layout.ts'
import { fill, type Locale, MESSAGES, type Messages } from './messages.ts'
import { partLines } from './part-lines.ts'
import { worded } from './parts.ts'
import type { Report } from './record.ts'
import { switchLines } from './switches.ts'
import { validityLines } from './validity.ts'

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
 * in every language; whether the run is valid in the second; the goals that were missed, the worst first; those that were met; what
 * was not measured, why, and what would measure it; then the figures. No line is wider than
 * `width`, where a Hangul character takes two columns.
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
  const { missed, empty, met } = sortGoals(report.goals)
  let outcome: keyof Messages['verdict'] = report.verdict
  if (outcome === 'none' && report.warnings.indexOf('machine-readable') >= 0) outcome = 'unknown'
  if (outcome === 'pass' && empty.length > 0) outcome = 'partly'
  const verdict = fill(m.verdict[outcome], {
    title: report.title,
    n: missed.length + empty.length + met.length,
    m: missed.length,
    k: met.length,
    e: empty.length,
  })
  const facts = [`${report.generatedAt.slice(0, 19).replace('T', ' ')} UTC`]
  if (report.durationMs !== undefined) {
    facts.push(fill(m.ran, { span: formatSpan(report.durationMs, m.span) }))
  }
  if (report.peakUsers !== undefined) facts.push(fill(m.users, { n: report.peakUsers }))
  const lines = [
    ...wrap(verdict, width),
    ...validityLines(report.validity, m.validity, width),
    ...wrap(facts.join(', '), width),
  ]
  // SLAs of one source share a line.
  const origins = report.slas.map(({ source, variables }) => {
    const set = Object.keys(variables ?? {}).map((limit) => `${limit} = ${variables?.[limit]}`)
    const changed = set.length > 0 ? [fill(m.changedBy, { list: set.join(', ') })] : []
    return (source === undefined ? [] : [source]).concat(changed).join('; ')
  })
  origins.forEach((origin, i) => {
    if (origins.indexOf(origin) !== i) return
    const names = report.slas.filter((_sla, at) => origins[at] === origin).map((sla) => sla.name)
    lines.push(...wrap(`SLA: ${names.join(', ')}${origin && ` (${origin})`}`, width))
  })
  if (report.certificate) {
    lines.push(...wrap(certificateLine(report.certificate, m.validity), width))
  }
  const columns = report.goals
    .filter((goal) => goal.absent === 'column')
    .map((goal) => goal.statistic)
    .filter((statistic, i, all) => all.indexOf(statistic) === i)
  for (const warning of report.warnings) {
    lines.push(
      '',
      ...wrap(fill(m.warnings[warning] as string, { list: columns.join(', ') }), width),
    )
  }
  return lines
}

/** What the streams were like, and what to do about it. */
function findingLines(report: Report, m: Messages, width: number): string[] {
  const lines: string[] = []
  for (const { kind, count, total, ratio } of report.findings) {
    const { what, fix } = m.finding[kind] as { what: string; fix: string }
    const values = {
      n: formatNumber(count, ''),
      total: formatNumber(total ?? count, ''),
      ratio: ratio === undefined ? '' : ratio.toFixed(1),
    }
    const [first, ...rest] = wrap(fill(what, values), width - 4)
    lines.push(`  ! ${first}`)
    for (const line of rest.concat(wrap(`${m.fix} ${fix}`, width - 4))) lines.push(`    ${line}`)
  }
  return lines
}
