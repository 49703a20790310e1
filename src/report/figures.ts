import { samplesFor } from '../core/percentile.ts'
import { METRICS } from '../metrics/names.ts'
import { series, splitSeries } from '../sla/expressions.ts'
import { inOrder } from './goals.ts'
import { hasSamples, type K6Summary, type SummaryMetric } from './k6-data.ts'

/** One Trend, or a sub-metric of one, with samples. A column that k6 did not record is absent. */
export interface TrendRow {
  metric: string
  selector: string
  what?: string
  /** `ms`, or `''` for a plain number. */
  unit: 'ms' | ''
  count?: number
  avg?: number
  min?: number
  p50?: number
  max?: number
  [percentile: `p${number}`]: number | undefined
}

/** A Counter, or a sub-metric of one. */
export interface CounterRow {
  metric: string
  selector: string
  count: number
  /** Over the whole run, with setup and warm-up. */
  perSecond?: number
  /** A script asked for this sub-metric to be shown (`perTag`). */
  apart?: true
}

/** A Rate with samples, or a sub-metric of one: `yes` of `total` samples were true. */
export interface RateRow {
  metric: string
  selector: string
  rate: number
  yes: number
  total: number
  /**
   * Of `http_req_failed`: so many requests at least are not in it. k6/x/sse adds no sample, and what only
   * watches (monitors, `connect`) is no failure.
   */
  missing?: number
  apart?: true
}

/** A Gauge, or a sub-metric of one: what it was last, and between what it was. */
export interface GaugeRow {
  metric: string
  selector: string
  unit: 'ms' | 'bytes' | ''
  value: number
  min?: number
  max?: number
}

/** What a run measured, as rows. */
export interface Figures {
  /** Trends in ms. */
  latency: TrendRow[]
  /** Trends of anything else. */
  distributions: TrendRow[]
  counters: CounterRow[]
  rates: RateRow[]
  /** Absent in older reports. */
  gauges?: GaugeRow[]
  /** Failures by kind; known where a threshold names `llm_errors{error_type:…}`. */
  errors: { kind: string; count: number }[]
}

/** k6's own metrics that a report on models needs no line for. */
const PLUMBING =
  /^(http_req_(?!duration|failed)|data_|vus|checks|iteration(?!s$)|group_duration|ws_|grpc_|browser_|sse_)/

/** The figures of a run, in the order of reports. */
export function figuresOf({ metrics }: Pick<K6Summary, 'metrics'>): Figures {
  const gauges: GaugeRow[] = []
  const figures: Figures = {
    latency: [],
    distributions: [],
    counters: [],
    rates: [],
    gauges,
    errors: [],
  }
  for (const name of inOrder(Object.keys(metrics))) {
    const { metric, selector } = splitSeries(name)
    const figure = metrics[name] as SummaryMetric
    const kind = /^llm_errors$/.test(metric) && /(?:^|,)error_type:([^,]+)/.exec(selector)
    if (kind) {
      const { count } = figure.values
      if (count) figures.errors.push({ kind: kind[1] as string, count })
      continue
    }
    if (PLUMBING.test(metric)) continue
    if (/^llm_model_switch_/.test(metric) && /^from:/.test(selector)) continue // switches.ts, by pair
    if (figure.type === 'trend') {
      if (!hasSamples(figure)) continue
      const row = trendRow(metric, selector, figure)
      figures[row.unit === 'ms' ? 'latency' : 'distributions'].push(row)
    } else if (figure.type === 'counter') {
      const { count, rate } = figure.values
      if (count === undefined) continue
      const perSecond = rate !== undefined && { perSecond: rate }
      figures.counters.push({ metric, selector, count, ...perSecond, ...apart(figure) })
    } else if (figure.type === 'rate') {
      const { rate, passes: yes = 0, fails = 0 } = figure.values
      if (rate === undefined || !hasSamples(figure)) continue
      const total = yes + fails
      const missing = missingIn(metric, selector, total, metrics)
      figures.rates.push({ metric, selector, rate, yes, total, ...missing, ...apart(figure) })
    } else if (figure.type === 'gauge') {
      const { value, min, max } = figure.values
      if (value === undefined) continue
      const unit = figure.contains === 'time' ? 'ms' : figure.contains === 'data' ? 'bytes' : ''
      const ends = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
      gauges.push({ metric, selector, unit, value, ...ends })
    }
  }
  return figures
}

/** How many requests `http_req_failed` says nothing of. */
function missingIn(
  metric: string,
  selector: string,
  total: number,
  metrics: K6Summary['metrics'],
): { missing: number } | undefined {
  if (metric !== 'http_req_failed') return undefined
  const sent = ['http_reqs', 'llm_requests'].map(
    (name) => metrics[series(name, selector)]?.values.count ?? 0,
  )
  const missing = Math.max(...sent) - total
  return missing > 0 ? { missing } : undefined
}

function trendRow(metric: string, selector: string, { contains, values }: SummaryMetric): TrendRow {
  const what = (METRICS as { [name: string]: { what: string } })[metric]?.what
  const unit = contains === 'time' ? 'ms' : ''
  const row: TrendRow = { metric, selector, ...(what && { what }), unit }
  for (const column of Object.keys(values)) {
    const key = column === 'med' ? 'p50' : column.replace(/^p\((.+)\)$/, 'p$1')
    if (isColumn(key)) row[key] = values[column] as number
  }
  return row
}

/**
 * A column of a row as reports show it: nothing where its percentile comes from too few samples
 * (`samplesFor`). The record keeps what k6 says.
 */
export function toldColumn(row: TrendRow, column: Column): number | undefined {
  const rank = column.charAt(0) === 'p' ? Number(column.slice(1)) : 0
  return row.count !== undefined && row.count < samplesFor(rank) ? undefined : row[column]
}

export type Column = 'count' | 'avg' | 'min' | 'max' | `p${number}`

function isColumn(name: string): name is Column {
  return /^(count|avg|min|max|p\d+(\.\d+)?)$/.test(name)
}

/** Only thresholds that cannot fail: they are there to have k6 keep the figure apart. */
function apart({ thresholds }: SummaryMetric): { apart: true } | undefined {
  const all = Object.keys(thresholds ?? {})
  const shown = all.length > 0 && all.every((threshold) => /^\w+>=0$/.test(threshold))
  return shown ? { apart: true } : undefined
}
