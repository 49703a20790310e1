/**
 * What the programs of Node share with the library: the reading of a recording and its times,
 * percentiles, and the report without k6. Built as `dist/node.js`, imported as `#node`. Not for
 * scripts, and not in the package's exports.
 *
 * ```js
 * const outcome = interpretStream(recording, { api: 'openai-chat' })
 * const { ok, error, timing } = toResult(recording, outcome, true)
 *
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

export { type ChatError, type ChatResult, toResult } from './chat/result.ts'
export {
  CONTROL_HEADER,
  FAILURES_PATH as RELAY_FAILURES_PATH,
  PATH as RELAY_PATH,
  PROTOCOL as RELAY_PROTOCOL,
  type RelayControl,
  type RelayDocument,
  type RelayedCookie,
  type RelayedOptions,
  type RelayNotes,
  TARGET_HEADER,
} from './chat/transports/relay-protocol.ts'
export type { Failure as RelayFailure, RequestNote } from './chat/transports/transport.ts'
export { secretsOf, withoutThese } from './chat/words.ts'
export { percentile, percentileOfRanks, samplesFor } from './core/percentile.ts'
export { didYouMean, nearest, noneOf } from './core/suggest.ts'
export { VARIABLES } from './core/variables.ts'
export { version } from './core/version.ts'
export { METRICS } from './metrics/names.ts'
export { type Discovered, discover, isRedirect, modelOf } from './models/discover.ts'
export type {
  Certificate,
  CertificateHold,
  CertificateStep,
  CertifiedStart,
  CertifiedWay,
  ErrorQuantiles,
} from './report/certificate.ts'
export { toldColumn } from './report/figures.ts'
export { type Goal, sortGoals } from './report/goals.ts'
export { verdictText } from './report/headline.ts'
export { renderHtml } from './report/html.ts'
export { renderJson } from './report/json.ts'
export { PREVIEW_METRIC } from './report/k6-data.ts'
export { renderMarkdown } from './report/markdown.ts'
export type { Cell, ReportChart, ReportTable } from './report/parts.ts'
export { type Report, type ReportContext, toReport } from './report/record.ts'
export type { SweepReport } from './report/sweep.ts'
export { highestLoad, loadWasThere } from './report/sweep-rules.ts'
export { renderText } from './report/text.ts'
export type { Validity } from './report/validity.ts'
export { validityTexts } from './report/validity-lines.ts'
export {
  type ByLanguage,
  fill,
  type Locale,
} from './report/words/language.ts'
export { WORDS } from './report/words/words.ts'

export {
  parseThreshold,
  passes,
  rankOf,
  selectorTags,
  series,
  splitSeries,
  type ThresholdParts,
} from './sla/expressions.ts'

export { APIS, type Api, dialectOf } from './stream/dialects/index.ts'
export type { ErrorKind } from './stream/errors.ts'
export { interpretStream, type StreamOutcome } from './stream/interpret.ts'
export { type Json, objectOf, parseJson, textOf } from './stream/json.ts'
export { parseOutcome, writeOutcome } from './stream/read-outcome.ts'
export type { Recording } from './stream/recording.ts'
export { readErrorBody } from './stream/server-error.ts'
export { createParser } from './stream/sse.ts'
export { DEFAULT_STALL_LIMIT } from './stream/timing.ts'
export { type Plan, planOf } from './workload/plan.ts'
export { VALIDITY_LIMITS } from './workload/validity.ts'
