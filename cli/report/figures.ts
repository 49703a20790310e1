import { PREVIEW_METRIC, parseThreshold, passes, percentile, rankOf, splitSeries } from '#node'
import { metricTypeOf } from '../samples/metric-types.ts'
import type { Metric, Samples, SubMetric } from '../samples/samples.ts'
import type { MetricType } from '../samples/sink.ts'
import { togetherBySecond } from '../samples/timeline.ts'
import { checksOf } from './checks.ts'
import { isOwnSubMetric, typeBy } from './thresholds.ts'

/** A metric as k6 hands it to handleSummary. */
interface Figure {
  type: MetricType
  contains: string
  values: Record<string, number>
  thresholds?: Record<string, { ok: boolean }>
}

export interface Figures {
  /** as handleSummary gets it */
  data: {
    metrics: Record<string, Figure>
    root_group: object
    state: { testRunDurationMs: number; preview?: true }
  }
  /** sub-metrics whose thresholds are not known */
  unjudged: string[]
  /** sub-metrics that only a later file has: left out */
  partial: string[]
}

/** The columns of the library's summaryTrendStats. */
const RANKS = [10, 25, 50, 75, 90, 95, 99]

export interface FiguresOptions {
  /** of the run */
  durationMs: number
  /** all thresholds of the run by series, where they are known */
  given?: Record<string, string[]>
}

/**
 * The figures of a run from its samples, in the shape of k6's summary and by its rules: percentiles
 * are linear between ranks, a series without samples is all zeros, and a threshold is judged by
 * that.
 */
export function figuresOf(samples: Samples, { durationMs, given }: FiguresOptions): Figures {
  const metrics: Record<string, Figure> = {}
  const figures: Figures = {
    data: {
      metrics,
      root_group: checksOf(samples),
      state: {
        testRunDurationMs: durationMs,
        ...(samples.metrics.has(PREVIEW_METRIC) && { preview: true }),
      },
    },
    unjudged: [],
    partial: [],
  }
  for (const metric of samples.metrics.values()) {
    const { name, type, contains } = metric
    if (name === PREVIEW_METRIC) continue
    const { sink, thresholds } = metric
    const whole: SubMetric = { name, sink, thresholds, tags: {}, partial: false }
    for (const part of [whole, ...metric.subMetrics]) {
      if (part.partial) {
        figures.partial.push(part.name)
        continue
      }
      const own = isOwnSubMetric(part.name)
      if (part.sink.count === 0 && own) continue
      const values = valuesOf(metric, part, durationMs)
      metrics[part.name] = { type, contains, values, ...judged(part.thresholds, values) }
      if (!given && part !== whole && !own) figures.unjudged.push(part.name)
    }
    addByTags(metrics, metric, durationMs)
  }
  for (const [name, expressions] of withParents(given ?? {})) {
    if (metrics[name] || figures.partial.includes(name)) continue
    const known = metricTypeOf(splitSeries(name).metric)
    const type = known?.type ?? typeBy(expressions)
    const values = zeros(type, expressions)
    const contains = known?.contains ?? 'default'
    metrics[name] = { type, contains, values, ...judged(given?.[name] ?? [], values) }
  }
  return figures
}

function valuesOf(
  metric: Metric,
  { sink, tags, thresholds }: SubMetric,
  durationMs: number,
): Figure['values'] {
  const { count, sum, min, max, trues, last } = sink
  if (count === 0) return zeros(metric.type, thresholds)
  switch (metric.type) {
    case 'counter':
      return { count: sum, rate: sum / secondsOf(durationMs) }
    case 'rate':
      return { rate: trues / count, passes: trues, fails: count - trues }
    case 'gauge':
      return { value: last, min, max: usersOf(metric) ?? max }
    default: {
      const sorted = metric.values(tags).sort()
      const values: Record<string, number> = {
        avg: sum / count,
        min,
        med: percentile(sorted, 0.5),
        max,
      }
      for (const rank of ranksOf(thresholds)) values[`p(${rank})`] = percentile(sorted, rank / 100)
      return { ...values, count }
    }
  }
}

/** Users of all instances: k6's own gauges add up, others do not. */
function usersOf(metric: Metric) {
  const series = metric.series()
  if (!/^vus(_max)?$/.test(metric.name) || series.length < 2) return undefined
  return Math.max(...togetherBySecond(series).values())
}

/** k6's summary has the metric of each sub-metric that a threshold names. */
function withParents(given: Record<string, string[]>) {
  const all: [string, string[]][] = Object.entries(given)
  for (const [name, expressions] of Object.entries(given)) {
    const { metric } = splitSeries(name)
    if (!given[metric]) all.push([metric, expressions])
  }
  return all
}

/** k6 divides by whole nanoseconds, which the float of ms does not always give back. */
function secondsOf(ms: number) {
  return Math.round(ms * 1e6) / 1e9
}

function zeros(type: MetricType, expressions: string[]): Figure['values'] {
  if (type === 'counter') return { count: 0, rate: 0 }
  if (type === 'rate') return { rate: 0, passes: 0, fails: 0 }
  if (type === 'gauge') return { value: 0, min: 0, max: 0 }
  const ranks = ranksOf(expressions).map((rank) => [`p(${rank})`, 0])
  return { avg: 0, min: 0, med: 0, max: 0, ...Object.fromEntries(ranks), count: 0 }
}

function ranksOf(expressions: string[]) {
  const asked = expressions.flatMap((text) => {
    const statistic = parseThreshold(text)?.statistic
    return statistic === undefined || statistic === 'med' ? [] : (rankOf(statistic) ?? [])
  })
  return [...new Set([...RANKS, ...asked])].sort((a, b) => a - b)
}

function judged(expressions: string[], values: Record<string, number>) {
  if (expressions.length === 0) return {}
  const thresholds: Record<string, { ok: boolean }> = {}
  for (const expression of expressions) {
    const parsed = parseThreshold(expression)
    if (!parsed) {
      thresholds[expression] = { ok: false }
      continue
    }
    const value = values[parsed.statistic]
    thresholds[expression] = { ok: value !== undefined && passes(value, parsed) }
  }
  return { thresholds }
}

/** What reports want by tag, which k6's summary has only where a threshold names it. */
const BY_TAGS = [
  { metric: /^llm_errors$/, keys: ['error_type'] },
  { metric: /^llm_model_switch_(failed|duration)$/, keys: ['from', 'to'] },
  { metric: /^llm_ttft_probe$/, keys: ['start'] },
]

function addByTags(metrics: Record<string, Figure>, metric: Metric, durationMs: number) {
  const keys = BY_TAGS.find((row) => row.metric.test(metric.name))?.keys
  const { name, type, contains } = metric
  for (const { tags } of keys ? metric.series() : []) {
    if (keys?.some((key) => tags[key] === undefined)) continue
    const wanted = Object.fromEntries((keys ?? []).map((key) => [key, tags[key] ?? '']))
    const list = Object.entries(wanted).map(([key, value]) => `${key}:${value}`)
    metrics[`${name}{${list.join(',')}}`] ??= {
      type,
      contains,
      values: totals(metric, wanted, durationMs),
    }
  }
}

/** As `valuesOf`, of series that k6 did not keep apart. */
function totals(
  metric: Metric,
  tags: Record<string, string>,
  durationMs: number,
): Figure['values'] {
  if (metric.type === 'trend') {
    const sorted = metric.values(tags).sort()
    const values = { med: percentile(sorted, 0.5), max: percentile(sorted, 1) }
    return { ...values, count: sorted.length }
  }
  const parts = metric.series(tags).map(({ runs }) => runs.totals())
  const a = parts.reduce((sum, part) => sum + part.a, 0)
  const b = parts.reduce((sum, part) => sum + part.b, 0)
  if (metric.type === 'rate') return { rate: a / b, passes: a, fails: b - a }
  return { count: a, rate: a / secondsOf(durationMs) }
}
