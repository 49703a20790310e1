import { type Locale, type Report, type ReportContext, toReport } from '#node'
import type { Reading } from '../samples/read.ts'
import type { Samples } from '../samples/samples.ts'
import { WORDS } from '../words/in-each.ts'
import { distributions } from './distributions.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type GroupOptions, groupTables } from './groups.ts'
import { chartsOverTime } from './over-time.ts'
import { steadiness } from './steadiness.ts'
import { sweepParts } from './sweep.ts'
import type { Given } from './thresholds.ts'

export interface MakeOptions extends GroupOptions {
  title: string
  /** ISO 8601 */
  generatedAt: string
  version: string
  /** of what is told in words */
  locale: Locale
  /** thresholds of the run */
  given?: Given
  /** what each step of a sweep must meet */
  goals?: string[]
}

/** A report, and what to warn of: thresholds that are not known. */
export interface Made {
  report: Report
  unjudged: string[]
}

/** So much before its first sample and after its last a run may have been, ms. */
const USERS_EVERY = 2000

/** How many names are listed. */
const MOST_NAMES = 8

/** The report record of a run from its samples. */
export function makeReport(reading: Reading, options: MakeOptions): Made {
  const { title, generatedAt, version, locale, given } = options
  const words = WORDS[locale].reading
  const { samples } = reading
  const figures = figuresOf(samples, {
    durationMs: given?.durationMs ?? samples.last - samples.first,
    given: given?.thresholds,
  })
  const unjudged = unjudgedOf(reading, figures, options)
  const read = words.read(samples.count, reading.files.join(', '))
  const notes: NonNullable<ReportContext['notes']> = [{ label: words.samples, text: read }]
  if (given?.durationMs === undefined) notes.push({ label: words.duration, text: words.span })
  if (given?.file !== undefined)
    notes.push({ label: words.thresholds, text: words.beside(given.file) })
  for (const text of unjudged) notes.push({ label: words.thresholds, text })
  for (const text of [...reading.warnings, ...reading.failures]) {
    notes.push({ label: words.input, text })
  }
  const report: Report = {
    ...toReport(figures.data, {
      title: `${title} (${words.recomputed})`,
      generatedAt,
      version,
      notes,
      ...endOf(samples, given),
      ...partsOf(reading, options),
    }),
    // SLA, settings, what was not measured, the validity, which knows the scenarios, and the end.
    ...given?.kept,
  }
  if (report.tables?.some(({ id }) => id === 'sweep-load')) leaveOutSteps(report)
  if (given?.passed !== undefined && report.verdict !== 'none') {
    const same = given.passed === (report.verdict === 'pass')
    report.notes.push({ label: words.verdict, text: same ? words.same : words.other })
  }
  return { report, unjudged: unjudged.map((text) => `${words.thresholds}: ${text}`) }
}

/** How it ended, or what tells that: k6 counts its users to the end of a run. */
function endOf(
  samples: Samples,
  given: Given | undefined,
): Pick<ReportContext, 'ending' | 'plan' | 'slack'> {
  const ending = given?.kept?.ending
  if (ending) return { ending }
  if (!given?.plan || !samples.metrics.has('vus')) return {}
  return { plan: given.plan, slack: given.durationMs === undefined ? USERS_EVERY : 0 }
}

/** Which thresholds are not known, in words. */
function unjudgedOf(
  { format }: Reading,
  { unjudged, partial }: Figures,
  { given, locale }: MakeOptions,
): string[] {
  const words = WORDS[locale].reading
  const list = (names: string[]) =>
    names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ', …' : '')
  const texts: string[] = []
  if (format === 'csv' && !given) texts.push(words.csv)
  else if (unjudged.length > 0) texts.push(words.unjudged(unjudged.length, list(unjudged)))
  if (partial.length > 0) texts.push(words.partial(list(partial)))
  return texts
}

/** What only samples can tell. */
function partsOf(
  { samples }: Reading,
  { goals, given, by, seed, threshold }: MakeOptions,
): Pick<ReportContext, 'tables' | 'charts'> {
  const sweep = sweepParts(samples, { goals, told: given?.kept?.sweep, seed })
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
