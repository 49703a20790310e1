import { samplesFor } from '../core/percentile.ts'
import { rankOf } from '../sla/expressions.ts'
import { certificateLine } from './certificate.ts'
import type { Ending } from './ending.ts'
import { formatNumber, formatSpan } from './format.ts'
import { labelOf } from './goal-lines.ts'
import { sortGoals } from './goals.ts'
import type { Report } from './record.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/**
 * The verdict in a sentence that begins with PASS, FAIL, NONE or INTERRUPTED in every language; where
 * the run was ended early, by what and when.
 */
export function verdictText(report: Report, w: Words): string {
  const { missed, empty, met } = sortGoals(report.goals)
  const { ending } = report
  let outcome: keyof Words['verdict'] = report.verdict
  if (outcome === 'none' && report.warnings.indexOf('machine-readable') >= 0) outcome = 'unknown'
  if (outcome === 'pass' && empty.length > 0) outcome = 'partly'
  if (outcome === 'fail' && missed.length === 0) outcome = 'ended'
  if (report.stopped) outcome = 'stopped'
  return fill(w.verdict[outcome], {
    title: report.title,
    n: missed.length + empty.length + met.length,
    m: missed.length,
    k: met.length,
    e: empty.length,
    list: report.stopped ? report.stopped.kinds.join(', ') : '',
    ending: ending ? endingText(ending, w) : '',
  }).concat(outcome === 'fail' && ending ? `; ${endingText(ending, w)}` : '')
}

/** `ended after 12 s of 2m by abortOnFail (llm_failed: rate<0.05)` */
function endingText(ending: Ending, w: Words): string {
  const { by, ranMs = 0, plannedMs, done, planned, thresholds = [] } = ending
  const span = (ms: number) => formatSpan(ms, w.span)
  let where = ''
  if (ranMs === 0) where = w.ending.never
  else if (planned !== undefined) where = fill(w.ending.iterations, { k: done ?? 0, n: planned })
  else if (plannedMs !== undefined) {
    where = fill(w.ending.time, { ran: span(ranMs), plan: span(plannedMs) })
  }
  return fill(w.ending.by[by], { where, list: thresholds.join(', ') }).replace(/ {2,}/g, ' ')
}

/** Over the goals that were missed and met: those of an interrupted run are not judged. */
export function goalTitles(report: Report, w: Words): { missed: string; met: string } {
  return report.verdict === 'interrupted'
    ? { missed: w.missedSoFar, met: w.metSoFar }
    : { missed: w.missed, met: w.met }
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
  const few = report.goals.reduce<string[]>((list, goal) => {
    if (goal.few === undefined) return list
    const name = `${labelOf(goal, w)}${goal.selector && ` {${goal.selector}}`}`
    const least = samplesFor(rankOf(goal.statistic) as number)
    return list.concat(fill(w.samplesOf, { name, n: goal.few, least: formatNumber(least, '') }))
  }, [])
  return report.warnings.map((warning) =>
    fill(w.warnings[warning], { list: (warning === 'few' ? few : columns).join(', ') }),
  )
}

/** What the streams were like, and what to do about it. */
export function findingTexts(report: Report, w: Words): { what: string; fix: string }[] {
  return report.findings.map(({ kind, count, total, ratio, longest }) => {
    const { what, fix } = w.findings.kinds[kind]
    const values = {
      n: formatNumber(count, ''),
      total: formatNumber(total ?? count, ''),
      ratio: ratio === undefined ? '' : ratio.toFixed(1),
      share: total ? formatNumber(count / total, 'share') : '',
      longest: longest === undefined ? '–' : formatNumber(longest, 'ms'),
    }
    return { what: fill(what, values), fix: `${w.fix} ${fill(fix, values)}` }
  })
}
