import { parseThreshold, series } from '../sla/expressions.ts'
import { type LimitReason, REASONS, type SlaLimit } from '../sla/limits.ts'
import type { SlaLimitOf } from './goals.ts'
import { hasSamples, type K6Summary } from './k6-data.ts'

/** A limit of an SLA that k6 did not gate or could not measure. */
export interface Unjudged {
  sla: string
  limit: string
  metric: string
  selector: string
  statistic: string
  operator: string
  goal: number
  unit: string
  /** Among k6's thresholds all the same: there it fails, since nothing was measured. */
  gated: boolean
  measured: SlaLimit['measured']
  /** What is known without a verdict: the peak of users, or a rate over the whole run. */
  value?: number
  reason?: LimitReason
  why?: string
  fix?: string
}

/** The limits that k6 did not gate or could not measure, with what is known of them. */
export function unjudgedOf(summary: K6Summary, limits: SlaLimitOf[]): Unjudged[] {
  const held = { measured: 'no', reason: 'held', ...REASONS.held } as const
  return limits
    .map((limit) => (heldBack(limit, summary) ? { ...limit, ...held } : limit))
    .filter((limit) => !limit.gated || limit.measured !== 'yes')
    .map((limit) => toUnjudged(limit, summary))
}

/** Whether the pace of tokens has no figure since a proxy held the streams back. */
function heldBack({ metric, selector }: SlaLimitOf, { metrics }: K6Summary): boolean {
  if (!/^llm_(tpot|goodput)$/.test(metric)) return false
  const figure = metrics[series(metric, selector)]
  const buffered = metrics.llm_buffered?.values.passes ?? 0
  return buffered > 0 && (figure === undefined || !hasSamples(figure))
}

function toUnjudged(limit: SlaLimitOf, { metrics }: K6Summary): Unjudged {
  const {
    metric,
    selector,
    threshold,
    gate: _gate,
    bound: _bound,
    window: _window,
    variable: _v,
    ...rest
  } = limit
  const parsed = parseThreshold(threshold)
  const values = metrics[series(metric, selector)]?.values
  let value: number | undefined
  if (limit.reason === 'load') value = values?.max
  else if (limit.reason === 'whole-run' && values?.count) {
    // tokens/min: k6 knows the rate in a second.
    value =
      values.rate === undefined ? undefined : values.rate * (limit.unit === 'tokens/min' ? 60 : 1)
  }
  return {
    ...rest,
    metric,
    selector,
    statistic: parsed?.statistic ?? '',
    operator: parsed?.operator ?? '',
    ...(value !== undefined && { value }),
  }
}
