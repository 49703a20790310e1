import { misuse, show } from '../core/errors.ts'
import { series } from '../sla/expressions.ts'
import type { TrendRow } from './figures.ts'
import { hasSamples, readSummaryData, type SummaryMetric } from './k6-data.ts'
import type { Report } from './record.ts'

/** The figures of an earlier run, whatever wrote them. Those without samples are left out. */
export interface BaselineFigures {
  /** By name, sub-metrics too. Statistics as `avg`, `med`, `max`, `p95`; rates and counters: `rate`. */
  metrics: {
    [name: string]: { type: 'trend' | 'rate' | 'counter'; values: { [statistic: string]: number } }
  }
  /** Why it is a doubtful baseline. */
  warning?: string
}

type Json = { [key: string]: unknown }

const EXPECTED =
  "expected the JSON report of createSummary, or k6's handleSummary data or --summary-export, " +
  "like open('./baseline.json')"

/** Reads a baseline, or ends the test for what is none. */
export function readBaseline(given: unknown): BaselineFigures {
  let file = given
  if (typeof given === 'string') {
    try {
      file = JSON.parse(given)
    } catch (error) {
      misuse(`baselineThresholds: the baseline is no JSON (${String(error)}): ${EXPECTED}`)
    }
  }
  const json = file as Json | null
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    misuse(`baselineThresholds: baseline=${show(file)}: ${EXPECTED}`)
  }
  if (typeof json.schema === 'string') {
    if (json.schema !== 'k6-llm/report@1') {
      misuse(`baselineThresholds: the baseline is ${show(json.schema)}: ${EXPECTED}`)
    }
    return ofReport(json as unknown as Report)
  }
  if (json.type === 'Metric' || json.type === 'Point') {
    misuse(
      `baselineThresholds: the baseline has raw samples (--out json): ${EXPECTED}; ` +
        '`k6-llm report` makes one of them',
    )
  }
  const flat = json.metrics !== null && typeof json.metrics === 'object' && !Array.isArray(json)
  if (!flat && json.results === undefined) {
    misuse(`baselineThresholds: the baseline has no 'metrics': ${EXPECTED}`)
  }
  return ofSummary(isExport(json) ? { metrics: typed(json.metrics as Json) } : json)
}

function ofReport(report: Report): BaselineFigures {
  const metrics: BaselineFigures['metrics'] = {}
  for (const row of (report.latency ?? []).concat(report.distributions ?? [])) {
    metrics[series(row.metric, row.selector)] = { type: 'trend', values: trendValues(row) }
  }
  for (const { metric, selector, rate } of report.rates ?? []) {
    metrics[series(metric, selector)] = { type: 'rate', values: { rate } }
  }
  for (const { metric, selector, count, perSecond } of report.counters ?? []) {
    const values = { count, ...(perSecond !== undefined && { rate: perSecond }) }
    metrics[series(metric, selector)] = { type: 'counter', values }
  }
  const state = report.validity?.state
  const doubts: string[] = []
  if (report.ending) doubts.push('ended before it had done what it planned')
  if (state === 'suspect' || state === 'invalid') doubts.push(state)
  return {
    metrics,
    ...(doubts.length > 0 && {
      warning: `the run of the baseline was ${doubts.join(' and ')} (${report.generatedAt})`,
    }),
  }
}

function trendValues(row: TrendRow): { [statistic: string]: number } {
  const values: { [statistic: string]: number } = {}
  for (const key of Object.keys(row)) {
    const value = (row as unknown as Json)[key]
    if (typeof value === 'number') values[key] = value
  }
  if (values.p50 !== undefined) values.med = values.p50
  return values
}

function ofSummary(data: unknown): BaselineFigures {
  const metrics: BaselineFigures['metrics'] = {}
  const figures = readSummaryData(data).metrics
  for (const name of Object.keys(figures)) {
    const figure = figures[name] as SummaryMetric
    const { type } = figure
    if (type === 'gauge' || !hasSamples(figure)) continue
    const values: { [statistic: string]: number } = {}
    for (const column of Object.keys(figure.values)) {
      const percentile = /^p\((.+)\)$/.exec(column)
      values[percentile ? `p${percentile[1]}` : column] = figure.values[column] as number
    }
    const middle = values.med ?? values.p50
    if (middle !== undefined) Object.assign(values, { med: middle, p50: middle })
    if (type === 'rate' && values.rate === undefined) continue
    metrics[name] = { type, values }
  }
  return { metrics }
}

/** `--summary-export` (k6 0.47 to 2.x) has the columns in the metric itself, and no type. */
function isExport({ metrics }: Json): boolean {
  const all = (metrics ?? {}) as { [name: string]: Json }
  const names = Object.keys(all)
  return names.length > 0 && names.every((name) => all[name]?.type === undefined)
}

function typed(metrics: Json): Json {
  const made: Json = {}
  for (const name of Object.keys(metrics)) {
    const { thresholds: _verdicts, ...columns } = metrics[name] as Json
    const has = (column: string) => typeof columns[column] === 'number'
    const type =
      has('passes') && has('fails')
        ? 'rate'
        : has('count') && has('rate')
          ? 'counter'
          : has('value')
            ? 'gauge'
            : 'trend'
    // A Rate is called `value` there.
    if (type === 'rate' && has('value')) columns.rate = columns.value
    made[name] = { type, values: columns }
  }
  return made
}
