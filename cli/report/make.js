import { distributions } from './distributions.js'
import { figuresOf } from './figures.js'
import { groupTables } from './groups.js'
import { chartsOverTime } from './over-time.js'
import { steadiness } from './steadiness.js'
import { sweepParts } from './sweep.js'
import { WORDS } from './words.js'

/** @import { Report, ReportContext } from '../../src/report.ts' */
/** @import { Reading } from '../samples/read.js' */
/** @import { Given } from './thresholds.js' */

/**
 * The report record of a run from its samples.
 *
 * @param {Reading} reading
 * @param {object} how
 * @param {typeof import('../../src/report.ts')} how.reports
 * @param {string} how.title
 * @param {string} how.generatedAt ISO 8601
 * @param {string} how.version
 * @param {'en' | 'ko'} how.locale of what is told in words
 * @param {Given} [how.given] thresholds of the run
 * @param {string[]} [how.goals] what each step of a sweep must meet
 * @param {string} [how.by] the tag by which groups are compared
 * @param {number} [how.seed] of the bootstrap
 * @param {(metric: string, kind: 'relative' | 'share') => number} how.threshold from which a difference matters
 * @returns {{ report: Report, unjudged: string[] }} `unjudged`: what to warn of: thresholds that are not known
 */
export function makeReport(reading, how) {
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
  /** @type {ReportContext['notes']} */
  const notes = [{ label: words.samples, text: words.read(samples.count, reading.files) }]
  if (given?.durationMs === undefined) notes.push({ label: words.duration, text: words.span })
  const list = (/** @type {string[]} */ names) =>
    names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '')
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

/**
 * What only samples can tell.
 *
 * @param {Reading} reading
 * @param {Pick<Parameters<typeof makeReport>[1], 'goals' | 'by' | 'seed' | 'threshold'>} how
 */
function partsOf({ samples }, { goals, by, seed, threshold }) {
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

/** The sweep's tables have the figures of each step. @param {Report} report */
function leaveOutSteps(report) {
  const isOther = (/** @type {{ selector: string }} */ { selector }) => !/(^|,)step:/.test(selector)
  report.latency = report.latency.filter(isOther)
  report.distributions = report.distributions.filter(isOther)
  report.counters = report.counters.filter(isOther)
  report.rates = report.rates.filter(isOther)
}
