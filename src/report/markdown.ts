import { environmentRows } from './environment.ts'
import { failureCells } from './failure-lines.ts'
import { checkCells, countCells, trendCells } from './figure-lines.ts'
import { emptyTitle, goalCells, unjudgedGroups } from './goal-lines.ts'
import { type Goal, sortGoals } from './goals.ts'
import { findingTexts, goalTitles, slaTexts, verdictText, warningTexts } from './headline.ts'
import { cellText, headingText, type ReportTable } from './parts.ts'
import type { Report } from './record.ts'
import { pairCells, switchTexts } from './switch-lines.ts'
import { validityTexts } from './validity-lines.ts'
import { type Locale, worded } from './words/language.ts'
import { WORDS, type Words } from './words/words.ts'

/**
 * A report to put into a pull request, a wiki or a mail: after the template of the K6 guide
 * (environment, goals met, goals not met, recommendations), then the figures as tables.
 */
export function renderMarkdown(
  report: Report,
  { locale = 'en' }: { locale?: Locale } = {},
): string {
  const w = WORDS[locale]
  const p = w.page
  const lines = [
    ...(report.preview ? [`# ⚠️ ${plain(w.preview)}`, ''] : []),
    `# 🚀 ${plain(report.title)} ${p.report}`,
    '',
    `**${plain(verdictText(report, w))}**`,
    '',
    plain(validityTexts(report.validity, w.validity).text),
  ]
  const section = (title: string, body: string[]) => {
    if (body.length > 0) lines.push('', title, '', ...body)
  }
  for (const text of warningTexts(report, w)) lines.push('', `> ⚠️ ${plain(text)}`)

  const environment = environmentRows(report, w)
  for (const text of slaTexts(report, w)) environment.push([p.judgedBy, text.replace(/^SLA: /, '')])
  section(
    `## 📊 ${p.environment}`,
    environment.map(([label, text]) => `- ${label && `**${plain(label)}**: `}${plain(text)}`),
  )

  const { missed, empty, met } = sortGoals(report.goals)
  lines.push('', `## 📈 ${p.results}`)
  const titles = goalTitles(report, w)
  section(`### ✅ ${titles.met}`, met.length > 0 ? goals(met, '✅', w) : [p.allMet])
  section(
    `### ⚠️ ${titles.missed}`,
    missed.length > 0 || report.verdict === 'interrupted' ? goals(missed, '❌', w) : [p.noneMissed],
  )
  section(`### ⚠️ ${emptyTitle(empty, w)}`, goals(empty, '⚠️', w))
  for (const [measured, title] of [
    ['no', w.unmeasured],
    ['estimate', w.estimated],
    ['yes', w.unjudged],
  ]) {
    const body: string[] = []
    const limits = report.unmeasured.filter((limit) => limit.measured === measured)
    for (const group of unjudgedGroups(limits, w)) {
      for (const text of group.limits) body.push(`- ${plain(text)}`)
      if (group.why) body.push(`  - ${w.why} ${plain(group.why)}`)
      if (group.fix) body.push(`  - ${w.fix} ${plain(group.fix)}`)
    }
    section(`### ${title}`, body)
  }

  const failed = failureCells(report)
  if (failed.length > 0) {
    section(`## ${w.failures}`, grid([[w.count, p.kind, ''], ...failed], [false, true, true]))
  }
  section(`## 🔧 ${p.recommendations}`, recommendations(report, w))
  if (report.switches) {
    section(`## ${w.switches.title}`, switchTexts(report.switches, w.switches).map(plain))
    section('', grid(pairCells(report.switches.pairs, w.switches)))
  }
  for (const part of report.tables ?? []) {
    section(`## ${plain(worded(part.title, locale))}`, partLines(part, w, locale))
  }

  lines.push('', `## 📋 ${p.figures}`)
  const columns = ['p50', 'p95', 'p99', 'max', w.count]
  for (const [title, rows] of [
    [w.latency, report.latency],
    [w.distributions, report.distributions],
  ] as const) {
    if (rows.length > 0)
      section(`### ${title}`, grid([[p.metric, ...columns], ...trendCells(rows, w)]))
  }
  const counts = countCells(report, w)
  if (counts.length > 0) {
    section(`### ${w.counts}`, grid([[p.metric, p.figure, ''], ...counts], [true, false, true]))
  }
  if (report.checks.length > 0) {
    const { head, failed } = checkCells(report, w)
    section(
      `### ${head}`,
      failed.map(([name, result]) => `- ❌ ${plain(name)}: ${result}`),
    )
    if (failed.length === 0) lines.push('', `### ${head}`)
  }
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
}

/** `- **TTFT p95**: 333 ms (goal: < 2000 ms) ✅` */
function goals(list: Goal[], mark: string, w: Words): string[] {
  return list.map((goal) => {
    const { name, value, target } = goalCells(goal, w)
    return `- **${plain(name)}**: ${plain(value)}${
      target && ` (${w.goal}: ${plain(target)})`
    } ${mark}`
  })
}

/** What was found in the streams, then the likely causes of what was missed. */
function recommendations(report: Report, w: Words): string[] {
  const { symptoms, causes } = w.advice
  const items = findingTexts(report, w).map(({ what, fix }) => [`${what} ${fix}`])
  for (const advice of report.advice) {
    const list = advice.causes.map(({ id, seen }) => {
      const { cause, remedy } = causes[id]
      return `   - ${seen ? `**${w.advice.seen}**: ` : ''}${plain(`${cause} ${remedy}`)}`
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

function partLines(part: ReportTable, w: Words, locale: Locale): string[] {
  const rows = part.rows.map((row) =>
    part.columns.map(({ unit }, i) => cellText(row[i] ?? null, unit, locale)),
  )
  const left = part.columns.map(
    ({ align }, i) => (align ?? (i === 0 ? 'left' : 'right')) === 'left',
  )
  const headings = part.columns.map((column) => headingText(column, w, locale))
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
