import { METRICS } from '../metrics/names.ts'
import type { SlaLimit } from '../sla/limits.ts'
import type { SummaryFigures, SummaryMetric } from './k6-data.ts'

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
  /** k6's verdict. */
  ok: boolean
  unit: 'ms' | 'share' | 'bytes' | 'count' | 'requests/s' | 'tokens/min' | ''
  /** `max>0`, `count>0`: it only tells that something was measured. */
  isGate: boolean
  /** Name of the SLA and its limit, where the threshold comes from one. */
  sla?: string
  limit?: string
}

const EXPRESSION =
  /^\s*(avg|min|max|med|count|rate|value|p\(\s*\d+(?:\.\d+)?\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(\S+)\s*$/

/** Splits a threshold of k6; `undefined` for what k6 would not take. */
export function parseThreshold(
  expression: string,
): { statistic: string; operator: string; goal: number } | undefined {
  const parts = EXPRESSION.exec(expression)
  if (!parts) return undefined
  const statistic = (parts[1] as string).replace(/\s/g, '')
  return { statistic, operator: parts[2] as string, goal: Number(parts[3]) }
}

/** `llm_ttft{sla:chat}` from its parts. */
export function series(metric: string, selector: string): string {
  return selector === '' ? metric : `${metric}{${selector}}`
}

/** The parts of `llm_ttft{sla:chat}`. */
export function splitSeries(name: string): { metric: string; selector: string } {
  const brace = name.indexOf('{')
  return brace < 0
    ? { metric: name, selector: '' }
    : { metric: name.slice(0, brace), selector: name.slice(brace + 1, -1) }
}

/**
 * The thresholds of a run as goals. Those that cannot fail (`max>=0`, which scripts set only to
 * get a sub-metric into the summary) are left out.
 */
export function goalsOf(figures: SummaryFigures, limits: (SlaLimit & { sla: string })[]): Goal[] {
  const goals: Goal[] = []
  for (const name of inOrder(Object.keys(figures.metrics))) {
    const metric = figures.metrics[name] as SummaryMetric
    const thresholds = metric.thresholds ?? {}
    for (const threshold of Object.keys(thresholds)) {
      const parsed = parseThreshold(threshold)
      if (!parsed || (parsed.operator === '>=' && parsed.goal === 0)) continue
      const limit = limits.filter(
        (l) => l.gated && l.threshold === threshold && series(l.metric, l.selector) === name,
      )[0]
      const isGate =
        parsed.operator === '>' && parsed.goal === 0 && /max|count/.test(parsed.statistic)
      goals.push({
        ...splitSeries(name),
        threshold,
        ...parsed,
        ...read(metric, parsed.statistic),
        ok: thresholds[threshold]?.ok === true,
        unit: unitOf(metric, parsed.statistic),
        isGate,
        ...(limit && { sla: limit.sla, limit: limit.limit }),
        ...(limit?.window && perWindow(metric, limit)),
      })
    }
  }
  return goals
}

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

function read(metric: SummaryMetric, statistic: string): Pick<Goal, 'value' | 'absent'> {
  const { type, values } = metric
  if (type === 'rate' && values.passes === 0 && values.fails === 0) return { absent: 'empty' }
  if (type === 'trend') {
    // Without the column `count`: times are never all zero, a Trend without samples is.
    const empty = values.count === undefined ? !values.max && !values.avg : values.count === 0
    if (empty && Object.keys(values).length > 0) return { absent: 'empty' }
  }
  let value = values[statistic]
  if (value === undefined && /^(med|p\()/.test(statistic)) {
    const rank = (s: string) => (s === 'med' ? 50 : Number(s.slice(2, -1)))
    for (const column of Object.keys(values)) {
      if (/^(med|p\()/.test(column) && rank(column) === rank(statistic)) value = values[column]
    }
  }
  if (value !== undefined) return { value }
  return { absent: metric.invalid ? 'invalid' : 'column' }
}

function unitOf(metric: SummaryMetric, statistic: string): Goal['unit'] {
  if (statistic === 'count') return 'count'
  if (metric.type === 'rate') return 'share'
  if (metric.type === 'counter') return ''
  return metric.contains === 'time' ? 'ms' : metric.contains === 'data' ? 'bytes' : ''
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
