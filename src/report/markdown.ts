import { ADVICE } from './advice-texts.ts'
import { environmentRows } from './environment.ts'
import { checkCells, countCells, trendCells } from './figure-lines.ts'
import { goalCells, unjudgedGroups } from './goal-lines.ts'
import { type Goal, sortGoals } from './goals.ts'
import { findingTexts, slaTexts, verdictText, warningTexts } from './headline.ts'
import { type Locale, MESSAGES, type Messages } from './messages.ts'
import { cellText, headingText, type ReportTable, worded } from './parts.ts'
import type { Report } from './record.ts'
import { pairCells, switchTexts } from './switch-lines.ts'
import { validityTexts } from './validity-lines.ts'

/**
 * A report to put into a pull request, a wiki or a mail: after the template of the K6 guide
 * (environment, goals met, goals not met, recommendations), then the figures as tables.
 */
export function renderMarkdown(
  report: Report,
  { locale = 'en' }: { locale?: Locale } = {},
): string {
  const m = MESSAGES[locale]
  const p = m.page
  const lines = [
    `# 🚀 ${plain(report.title)} ${p.report}`,
    '',
    `**${plain(verdictText(report, m))}**`,
    '',
    plain(validityTexts(report.validity, m.validity).text),
  ]
  const section = (title: string, body: string[]) => {
    if (body.length > 0) lines.push('', title, '', ...body)
  }
  for (const text of warningTexts(report, m)) lines.push('', `> ⚠️ ${plain(text)}`)

  const environment = environmentRows(report, m)
  for (const text of slaTexts(report, m)) environment.push([p.judgedBy, text.replace(/^SLA: /, '')])
  section(
    `## 📊 ${p.environment}`,
    environment.map(([label, text]) => `- ${label && `**${plain(label)}**: `}${plain(text)}`),
  )

  const { missed, empty, met } = sortGoals(report.goals)
  lines.push('', `## 📈 ${p.results}`)
  section(`### ✅ ${m.met}`, met.length > 0 ? goals(met, '✅', m) : [p.allMet])
  section(`### ⚠️ ${m.missed}`, missed.length > 0 ? goals(missed, '❌', m) : [p.noneMissed])
  section(`### ⚠️ ${m.empty}`, goals(empty, '⚠️', m))
  for (const [measured, title] of [
    ['no', m.unmeasured],
    ['estimate', m.estimated],
    ['yes', m.unjudged],
  ]) {
    const body: string[] = []
    const limits = report.unmeasured.filter((limit) => limit.measured === measured)
    for (const group of unjudgedGroups(limits, m)) {
      for (const text of group.limits) body.push(`- ${plain(text)}`)
      if (group.why) body.push(`  - ${m.why} ${plain(group.why)}`)
      if (group.fix) body.push(`  - ${m.fix} ${plain(group.fix)}`)
    }
    section(`### ${title}`, body)
  }

  section(`## 🔧 ${p.recommendations}`, recommendations(report, locale, m))
  if (report.switches) {
    section(`## ${m.switches.title}`, switchTexts(report.switches, m.switches).map(plain))
    section('', grid(pairCells(report.switches.pairs, m.switches)))
  }
  for (const part of report.tables ?? []) {
    section(`## ${plain(worded(part.title, locale))}`, partLines(part, m, locale))
  }

  lines.push('', `## 📋 ${p.figures}`)
  const columns = ['p50', 'p95', 'p99', 'max', m.count]
  for (const [title, rows] of [
    [m.latency, report.latency],
    [m.distributions, report.distributions],
  ] as const) {
    if (rows.length > 0)
      section(`### ${title}`, grid([[p.metric, ...columns], ...trendCells(rows, m)]))
  }
  const counts = countCells(report, m)
  if (counts.length > 0) {
    section(`### ${m.counts}`, grid([[p.metric, p.figure, ''], ...counts], [true, false, true]))
  }
  if (report.checks.length > 0) {
    const { head, failed } = checkCells(report, m)
    section(
      `### ${head}`,
      failed.map(([name, result]) => `- ❌ ${plain(name)}: ${result}`),
    )
    if (failed.length === 0) lines.push('', `### ${head}`)
  }
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
}

/** `- **TTFT p95**: 333 ms (goal: < 2000 ms) ✅` */
function goals(list: Goal[], mark: string, m: Messages): string[] {
  return list.map((goal) => {
    const { name, value, target } = goalCells(goal, m)
    return `- **${plain(name)}**: ${plain(value)}${
      target && ` (${m.goal}: ${plain(target)})`
    } ${mark}`
  })
}

/** What was found in the streams, then the likely causes of what was missed. */
function recommendations(report: Report, locale: Locale, m: Messages): string[] {
  const { symptoms, causes } = ADVICE[locale]
  const items = findingTexts(report, m).map(({ what, fix }) => [`${what} ${fix}`])
  for (const advice of report.advice) {
    const list = advice.causes.map(({ id, seen }) => {
      const { cause, remedy } = causes[id]
      return `   - ${seen ? `**${m.seen}**: ` : ''}${plain(`${cause} ${remedy}`)}`
    })
    items.push([`**${symptoms[advice.symptom]}**`, ...list])
  }
  return items.reduce<string[]>(
    (all, [first, ...rest], i) =>
      all.concat(
        [`${i + 1}. ${(first as string).slice(0, 2) === '**' ? first : plain(first as string)}`],
        rest,
      ),
    [],
  )
}

function partLines(part: ReportTable, m: Messages, locale: Locale): string[] {
  const rows = part.rows.map((row) =>
    part.columns.map(({ unit }, i) => cellText(row[i] ?? null, unit, locale)),
  )
  const left = part.columns.map(
    ({ align }, i) => (align ?? (i === 0 ? 'left' : 'right')) === 'left',
  )
  const headings = part.columns.map((column) => headingText(column, m, locale))
  const note = part.note === undefined ? [] : [plain(worded(part.note, locale)), '']
  return note.concat(grid([headings, ...rows], left))
}

/** A table, its first row the heading. */
function grid(rows: string[][], left: boolean[] = [true]): string[] {
  const [head, ...body] = rows
  if (!head) return []
  const line = (cells: string[]) => `| ${cells.map(plain).join(' | ')} |`
  return [line(head), `| ${head.map((_, i) => (left[i] ? '---' : '---:')).join(' | ')} |`].concat(
    body.map(line),
  )
}

/** A text that Markdown shows as it is, on one line. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|~]/g, '\\$&')
    .replace(/&/g, '&amp;')
}
