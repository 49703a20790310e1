import { readFileSync } from 'node:fs'
import { type Plan, parseThreshold, planOf, type Report, series, splitSeries } from '#node'
import { whyUnread } from '../fault.ts'
import { documentOf, type OptionsDocument, type SummaryDocument } from '../samples/document.ts'
import { expressionOf } from '../samples/json.ts'
import type { Typed } from '../samples/metric-types.ts'
import { isMetricType, type MetricType } from '../samples/sink.ts'

/**
 * The thresholds of a run, where the samples do not have them: k6's JSON has those of whole metrics
 * only, and of none that got no sample; CSV has none.
 */
export interface Given {
  /** expressions by series, `llm_ttft{sla:chat}` */
  thresholds: Record<string, string[]>
  /** of the run, as k6 took it */
  durationMs?: number
  /** k6's own verdict */
  passed?: boolean
  /** what the scenarios planned */
  plan?: Plan
  /** what a report of the same run has, and samples have not */
  kept?: Partial<Report>
  /** of its metrics, which CSV does not tell */
  types?: Record<string, Typed>
  /** of the run, by metric */
  counts?: Record<string, number>
  /** when the file was made, ms since 1970, where it says so */
  madeAt?: number
  /** where it was found, where nobody named it */
  file?: string
  from: 'options' | 'summary' | 'report'
}

/** A file of thresholds that is none. */
export class NoThresholds extends Error {}

const EXPECTED = 'expected what k6 inspect script.js prints, or the JSON that handleSummary wrote'

/**
 * Reads `--thresholds FILE`: what `k6 inspect script.js` prints, the data of handleSummary, or the
 * JSON report of this library.
 *
 * @throws NoThresholds
 */
export function readThresholds(path: string): Given {
  const given = fromDocument(parsed(path))
  if (!given) throw new NoThresholds(`${path}: line 1: JSON of another kind; ${EXPECTED}`)
  return given
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new NoThresholds(`${path}: ${whyUnread(error)}; ${EXPECTED}`)
  }
}

/** @returns undefined where it has none */
export function fromDocument(value: unknown): Given | undefined {
  const document = documentOf(value)
  switch (document.kind) {
    case 'options':
      return fromOptions(document.options)
    case 'summary':
      return fromSummary(document.summary)
    case 'report':
      return fromReport(document.report)
    default:
      return undefined
  }
}

function fromOptions(options: OptionsDocument): Given {
  const lists = Object.entries(options.thresholds)
  const thresholds = lists.map(([name, list]) => [name, [list].flat().map(expressionOf)])
  const plan = planOf(options)
  return { thresholds: Object.fromEntries(thresholds), ...(plan && { plan }), from: 'options' }
}

function fromSummary({ metrics, state }: SummaryDocument): Given {
  const thresholds: Record<string, string[]> = {}
  const types: Given['types'] = {}
  const counts: Given['counts'] = {}
  let passed = true
  for (const [name, metric] of Object.entries(metrics)) {
    const { type, contains = 'default', values } = metric
    if (isMetricType(type) && splitSeries(name).selector === '') types[name] = { type, contains }
    if (type === 'counter' && values?.count !== undefined) counts[name] = values.count
    const list = Object.entries(metric.thresholds ?? {})
    if (list.length === 0) continue
    thresholds[name] = list.map(([expression]) => expression)
    if (list.some(([, { ok }]) => !ok)) passed = false
  }
  const duration = durationOf(state?.testRunDurationMs)
  return { thresholds, types, counts, ...duration, passed, from: 'summary' }
}

function fromReport(report: Report): Given {
  const thresholds: Record<string, string[]> = {}
  for (const goal of report.goals) {
    const name = series(goal.metric, goal.selector)
    thresholds[name] = [...(thresholds[name] ?? []), goal.threshold]
  }
  return {
    thresholds,
    ...durationOf(report.durationMs),
    types: typesOf(report),
    counts: Object.fromEntries(
      report.counters
        .filter(({ selector }) => selector === '')
        .map(({ metric, count }) => [metric, count]),
    ),
    madeAt: Date.parse(report.generatedAt),
    ...(report.verdict !== 'interrupted' && { passed: report.verdict !== 'fail' }),
    kept: keptOf(report),
    from: 'report',
  }
}

function typesOf({ latency, distributions, counters, rates, gauges = [] }: Report) {
  const of = (rows: { metric: string }[], type: MetricType, contains = 'default') =>
    rows.map(({ metric }): [string, Typed] => [metric, { type, contains }])
  return Object.fromEntries([
    ...of(latency, 'trend', 'time'),
    ...of(distributions, 'trend'),
    ...of(counters, 'counter'),
    ...of(rates, 'rate'),
    ...of(gauges, 'gauge'),
  ])
}

const KEPT = [
  'slas',
  'unmeasured',
  'streaming',
  'transport',
  'configuration',
  'certificate',
  'sweep',
  'validity',
  'preview',
  'ending',
  'failures',
] as const

function keptOf(report: Report): Partial<Report> {
  const kept = KEPT.map((name): [string, unknown] => [name, report[name]])
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined))
}

function durationOf(ms: unknown) {
  return typeof ms === 'number' && ms > 0 ? { durationMs: ms } : {}
}

/**
 * Of a metric that got no sample nothing is known but its thresholds: they tell what type it may
 * be. For k6's zeros that is enough.
 */
export function typeBy(expressions: string[]): MetricType {
  const statistics = expressions.map((expression) => parseThreshold(expression)?.statistic)
  if (statistics.includes('value')) return 'gauge'
  if (statistics.includes('count')) return 'counter'
  return statistics.includes('rate') ? 'rate' : 'trend'
}

/** Whether k6 makes a sub-metric of itself. */
export function isOwnSubMetric(name: string): boolean {
  const { metric, selector } = splitSeries(name)
  return metric === 'http_req_duration' && selector === 'expected_response:true'
}
