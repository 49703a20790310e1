import type { Report, ReportContext } from '#node'
import type { Reading } from '../samples/read.ts'
import { distributions } from './distributions.ts'
import { figuresOf } from './figures.ts'
import { groupTables } from './groups.ts'
import { chartsOverTime } from './over-time.ts'
import { steadiness } from './steadiness.ts'
import { sweepParts } from './sweep.ts'
import type { Given } from './thresholds.ts'
import { WORDS } from './words.ts'

/**
 * The report record of a run from its samples.
 *
 * @returns `unjudged`: what to warn of: thresholds that are not known
 */
export function makeReport(
  reading: Reading,
  how: {
    reports: typeof import('../../src/node.ts')
    title: string /** ISO 8601 */
    generatedAt: string
    version: string /** of what is told in words */
    locale: 'en' | 'ko' /** thresholds of the run */
    given?: Given /** what each step of a sweep must meet */
    goals?: string[] /** the tag by which groups are compared */
    by?: string /** of the bootstrap */
    seed?: number /** from which a difference matters */
    threshold: (metric: string, kind: 'relative' | 'share') => number
  },
): { report: Report; unjudged: string[] } {
  const { reports, title, generatedAt, version, locale, given } = how
  const words = WORDS[locale]
  const { samples } = reading
  const span = samples.last - samples.first
  const durationMs = given?.durationMs ?? span
  const { data, unjudged, partial } = figuresOf(samples, {
    table: reports.METRICS,
    durationMs,
    given: given?.thresholds,
  })
  const notes: ReportContext['notes'] = [
    { label: words.samples, text: words.read(samples.count, reading.files) },
  ]
  if (given?.durationMs === undefined) notes.push({ label: words.duration, text: words.span })
  const list = (names: string[]) => names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '')
  const unknown = []
  if (reading.format === 'csv' && !given) unknown.push(words.csv)
  else if (unjudged.length > 0) unknown.push(words.unjudged(unjudged.length, list(unjudged)))
  if (partial.length > 0) unknown.push(words.partial(list(partial)))
  for (const text of unknown) notes.push({ label: words.thresholds, text })
  for (const text of [...reading.warnings, ...reading.failures])
    notes.push({ label: words.input, text })
  const report = reports.toReport(data, {
    title: `${title} (${words.recomputed})`,
    generatedAt,
    version,
    notes,
    ...partsOf(reading, how),
  })
  // SLA, settings, what was not measured and the validity, which knows the scenarios.
  Object.assign(report, given?.kept)
  if (report.tables?.some(({ id }) => id === 'sweep-load')) leaveOutSteps(report)
  if (given?.passed !== undefined && report.verdict !== 'none') {
    const same = given.passed === (report.verdict === 'pass')
    report.notes.push({ label: words.verdict, text: same ? words.same : words.other })
  }
  return { report, unjudged: unknown.map((text) => `${words.thresholds}: ${text}`) }
}

/** What only samples can tell. */
function partsOf(
  { samples }: Reading,
  {
    goals,
    by,
    seed,
    threshold,
  }: Pick<Parameters<typeof makeReport>[1], 'goals' | 'by' | 'seed' | 'threshold'>,
) {
  const sweep = sweepParts(samples, { goals, seed })
  const shapes = distributions(samples)
  const steady = steadiness(samples)
  return {
    tables: [
      ...sweep.tables,
      ...groupTables(samples, { by, threshold, seed }),
      ...(steady ? [steady] : []),
      ...shapes.tables,
    ],
    charts: [...sweep.charts, ...chartsOverTime(samples), ...shapes.charts],
  }
}

/** The sweep's tables have the figures of each step. */
function leaveOutSteps(report: Report) {
  const isOther = ({ selector }: { selector: string }) => !/(^|,)step:/.test(selector)
  report.latency = report.latency.filter(isOther)
  report.distributions = report.distributions.filter(isOther)
  report.counters = report.counters.filter(isOther)
  report.rates = report.rates.filter(isOther)
}
