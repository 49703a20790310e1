import { samplesFor } from '../core/percentile.ts'
import { parseThreshold, passes, series } from '../sla/expressions.ts'
import type { Sweep, SweepStep } from '../workload/sweep.ts'
import type { Figures } from './figures.ts'
import { type Goal, statisticOf } from './goals.ts'
import { hasSamples, type K6Summary, type SummaryMetric } from './k6-data.ts'
import { highestLoad, loadWasThere } from './sweep-rules.ts'

/** One step of a sweep, in its measured part. Absent: not measured. */
export interface SweepRow {
  /** Value of the tag `step`. */
  step: string
  kind: 'rate' | 'users'
  /** Requests per second, or users. */
  load: number
  /** Requests that started in the measured part and ended, ok or not. */
  requests: number
  /** Of them those that succeeded, per second of the measured part. Absent where that was cut short. */
  perSecond?: number
  failed?: number
  ttft?: { p50?: number; p95?: number }
  tpot?: { p50?: number; p95?: number }
  duration?: { p50?: number; p95?: number }
  goodput?: number
  tokensPerSecond?: number
  /** Iterations of the whole step that found no free user. */
  dropped: number
  /**
   * `unknown`: a limit of the SLA was not measured, the step was cut short, or there is no SLA.
   * `not-run`: the sweep was stopped before.
   */
  meets: 'yes' | 'no' | 'unknown' | 'not-run'
  /**
   * What was missed or not measured: limits such as `ttft.p95`; `load`: not all of it was sent and
   * answered; `saturated`: the run was stopped here.
   */
  missed: string[]
  unmeasured: string[]
}

/** A sweep in the report record. */
export interface SweepReport {
  sla?: string
  steps: SweepRow[]
  /** The highest load that meets the SLA, as every lower one does. Absent: not even the lowest. */
  highest?: number
  /** The lowest load that misses it, or is not known to meet it. */
  lowestMissed?: number
  /** Loads above that one which meet it all the same: not counted. */
  passedAbove?: number[]
  /** The step at which the run was stopped, and the thresholds that did it. */
  stopped?: { step: string; by: string[] }
}

/** What the summary tells of each step. */
export function sweepOf(
  sweep: Sweep,
  { metrics, durationMs }: Pick<K6Summary, 'metrics' | 'durationMs'>,
): SweepReport {
  const rows = sweep.steps.map((step) => rowOf(step, metrics, durationMs < step.end))
  const report: SweepReport = { ...(sweep.sla && { sla: sweep.sla }), steps: rows }
  sweep.steps.forEach(({ step, stops }, i) => {
    const by = stops
      .filter(([name, threshold]) => metrics[name]?.thresholds?.[threshold]?.ok === false)
      .map(([name, threshold]) => `${name}: ${threshold}`)
    if (by.length === 0 || report.stopped) return
    report.stopped = { step, by }
    const row = rows[i] as SweepRow
    if (row.missed.length === 0) row.missed.push('saturated')
    row.meets = 'no'
  })
  if (sweep.sla === undefined) return report
  const ran = rows.filter(({ meets }) => meets !== 'not-run')
  const { passedAbove, ...found } = highestLoad(
    ran.map(({ load, meets }) => ({ load, passed: meets === 'yes' })),
  )
  return { ...report, ...found, ...(passedAbove.length > 0 && { passedAbove }) }
}

type Metrics = K6Summary['metrics']

function rowOf(step: SweepStep, metrics: Metrics, cut: boolean): SweepRow {
  const seconds = step.window / 1000
  const at = (metric: string) => {
    const figure = metrics[`${metric}{step:${step.step},phase:measure}`]
    return figure && hasSamples(figure) ? figure : undefined
  }
  const requests = at('llm_requests')?.values.count ?? 0
  const failed = at('llm_failed')?.values
  const tokens = at('llm_completion_tokens')?.values.count
  const row: SweepRow = {
    step: step.step,
    kind: step.kind,
    load: step.load,
    requests,
    // `fails` of the Rate of failures are those that did not fail.
    ...(!cut && { perSecond: (failed?.fails ?? 0) / seconds }),
    ...(failed && { failed: failed.rate }),
    ...times('ttft', at('llm_ttft')),
    ...times('tpot', at('llm_tpot')),
    ...times('duration', at('llm_request_duration')),
    ...share('goodput', at('llm_goodput')),
    ...(tokens && !cut && { tokensPerSecond: tokens / seconds }),
    dropped: metrics[`dropped_iterations{step:${step.step}}`]?.values.count ?? 0,
    meets: 'unknown',
    missed: [],
    unmeasured: [],
  }
  if (requests === 0 && row.dropped === 0) return { ...row, meets: 'not-run' }
  for (const limit of step.limits) {
    const figure = metrics[series(limit.metric, limit.selector)]
    const parsed = parseThreshold(limit.threshold)
    const value =
      parsed && figure && hasSamples(figure) ? statisticOf(figure, parsed.statistic) : undefined
    if (limit.measured !== 'yes' || !parsed || value === undefined) row.unmeasured.push(limit.limit)
    else if (!passes(value, parsed)) row.missed.push(limit.limit)
  }
  // Those that are slowest end last, or never: without them the others are not the whole picture.
  if (!cut && !loadWasThere({ ...step, requests, dropped: row.dropped })) row.missed.push('load')
  if (row.missed.length > 0) row.meets = 'no'
  else if (step.limits.length > 0 && row.unmeasured.length === 0 && !cut) row.meets = 'yes'
  return row
}

function times(name: 'ttft' | 'tpot' | 'duration', figure: SummaryMetric | undefined) {
  if (!figure) return undefined
  const { count = Infinity } = figure.values
  const p50 = statisticOf(figure, 'med')
  const p95 = count < samplesFor(95) ? undefined : statisticOf(figure, 'p(95)')
  return { [name]: { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) } }
}

function share(name: 'goodput', figure: SummaryMetric | undefined) {
  return figure?.values.rate === undefined ? undefined : { [name]: figure.values.rate }
}

/**
 * What is left of figures and goals beside the table of the steps: without their figures, one by
 * one, and without the thresholds that would have ended the run. Of those that were met the last
 * step's stay: they are what the verdict was made from.
 */
export function besideSteps(
  sweep: Sweep,
  figures: Figures,
  goals: Goal[],
): { figures: Figures; goals: Goal[] } {
  const other = ({ selector }: { selector: string }) => !/(^|,)step:/.test(selector)
  const isStop = (goal: Goal, steps: SweepStep[]) =>
    steps.some(({ stops }) =>
      stops.some(
        ([name, threshold]) =>
          name === series(goal.metric, goal.selector) && threshold === goal.threshold,
      ),
    )
  const left = goals.filter((goal) => !goal.ok || !isStop(goal, sweep.steps))
  const last = sweep.steps.slice(-1)
  return {
    figures: {
      latency: figures.latency.filter(other),
      distributions: figures.distributions.filter(other),
      counters: figures.counters.filter(other),
      rates: figures.rates.filter(other),
      gauges: (figures.gauges ?? []).filter(other),
      errors: figures.errors,
    },
    goals: left.length > 0 ? left : goals.filter((goal) => isStop(goal, last)),
  }
}
