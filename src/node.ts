/**
 * The report without k6: for the command, which makes a report from raw samples in Node. Built as
 * `dist/node.js`. Not for scripts, which have `createSummary`, and not in the package's exports.
 *
 * ```js
 * const report = toReport(data, { title, generatedAt, version, tables, charts })
 * process.stdout.write(renderText(report, { locale: 'en', color: process.stdout.isTTY }))
 * ```
 *
 * `data` is what k6 hands to `handleSummary`, or the same shape made from raw samples:
 * `{ metrics: { llm_ttft: { type: 'trend', contains: 'time', values: { 'p(95)': 812, count: 40 },
 * thresholds: { 'p(95)<2000': { ok: true } } } }, root_group: { checks: [], groups: [] },
 * state: { testRunDurationMs: 60000 } }`.
 *
 * Importing it needs no module of k6 (a test of the package holds it).
 */

export { percentile } from './core/percentile.ts'
export { version } from './core/version.ts'
export { METRICS } from './metrics/names.ts'
export type { Certificate, CertificateStep, ErrorQuantiles } from './report/certificate.ts'
export { sortGoals } from './report/goal-lines.ts'
export type { Goal } from './report/goals.ts'
export { renderHtml } from './report/html.ts'
export { renderJson } from './report/json.ts'
export { renderMarkdown } from './report/markdown.ts'
export { type Locale, MESSAGES } from './report/messages.ts'
export type { Cell, ChartSeries, ReportChart, ReportTable, Wording } from './report/parts.ts'
export { type Report, type ReportContext, toReport } from './report/record.ts'
export type { SweepReport } from './report/sweep.ts'
export { highestLoad, loadWasThere } from './report/sweep-rules.ts'
export { renderText, type TextOptions } from './report/text.ts'
export { type Validity, validityTexts } from './report/validity.ts'
export {
  parseThreshold,
  passes,
  rankOf,
  selectorTags,
  series,
  splitSeries,
  type ThresholdParts,
} from './sla/expressions.ts'
export { VALIDITY_LIMITS } from './workload/validity.ts'
