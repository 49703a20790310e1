import { certificateLine } from './certificate.ts'
import { formatNumber, formatSpan } from './format.ts'
import { sortGoals } from './goals.ts'
import { fill, type Messages } from './messages.ts'
import type { Report } from './record.ts'

/** The verdict in a sentence that begins with PASS, FAIL or NONE in every language. */
export function verdictText(report: Report, m: Messages): string {
  const { missed, empty, met } = sortGoals(report.goals)
  let outcome: keyof Messages['verdict'] = report.verdict
  if (outcome === 'none' && report.warnings.indexOf('machine-readable') >= 0) outcome = 'unknown'
  if (outcome === 'pass' && empty.length > 0) outcome = 'partly'
  return fill(m.verdict[outcome], {
    title: report.title,
    n: missed.length + empty.length + met.length,
    m: missed.length,
    k: met.length,
    e: empty.length,
  })
}

/** When it ran, how long, with how many users. */
export function factTexts(report: Report, m: Messages): string[] {
  const facts = [`${report.generatedAt.slice(0, 19).replace('T', ' ')} UTC`]
  if (report.durationMs !== undefined) {
    facts.push(fill(m.ran, { span: formatSpan(report.durationMs, m.span) }))
  }
  if (report.peakUsers !== undefined) facts.push(fill(m.users, { n: report.peakUsers }))
  return facts
}

/** What it was judged by: `SLA: ordinary chat, streaming (source)`. SLAs of one source share a line. */
export function slaTexts(report: Report, m: Messages): string[] {
  const texts: string[] = []
  const origins = report.slas.map(({ source, variables }) => {
    const set = Object.keys(variables ?? {}).map((limit) => `${limit} = ${variables?.[limit]}`)
    const changed = set.length > 0 ? [fill(m.changedBy, { list: set.join(', ') })] : []
    return (source === undefined ? [] : [source]).concat(changed).join('; ')
  })
  origins.forEach((origin, i) => {
    if (origins.indexOf(origin) !== i) return
    const names = report.slas.filter((_sla, at) => origins[at] === origin).map((sla) => sla.name)
    texts.push(`SLA: ${names.join(', ')}${origin && ` (${origin})`}`)
  })
  if (report.certificate) texts.push(certificateLine(report.certificate, m.validity))
  return texts
}

/** What is missing from k6's data, and how to have it. */
export function warningTexts(report: Report, m: Messages): string[] {
  const columns = report.goals
    .filter((goal) => goal.absent === 'column')
    .map((goal) => goal.statistic)
    .filter((statistic, i, all) => all.indexOf(statistic) === i)
  return report.warnings.map((warning) =>
    fill(m.warnings[warning] as string, { list: columns.join(', ') }),
  )
}

/** What the streams were like, and what to do about it. */
export function findingTexts(report: Report, m: Messages): { what: string; fix: string }[] {
  return report.findings.map(({ kind, count, total, ratio }) => {
    const { what, fix } = m.finding[kind] as { what: string; fix: string }
    const values = {
      n: formatNumber(count, ''),
      total: formatNumber(total ?? count, ''),
      ratio: ratio === undefined ? '' : ratio.toFixed(1),
    }
    return { what: fill(what, values), fix: `${m.fix} ${fix}` }
  })
}
