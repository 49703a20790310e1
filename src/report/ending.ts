import type { AbortingThreshold, Plan, PlannedScenario } from '../workload/plan.ts'
import { hasSamples, type K6Summary, type SummaryMetric } from './k6-data.ts'

/** How a run ended that did not do what its scenarios plan. */
export interface Ending {
  /**
   * `interruption`: by Ctrl-C, a signal, `exec.test.abort` of the script, or a failed `setup`;
   * nothing is judged. `threshold`: by `abortOnFail`. `library`: by k6-llm itself, for wrong use or
   * for what cannot succeed; the message is in k6's log. The last two are failures.
   */
  by: 'interruption' | 'threshold' | 'library'
  /** How long the scenarios ran, ms; 0 where they never began. */
  ranMs?: number
  /** How long those that are bound by time plan to run, ms. */
  plannedMs?: number
  /** Iterations that were done, and how many were planned, where that is what was missing. */
  done?: number
  planned?: number
  /** The thresholds that ended it, as `series: expression`. */
  thresholds?: string[]
}

/** k6's clock is the machine's, and a summary may be rounded: so much of a plan may be missing. */
const SLACK = 0.01
const MOST_SLACK = 1000
/** k6 counts its users this often, ms. */
const USERS_EVERY = 1000

/**
 * Tells a run that ended before it had done what its scenarios plan: bound by time, it was shorter;
 * bound by iterations, fewer were done although `maxDuration` had not come.
 *
 * k6's duration holds `setup` and `teardown`. A long `setup` is known by `llm_setup_duration` and
 * taken off; a `teardown` is not known, so an interruption within so long of the planned end is not
 * seen here (k6's exit code 105 tells it).
 *
 * @param slack ms by which the duration may be short of the run, as that of samples is. @default 0
 */
export function endingOf(
  { metrics, durationMs }: Pick<K6Summary, 'metrics' | 'durationMs'>,
  plan: Plan | undefined,
  slack = 0,
): Ending | undefined {
  const counted = (name: string) => metrics[name]?.values.count ?? 0
  const byLibrary = counted('llm_test_aborted') > 0
  const short =
    plan && Number.isFinite(durationMs)
      ? shortOf(plan.scenarios, metrics, durationMs, slack)
      : undefined
  if (byLibrary) return { by: 'library', ...short }
  if (!short) return undefined
  const thresholds = (plan as Plan).aborts
    .filter((abort) => ended(abort, metrics[abort.series], durationMs))
    .map(({ series, threshold }) => `${series}: ${threshold}`)
  return thresholds.length > 0
    ? { by: 'threshold', ...short, thresholds }
    : { by: 'interruption', ...short }
}

/** What is missing of the plan. */
function shortOf(
  scenarios: PlannedScenario[],
  metrics: K6Summary['metrics'],
  durationMs: number,
  slack: number,
): Omit<Ending, 'by'> | undefined {
  const timed = scenarios.filter(({ iterations }) => iterations === undefined)
  const plannedMs = timed.reduce((last, { end }) => Math.max(last, end), 0)
  const told = plannedMs > 0 && { plannedMs }
  const done = metrics.iterations?.values.count ?? 0
  // In a setup that takes long and fails or is stopped nobody is there when k6 counts its users.
  const users = metrics.vus?.values.max
  const idle = done === 0 && !users && !metrics.llm_started?.values.count
  if (idle && scenarios.length > 0 && (users === 0 || durationMs > 2 * USERS_EVERY)) {
    return { ranMs: 0, ...told }
  }
  const ranMs = durationMs - setupOf(metrics.llm_setup_duration)
  const due = (end: number) => end - Math.min(end * SLACK, MOST_SLACK) - slack
  if (ranMs < due(plannedMs)) return { ranMs, ...told }

  const open = scenarios.filter(({ iterations, end }) => iterations && ranMs < due(end))
  for (const { name, iterations: planned = 0 } of open) {
    const own = metrics[`iterations{scenario:${name}}`]?.values.count
    if (own !== undefined && own < planned) return { ranMs, ...told, done: own, planned }
  }
  const planned = open.reduce((sum, { iterations = 0 }) => sum + iterations, 0)
  return done < planned ? { ranMs, ...told, done, planned } : undefined
}

/** Every VU tells the same, up to a ms or two of clocks. */
function setupOf(metric: SummaryMetric | undefined): number {
  if (!metric || !hasSamples(metric)) return 0
  const { values } = metric
  return values.min ?? values.med ?? values.avg ?? values.max ?? 0
}

/** Whether k6 would have ended the run by it: it looks at none without samples, nor too early. */
function ended(
  { threshold, delay }: AbortingThreshold,
  metric: SummaryMetric | undefined,
  durationMs: number,
): boolean {
  const crossed = metric?.thresholds?.[threshold]?.ok === false
  if (!metric || !crossed || durationMs < delay) return false
  return metric.type === 'counter' ? metric.values.count !== 0 : hasSamples(metric)
}
