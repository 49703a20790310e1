import { misuse, show } from '../core/errors.ts'
import { ERROR_KINDS } from '../stream/errors.ts'
import { series } from './expressions.ts'
import { describeSla } from './limits.ts'
import type { ThresholdOptions } from './options.ts'
import type { Sla } from './sla.ts'

/** One threshold as k6 takes it. */
export type Threshold =
  | string
  | { threshold: string; abortOnFail?: boolean; delayAbortEval?: string }

/** Thresholds by metric or sub-metric: the value of k6's `options.thresholds`. */
export interface Thresholds {
  [metric: string]: Threshold[]
}

/**
 * The columns of a Trend that our reports read, many of them for the curves of the HTML page. k6's
 * default has neither `p(99)` nor `count`, so a script exports `options = { summaryTrendStats, … }`.
 */
export const summaryTrendStats: string[] = [
  'avg',
  'min',
  'med',
  'max',
  'p(10)',
  'p(25)',
  'p(50)',
  'p(75)',
  'p(90)',
  'p(95)',
  'p(99)',
  'p(99.9)',
  'count',
]

/**
 * Thresholds that always pass and make k6 count failures by kind: a sub-metric is in the summary
 * only where a threshold names its tag. `toThresholds` has them; merge them in where a script has
 * goals of its own only, and the report tells timeouts from 429s.
 */
export const errorKindThresholds: Thresholds = {}
for (const kind of ERROR_KINDS) errorKindThresholds[`llm_errors{error_type:${kind}}`] = ['count>=0']

/**
 * An SLA as k6 thresholds: k6 then exits with 99 where a limit is missed, and also where nothing
 * was measured, since each limit that k6 would pass on no samples comes with a gate. Failures are
 * counted by kind ({@link errorKindThresholds}), so that a report knows why requests failed.
 *
 * @param sla a preset, or `{ name, source, ttft: { p95: 2000 }, errorRate: 0.01, … }`
 * @returns e.g. `{ llm_ttft: ['p(95)<2000', 'max>0'], llm_failed: ['rate<0.05'],
 *   llm_requests: ['count>0'], 'llm_errors{error_type:timeout}': ['count>=0'], … }`. Combine several
 *   by {@link mergeThresholds}: a spread keeps only the last list of a metric that two of them name
 * @throws at init for an SLA or option that cannot be read
 */
export function toThresholds(sla: Sla, options: ThresholdOptions = {}): Thresholds {
  const result: Thresholds = {}
  // Percentiles of the first few requests jump about: 10 s give each user some.
  const delayAbortEval = options.abort === true ? '10s' : options.abort
  for (const limit of describeSla(sla, options)) {
    if (!limit.gated) continue
    const { metric, selector, threshold, gate, bound } = limit
    // A count only grows: before the end a goal in counts is never met, which proves nothing.
    const aborts = typeof delayAbortEval === 'string' && !/^count/.test(threshold)
    const judged = aborts
      ? { threshold, abortOnFail: true, delayAbortEval: delayAbortEval as string }
      : threshold
    put(result, series(metric, selector), judged)
    if (gate) put(result, series(gate.metric, selector), gate.threshold)
    if (bound) put(result, series(bound.metric, bound.selector), bound.threshold)
  }
  return mergeThresholds(result, errorKindThresholds)
}

/**
 * Combines thresholds: the lists of a metric are joined, and an expression that is there twice is
 * kept once (the one that aborts, if one does).
 *
 * @example mergeThresholds(toThresholds(chat), toThresholds(api), { checks: ['rate>0.99'] })
 */
export function mergeThresholds(...sets: Thresholds[]): Thresholds {
  const result: Thresholds = {}
  for (const set of sets) {
    if (set === null || typeof set !== 'object' || Array.isArray(set)) {
      misuse(`mergeThresholds(${show(set)}): expected thresholds like { llm_ttft: ['p(95)<2000'] }`)
    }
    for (const metric of Object.keys(set)) {
      const list = set[metric]
      if (!Array.isArray(list)) {
        misuse(`thresholds[${show(metric)}]=${show(list)}: expected a list like ['p(95)<2000']`)
      }
      for (const threshold of list) put(result, metric, threshold)
    }
  }
  return result
}

function put(thresholds: Thresholds, metric: string, added: Threshold): void {
  const expression = (t: Threshold) => (typeof t === 'string' ? t : t.threshold)
  const list = thresholds[metric] || []
  thresholds[metric] = list
  for (let i = 0; i < list.length; i++) {
    if (expression(list[i] as Threshold) === expression(added)) {
      if (typeof added !== 'string' && added.abortOnFail) list[i] = added
      return
    }
  }
  list.push(added)
}
