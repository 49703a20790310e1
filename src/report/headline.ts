import { certificateLine } from './certificate.ts'
import { formatNumber, formatSpan } from './format.ts'
import { sortGoals } from './goals.ts'
import type { Report } from './record.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** The verdict in a sentence that begins with PASS, FAIL or NONE in every language. */
export function verdictText(report: Report, w: Words): string {
  const { missed, empty, met } = sortGoals(report.goals)
  let outcome: keyof Words['verdict'] = report.verdict
  if (outcome === 'none' && report.warnings.indexOf('machine-readable') >= 0) outcome = 'unknown'
  if (outcome === 'pass' && empty.length > 0) outcome = 'partly'
  return fill(w.verdict[outcome], {
    title: report.title,
    n: missed.length + empty.length + met.length,
    m: missed.length,
    k: met.length,
    e: empty.length,
  })
}

/** When it ran, how long, with how many users. */
export function factTexts(report: Report, w: Words): string[] {
  const facts = [`${report.generatedAt.slice(0, 19).replace('T', ' ')} UTC`]
  if (report.durationMs !== undefined) {
    facts.push(fill(w.ran, { span: formatSpan(report.durationMs, w.span) }))
  }
  if (report.peakUsers !== undefined) facts.push(fill(w.users, { n: report.peakUsers }))
  return facts
}

/** What it was judged by: `SLA: ordinary chat, streaming (source)`. SLAs of one source share a line. */
export function slaTexts(report: Report, w: Words): string[] {
  const texts: string[] = []
  const origins = report.slas.map(({ source, variables }) => {
    const set = Object.keys(variables ?? {}).map((limit) => `${limit} = ${variables?.[limit]}`)
    const changed = set.length > 0 ? [fill(w.changedBy, { list: set.join(', ') })] : []
    return (source === undefined ? [] : [source]).concat(changed).join('; ')
  })
  origins.forEach((origin, i) => {
    if (origins.indexOf(origin) !== i) return
    const names = report.slas.filter((_sla, at) => origins[at] === origin).map((sla) => sla.name)
    texts.push(`SLA: ${names.join(', ')}${origin && ` (${origin})`}`)
  })
  if (report.certificate)
    texts.push(certificateLine(report.certificate, w.validity, report.transport))
  return texts
}

/** What is missing from k6's data, and how to have it. */
export function warningTexts(report: Report, w: Words): string[] {
  const columns = report.goals
    .filter((goal) => goal.absent === 'column')
    .map((goal) => goal.statistic)
    .filter((statistic, i, all) => all.indexOf(statistic) === i)
  return report.warnings.map((warning) => fill(w.warnings[warning], { list: columns.join(', ') }))
}

/** What the streams were like, and what to do about it. */
export function findingTexts(report: Report, w: Words): { what: string; fix: string }[] {
  return report.findings.map(({ kind, count, total, ratio }) => {
    const { what, fix } = w.findings.kinds[kind]
    const values = {
      n: formatNumber(count, ''),
      total: formatNumber(total ?? count, ''),
      ratio: ratio === undefined ? '' : ratio.toFixed(1),
    }
    return { what: fill(what, values), fix: `${w.fix} ${fix}` }
  })
}
