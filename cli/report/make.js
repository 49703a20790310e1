import { figuresOf } from './figures.js'
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
 * @returns {Report}
 */
export function makeReport(reading, { reports, title, generatedAt, version, locale, given }) {
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
  if (reading.format === 'csv' && !given) notes.push({ label: words.thresholds, text: words.csv })
  else if (unjudged.length > 0) {
    notes.push({ label: words.thresholds, text: words.unjudged(unjudged.length, list(unjudged)) })
  }
  if (partial.length > 0)
    notes.push({ label: words.thresholds, text: words.partial(list(partial)) })
  for (const text of [...reading.warnings, ...reading.failures])
    notes.push({ label: words.input, text })
  const report = reports.toReport(data, {
    title: `${title} (${words.recomputed})`,
    generatedAt,
    version,
    notes,
  })
  if (given?.passed !== undefined && report.verdict !== 'none') {
    const same = given.passed === (report.verdict === 'pass')
    report.notes.push({ label: words.verdict, text: same ? words.same : words.other })
  }
  return report
}
