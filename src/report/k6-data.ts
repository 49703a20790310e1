/** One metric of k6's end-of-test summary. */
export interface SummaryMetric {
  type: 'trend' | 'rate' | 'counter' | 'gauge'
  /** `time`: milliseconds; `data`: bytes. */
  contains: string
  /** By column: `avg`, `p(95)`, `count`, `rate`, `passes`, … Numbers that could not be made are left out. */
  values: { [column: string]: number }
  /** A column was no finite number: one Infinity makes avg and every percentile of a Trend null. */
  invalid?: true
  /** k6's verdict by expression; absent where there are no thresholds. */
  thresholds?: { [expression: string]: { ok: boolean } }
}

/** One check of the script, with the groups that it is in. */
export interface SummaryCheck {
  name: string
  passes: number
  fails: number
}

/** What a report is made from: k6's data in one shape. */
export interface K6Summary {
  /** By name, sub-metrics too: `llm_ttft{sla:chat}`. */
  metrics: { [name: string]: SummaryMetric }
  checks: SummaryCheck[]
  durationMs: number
  /**
   * False for k6's opt-in "machine-readable" summary (1.5 and later): it has neither the
   * verdicts of thresholds nor p(99).
   */
  judged: boolean
  /** Only the machine-readable shape has it. */
  k6Version?: string
  /** The preview ran it, not k6. */
  preview?: true
}

/** The metric by which samples of the preview are known. */
export const PREVIEW_METRIC = 'k6_llm_preview'

type Json = { [key: string]: unknown }

/**
 * Reads what k6 hands to `handleSummary`: the shape of 0.47 to 2.2, or the one of
 * `--new-machine-readable-summary`.
 *
 * @throws Error for anything else
 */
export function readSummaryData(data: unknown): K6Summary {
  let root = (data ?? {}) as Json
  if (root.version !== undefined && root.results) {
    // Its values are Go's (run on 2.2): no number or string of JavaScript until they were JSON.
    root = JSON.parse(JSON.stringify(data))
    const results = root.results as Json
    const checks = (results.checks ?? {}) as Json
    const metrics: K6Summary['metrics'] = {}
    for (const list of [results.metrics, checks.metrics]) {
      for (const metric of (list ?? []) as Json[]) metrics[String(metric.name)] = toMetric(metric)
    }
    const seconds = Number(((root.config ?? {}) as Json).duration)
    const k6Version = ((root.metadata ?? {}) as Json).k6_version
    return {
      metrics,
      checks: ((checks.results ?? []) as Json[]).map(toCheck),
      durationMs: seconds * 1000,
      judged: false,
      ...(typeof k6Version === 'string' && { k6Version }),
    }
  }
  if (root.metrics === null || typeof root.metrics !== 'object') {
    throw new Error("expected the data that k6 hands to handleSummary, with its 'metrics'")
  }
  const metrics: K6Summary['metrics'] = {}
  for (const name of Object.keys(root.metrics as Json)) {
    metrics[name] = toMetric((root.metrics as Json)[name] as Json)
  }
  const checks: SummaryCheck[] = []
  const walk = (group: Json | undefined, path: string) => {
    if (!group) return
    for (const check of (group.checks ?? []) as Json[]) {
      checks.push(toCheck({ ...check, name: path + check.name }))
    }
    for (const inner of (group.groups ?? []) as Json[]) walk(inner, `${path + inner.name} / `)
  }
  walk(root.root_group as Json | undefined, '')
  const state = (root.state ?? {}) as Json
  return {
    metrics,
    checks,
    durationMs: Number(state.testRunDurationMs),
    judged: true,
    ...(state.preview === true && { preview: true }),
  }
}

/**
 * Whether a metric was ever measured. One that only a threshold names comes with zeros in every
 * column; without the column `count` that is how it is known, since times are never all zero.
 */
export function hasSamples({ type, values, invalid }: SummaryMetric): boolean {
  if (type === 'rate' && values.passes !== undefined) return values.passes + (values.fails ?? 0) > 0
  if (type !== 'trend') return true
  if (values.count !== undefined) return values.count > 0
  return invalid === true || Object.keys(values).some((column) => values[column] !== 0)
}

function toCheck(check: Json): SummaryCheck {
  return { name: String(check.name), passes: Number(check.passes), fails: Number(check.fails) }
}

/** `p95` of the machine-readable shape is `p(95)` here, its `matches` are `passes`. */
function toMetric(metric: Json): SummaryMetric {
  const values: SummaryMetric['values'] = {}
  const given = (metric.values ?? {}) as Json
  let invalid = false
  for (const column of Object.keys(given)) {
    const value = given[column]
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      invalid = true
      continue
    }
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(column)
    values[percentile ? `p(${percentile[1]})` : column] = value
  }
  if (values.matches !== undefined && values.total !== undefined) {
    values.passes = values.matches
    values.fails = values.total - values.matches
  }
  return {
    type: metric.type as SummaryMetric['type'],
    contains: String(metric.contains ?? 'default'),
    values,
    ...(invalid && { invalid }),
    ...(metric.thresholds !== undefined && {
      thresholds: metric.thresholds as { [expression: string]: { ok: boolean } },
    }),
  }
}
