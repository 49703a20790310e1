import { canStream } from '../chat/default-transport.ts'
import { warnOnce } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { series, splitSeries } from '../sla/expressions.ts'
import type { Thresholds } from '../sla/thresholds.ts'
import { type BaselineFigures, readBaseline } from './baseline-file.ts'

/**
 * How much worse than the baseline a figure may be: `1.1` is 10 % worse. `margin` is the least
 * that is always allowed, in ms or as a share, for figures so small that a ratio is noise:
 * `{ ratio: 1.1, margin: 20 }`.
 */
export type Allowance = number | { ratio: number; margin?: number }

/** Options of {@link baselineThresholds}: an allowance for each statistic that is to be judged. */
export interface BaselineOptions {
  avg?: Allowance
  med?: Allowance
  max?: Allowance
  /** `p95: 1.1`, `'p99.9': 1.5`. */
  [percentile: `p${number}`]: Allowance | undefined
  /**
   * Of shares. What counts is the bad part: of failures the share itself, of goodput and
   * availability what is missing to 1. A baseline without failures leaves only `margin`.
   */
  rate?: Allowance
  /** Of requests and tokens in a second of the whole run: at least baseline / ratio. */
  throughput?: Allowance
  /**
   * Which metrics are judged; also parts like `llm_ttft{model:a}` and metrics of a script's own.
   * @default of those that the baseline has: llm_ttft, llm_ttfo, llm_tpot, llm_request_duration,
   * llm_tokens_per_second, llm_model_switch_duration; llm_failed, llm_available, llm_goodput;
   * llm_requests, llm_completion_tokens
   */
  metrics?: readonly string[]
  /** Metrics of a script's own of which more is better. @default none */
  higherIsBetter?: readonly string[]
  /**
   * What to do with TTFT and TPOT of a baseline where this k6 does not see tokens arrive: `fail`
   * keeps the thresholds, which then fail; `report` leaves them out. @default 'fail'
   */
  unmeasured?: 'fail' | 'report'
}

const DEFAULT: BaselineOptions = { p50: 1.1, p95: 1.1, rate: { ratio: 1.1, margin: 0.005 } }

/** Judged unless `metrics` says otherwise. */
const USUAL = [
  'llm_ttft',
  'llm_ttfo',
  'llm_tpot',
  'llm_request_duration',
  'llm_tokens_per_second',
  'llm_model_switch_duration',
  'llm_failed',
  'llm_available',
  'llm_goodput',
  'llm_requests',
  'llm_completion_tokens',
]
const HIGHER =
  /^(llm_(tokens_per_second|available|goodput|slo_\w+|requests|completion_tokens|prompt_tokens)|checks|http_reqs|iterations)$/
const STREAMED = /^llm_(ttft|ttfo|tpot|tokens_per_second|gap_max|itl|goodput|slo_\w+)$/

/**
 * An earlier run as thresholds: k6 fails (99) where this one is worse by more than is allowed.
 * Times and failures may not rise, pace, availability and throughput may not fall.
 *
 * @param baseline the JSON report of `createSummary`, or k6's own: the data of `handleSummary` or
 *   what `--summary-export` wrote. As text or parsed
 * @param options `{ p95: 1.1, rate: 1.2 }`. @default `{ p50: 1.1, p95: 1.1, rate: { ratio: 1.1,
 *   margin: 0.005 } }`
 * @returns e.g. `{ llm_ttft: ['p(95)<=890', 'max>0'], llm_failed: ['rate<=0.006'], llm_requests:
 *   ['count>0'] }`: each latency comes with the gate that fails where nothing was measured
 * @throws at init for a file that is something else, and for a metric or statistic that it lacks
 *
 * @example baselineThresholds(open('./baseline.json'), { p95: 1.1 })
 */
export function baselineThresholds(
  baseline: unknown,
  options: BaselineOptions = DEFAULT,
): Thresholds {
  const allowed = allowances(options)
  const figures = readBaseline(baseline)
  if (figures.warning) warnOnce(`baselineThresholds: ${figures.warning}`)
  const { metrics, higherIsBetter = [], unmeasured = 'fail' } = options
  const result: Thresholds = {}
  for (const name of metrics ?? USUAL) {
    const figure = figures.metrics[name]
    if (!figure) {
      if (metrics === undefined) continue // not measured in the baseline
      const known = Object.keys(figures.metrics).join(', ') || 'none'
      misuse(`baselineThresholds: the baseline has no ${show(name)}; it has ${known}`)
    }
    const { metric, selector } = splitSeries(name)
    if (STREAMED.test(metric) && unmeasured === 'report' && !canStream()) continue
    const higher = HIGHER.test(metric) || higherIsBetter.indexOf(metric) >= 0
    const list = thresholdsOf(name, figure, higher, allowed)
    if (list.length === 0) continue
    if (figure.type === 'trend') list.push('max>0')
    const gate = figure.type === 'rate' && metric === 'llm_failed' ? 'llm_requests' : undefined
    put(result, name, list)
    if (gate) put(result, series(gate, selector), ['count>0'])
  }
  if (Object.keys(result).length === 0) {
    const asked = Object.keys(allowed).join(', ')
    misuse(
      `baselineThresholds: nothing to judge by ${asked}; the baseline has ` +
        `${Object.keys(figures.metrics).join(', ') || 'no metrics'}`,
    )
  }
  return result
}

type Allowed = { [statistic: string]: { ratio: number; margin: number } }

/** The thresholds of one metric: one for each statistic that was asked for and fits its kind. */
function thresholdsOf(
  name: string,
  { type, values }: BaselineFigures['metrics'][string],
  higher: boolean,
  allowed: Allowed,
): string[] {
  const list: string[] = []
  if (type === 'rate') {
    const allowance = allowed.rate
    if (!allowance) return list
    const rate = values.rate as number
    const bad = worst(higher ? 1 - rate : rate, allowance)
    list.push(
      higher ? `rate>=${rounded(Math.max(0, 1 - bad))}` : `rate<=${rounded(Math.min(1, bad))}`,
    )
  } else if (type === 'counter') {
    const allowance = allowed.throughput
    if (!allowance || !higher || values.rate === undefined) return list
    list.push(`rate>=${rounded(Math.max(0, least(values.rate, allowance)))}`)
  } else {
    for (const statistic of Object.keys(allowed)) {
      if (statistic === 'rate' || statistic === 'throughput') continue
      const allowance = allowed[statistic] as Allowed[string]
      const value = values[statistic]
      if (value === undefined) {
        const has = Object.keys(values).join(', ')
        misuse(
          `baselineThresholds: the baseline has no ${statistic} of ${name}, only ${has}: record it ` +
            'by summaryTrendStats, or leave the statistic out',
        )
      }
      const expression = statistic.charAt(0) === 'p' ? `p(${statistic.slice(1)})` : statistic
      list.push(
        higher
          ? `${expression}>=${rounded(Math.max(0, least(value, allowance)))}`
          : `${expression}<=${rounded(worst(value, allowance))}`,
      )
    }
  }
  return list
}

/** The most that a figure may be of which less is better. */
function worst(value: number, { ratio, margin }: Allowed[string]): number {
  return Math.max(value * ratio, value + margin)
}

/** The least that a figure may be of which more is better. */
function least(value: number, { ratio, margin }: Allowed[string]): number {
  return Math.min(value / ratio, value - margin)
}

/** Six digits: more are noise, and k6 shows the expression. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}

function put(thresholds: Thresholds, name: string, list: string[]): void {
  thresholds[name] = (thresholds[name] ?? []).concat(list)
}

function allowances(options: BaselineOptions): Allowed {
  const allowed: Allowed = {}
  for (const name of Object.keys(options)) {
    const value = (options as { [name: string]: unknown })[name]
    if (value === undefined) continue
    if (name === 'metrics' || name === 'higherIsBetter') {
      if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
        misuse(`baselineThresholds: ${name}=${show(value)}: expected a list of metrics`)
      }
      continue
    }
    if (name === 'unmeasured') {
      if (value !== 'fail' && value !== 'report') {
        misuse(`baselineThresholds: unmeasured=${show(value)}: expected 'fail' or 'report'`)
      }
      continue
    }
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)
    if (percentile ? Number(percentile[1]) > 100 : !/^(avg|med|max|rate|throughput)$/.test(name)) {
      misuse(
        `baselineThresholds: no option ${show(name)}; expected a percentile like p95, avg, med, ` +
          'max, rate, throughput, metrics, higherIsBetter or unmeasured',
      )
    }
    const { ratio, margin = 0 } = (
      typeof value === 'object' && value !== null ? value : { ratio: value }
    ) as { ratio: unknown; margin?: unknown }
    const good = (number: unknown, from: number): number is number =>
      typeof number === 'number' && Number.isFinite(number) && number >= from
    if (!good(ratio, 1) || !good(margin, 0)) {
      misuse(
        `baselineThresholds: ${name}=${show(value)}: expected how much worse it may be, 1 or more, ` +
          'like 1.1 for 10 %, or { ratio: 1.1, margin: 20 }',
      )
    }
    allowed[name] = { ratio, margin }
  }
  return allowed
}
