import { samplesFor } from '../core/percentile.ts'
import { METRICS } from '../metrics/names.ts'
import { parseThreshold, rankOf, series, splitSeries } from '../sla/expressions.ts'
import type { SlaLimit } from '../sla/limits.ts'
import { hasSamples, type K6Summary, type SummaryMetric } from './k6-data.ts'

/** One threshold of the run, judged by k6. */
export interface Goal {
  metric: string
  /** `'sla:chat'`, or `''` for the whole metric. */
  selector: string
  /** The expression as k6 keeps it. */
  threshold: string
  statistic: string
  operator: string
  goal: number
  /** In `unit`. Absent where it was not measured or not recorded. */
  value?: number
  /**
   * Why there is no value. `empty`: no samples (k6 passes a latency threshold then).
   * `column`: not among the summary's columns. `invalid`: a sample was no finite number.
   */
  absent?: 'empty' | 'column' | 'invalid'
  /** Of how many samples a percentile is, where they are too few for it (`samplesFor`). */
  few?: number
  /** k6's verdict. */
  ok: boolean
  unit: 'ms' | 'share' | 'bytes' | 'count' | '/s' | 'requests/s' | 'tokens/min' | ''
  /** `max>0`, `count>0`: it only tells that something was measured. */
  isGate: boolean
  /** The series whose gate failed in this goal's place: k6 passed the goal, which has no samples. */
  gate?: string
  /**
   * Why it is not met though its figure is in the limit. `refused`: available, but every request
   * failed. `disproved`: an estimate of TTFT below the time of the streams' own headers.
   */
  doubt?: 'refused' | 'disproved'
  /** `disproved`: median of those headers in ms. */
  headers?: number
  /** Name of the SLA and its limit, where the threshold comes from one. */
  sla?: string
  limit?: string
}

/** A limit with the name of its SLA. */
export type SlaLimitOf = SlaLimit & { sla: string }

/**
 * The thresholds of a run as goals. Those that cannot fail (`max>=0`, which scripts set only to
 * get a sub-metric into the summary) are left out.
 */
export function goalsOf(figures: K6Summary, limits: SlaLimitOf[]): Goal[] {
  const goals: Goal[] = []
  const gatesOf: (string | undefined)[][] = []
  for (const name of inOrder(Object.keys(figures.metrics))) {
    const metric = figures.metrics[name] as SummaryMetric
    const thresholds = metric.thresholds ?? {}
    for (const threshold of Object.keys(thresholds).sort()) {
      const parsed = parseThreshold(threshold)
      if (!parsed || (parsed.operator === '>=' && parsed.goal === 0)) continue
      const limit = limits.filter(
        (l) => l.gated && l.threshold === threshold && series(l.metric, l.selector) === name,
      )[0]
      const bounds = limits.some(
        ({ bound }) =>
          bound?.threshold === threshold && series(bound.metric, bound.selector) === name,
      )
      const isGate =
        bounds ||
        (parsed.operator === '>' && parsed.goal === 0 && /max|count/.test(parsed.statistic)) ||
        (parsed.operator === '<' && parsed.goal === 1 && parsed.statistic === 'rate')
      goals.push({
        ...splitSeries(name),
        threshold,
        ...parsed,
        ...read(metric, parsed.statistic),
        ...(!isGate && fewOf(metric, parsed.statistic)),
        ok: thresholds[threshold]?.ok === true,
        unit: unitOf(metric, parsed.statistic),
        isGate,
        ...(limit && { sla: limit.sla, limit: limit.limit }),
        ...(limit?.window && perWindow(metric, limit)),
        ...doubtOf(name, metric, figures),
      })
      const own = limit?.gate && series(limit.gate.metric, limit.selector)
      const bound = limit?.bound && series(limit.bound.metric, limit.bound.selector)
      gatesOf.push([own, bound])
    }
  }
  const closed = goals
    .filter((goal) => goal.isGate && !goal.ok)
    .map((goal) => series(goal.metric, goal.selector))
  goals.forEach((goal, i) => {
    if (goal.isGate || !goal.ok || (goal.absent !== 'empty' && goal.doubt === undefined)) return
    for (const gate of [series(goal.metric, goal.selector), ...(gatesOf[i] ?? [])]) {
      if (gate !== undefined && closed.indexOf(gate) >= 0) goal.gate = gate
    }
  })
  return goals
}

/**
 * An estimate may be so much less than the headers of the streams: probes and streams wait apart,
 * and their medians differ by chance.
 */
const BELOW_HEADERS = 0.9

/** What else the run shows of a figure. */
function doubtOf(
  name: string,
  figure: SummaryMetric,
  { metrics }: K6Summary,
): Pick<Goal, 'doubt' | 'headers'> | undefined {
  const { metric, selector } = splitSeries(name)
  if (metric === 'llm_available' && hasSamples(figure)) {
    const failed = metrics[series('llm_failed', selector)] ?? metrics.llm_failed
    return failed?.values.rate === 1 ? { doubt: 'refused' } : undefined
  }
  if (metric !== 'llm_ttft_probe' || !hasSamples(figure)) return undefined
  const estimate = statisticOf(figure, 'med')
  for (const other of Object.keys(metrics)) {
    const own = splitSeries(other)
    if (own.metric !== 'llm_response_headers' || !SEEN_AS_STREAM.test(own.selector)) continue
    const headers = statisticOf(metrics[other] as SummaryMetric, 'med')
    if (headers && estimate !== undefined && estimate < headers * BELOW_HEADERS) {
      return { doubt: 'disproved', headers }
    }
  }
  return undefined
}

const SEEN_AS_STREAM = /(^|,)answer:stream(,|$)/

/** A threshold in counts is a promise in requests/s or tokens/min: it is shown as that. */
function perWindow(metric: SummaryMetric, limit: SlaLimit): Partial<Goal> {
  const seconds = (limit.window as number) / 1000 / (limit.unit === 'tokens/min' ? 60 : 1)
  const count = metric.values.count
  return {
    goal: limit.goal,
    unit: limit.unit as Goal['unit'],
    ...(count !== undefined && { value: count / seconds }),
  }
}

/** A statistic of a metric, under whatever name k6 has its percentile: `p(50)` is `med`. */
export function statisticOf({ values }: SummaryMetric, statistic: string): number | undefined {
  const rank = rankOf(statistic)
  if (values[statistic] !== undefined || rank === undefined) return values[statistic]
  return values[Object.keys(values).filter((column) => rankOf(column) === rank)[0] ?? '']
}

function read(metric: SummaryMetric, statistic: string): Pick<Goal, 'value' | 'absent'> {
  if (!hasSamples(metric)) return { absent: 'empty' }
  const value = statisticOf(metric, statistic)
  if (value !== undefined) return { value }
  return { absent: metric.invalid ? 'invalid' : 'column' }
}

function fewOf(metric: SummaryMetric, statistic: string): Pick<Goal, 'few'> {
  const { count } = metric.values
  const rank = rankOf(statistic)
  if (!count || rank === undefined || statisticOf(metric, statistic) === undefined) return {}
  return count < samplesFor(rank) ? { few: count } : {}
}

function unitOf(metric: SummaryMetric, statistic: string): Goal['unit'] {
  if (statistic === 'count') return 'count'
  if (metric.type === 'rate') return 'share'
  if (metric.type === 'counter') return '/s'
  return metric.contains === 'time' ? 'ms' : metric.contains === 'data' ? 'bytes' : ''
}

/**
 * The goals by what became of them: `missed`, the worst first; `empty`, those that k6 passed
 * without a sample and without a gate, or though the run disproves their figure; `met`. A gate that failed makes its goals missed, and is
 * shown itself only where there are none. One that held is nobody's goal, unless a script has
 * nothing else.
 */
export function sortGoals(goals: Goal[]): { missed: Goal[]; empty: Goal[]; met: Goal[] } {
  const missed: Goal[] = []
  const empty: Goal[] = []
  const met: Goal[] = []
  const named: { [name: string]: true } = {}
  for (const goal of goals) {
    if (goal.isGate) continue
    named[series(goal.metric, goal.selector)] = true
    if (goal.gate !== undefined) named[goal.gate] = true
    if (!goal.ok || goal.gate !== undefined) missed.push(goal)
    else if (goal.absent === 'empty' || goal.doubt !== undefined) empty.push(goal)
    else met.push(goal)
  }
  const onlyGates = Object.keys(named).length === 0
  for (const goal of goals) {
    if (!goal.isGate || named[series(goal.metric, goal.selector)]) continue
    if (!goal.ok) missed.push(goal)
    else if (onlyGates) met.push(goal)
  }
  missed.sort((a, b) => {
    const [far, near] = [distance(b), distance(a)]
    return far === near ? 0 : far > near ? 1 : -1 // Infinity - Infinity is NaN
  })
  return { missed, empty, met }
}

/** How many times its goal a value is, above 1 where it is missed; nothing measured is worst. */
function distance(goal: Goal): number {
  if (goal.value === undefined || goal.isGate) return Infinity
  const ratio = goal.operator.charAt(0) === '>' ? goal.goal / goal.value : goal.value / goal.goal
  return ratio || 0 // 0 / 0 is met
}

/**
 * Names of metrics in the order of reports (k6 has them in none): ours first, in the order of
 * their table, then the others; a sub-metric after its metric.
 */
export function inOrder(names: string[]): string[] {
  const table = Object.keys(METRICS)
  const rank = (name: string) => {
    const at = table.indexOf(splitSeries(name).metric)
    return at < 0 ? table.length : at
  }
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
