import { METRICS } from '../metrics/names.ts'
import type { SlaLimit } from '../sla/limits.ts'
import type { Sweep } from '../workload/sweep.ts'
import { type Advice, adviceOf } from './advice.ts'
import type { Certificate } from './certificate.ts'
import { type Finding, findingsOf } from './findings.ts'
import { type Goal, goalsOf, inOrder, parseThreshold, series, splitSeries } from './goals.ts'
import {
  hasSamples,
  readSummaryData,
  type SummaryCheck,
  type SummaryFigures,
  type SummaryMetric,
} from './k6-data.ts'
import type { ReportChart, ReportTable } from './parts.ts'
import { sideBySideTable } from './side-by-side.ts'
import { type SweepReport, sweepOf, sweepTable, tidySteps } from './sweep.ts'
import { type Switches, switchesOf } from './switches.ts'
import { type AskedLoad, type Validity, validityOf } from './validity.ts'

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
  reason?: string
  why?: string
  fix?: string
}

/** A run, as plain data: what every format is made from. docs/report-schema.json describes it. */
export interface Report {
  schema: 'k6-llm/report@1'
  title: string
  /** ISO 8601, UTC. */
  generatedAt: string
  /** k6's thresholds: all ok, one not ok, or `none` where nothing was judged. */
  verdict: 'pass' | 'fail' | 'none'
  /** Whether the figures are those of the service, or of the load generator. */
  validity: Validity
  /** Errors of time that were measured on this machine, where the script gave them. */
  certificate?: Certificate
  /** From setup to the end of the last scenario. */
  durationMs?: number
  /** Most users at the time. */
  peakUsers?: number
  slas: { name: string; source?: string; variables?: { [limit: string]: string } }[]
  notes: { label?: string; text: string }[]
  /** Whether the transport in force saw tokens arrive; absent where it is not known. */
  streaming?: boolean
  /** Settings of the run that are no secret: `BASE_URL`, `MODEL`, … as they were set. */
  configuration: { name: string; value: string }[]
  goals: Goal[]
  unmeasured: Unjudged[]
  latency: TrendRow[]
  distributions: TrendRow[]
  /** `perSecond` is over the whole run, with setup and warm-up. */
  counters: {
    metric: string
    selector: string
    count: number
    perSecond?: number
    /** A script asked for this sub-metric to be shown (`perTag`). */
    apart?: true
  }[]
  /** `yes` of `total` samples were true. Rates without samples are left out. */
  rates: {
    metric: string
    selector: string
    rate: number
    yes: number
    total: number
    apart?: true
  }[]
  /** Failures by kind; known where a threshold names `llm_errors{error_type:…}`. */
  errors: { kind: string; count: number }[]
  checks: SummaryCheck[]
  /** What the streams were like: buffered by a proxy, cut off, stalled, several tokens an event. */
  findings: Finding[]
  /** Likely causes of what was missed; their texts in two languages are in advice-texts.ts. */
  advice: Advice[]
  /** Model switches; absent where there were none. */
  switches?: Switches
  /** The steps of a sweep; absent where there was none. `tables` has them too. */
  sweep?: SweepReport
  /** Further tables and charts: sweeps, comparisons, figures over time. Absent where there are none. */
  tables?: ReportTable[]
  charts?: ReportChart[]
  warnings: ('machine-readable' | 'columns')[]
  /** k6 tells its own only in the machine-readable summary. */
  versions: { k6llm: string; k6?: string }
}

export interface ReportContext {
  title: string
  /** ISO 8601, UTC. */
  generatedAt: string
  /** What the run was judged by: `describeSla` of each. */
  slas?: {
    name: string
    source?: string
    variables?: { [limit: string]: string }
    limits: SlaLimit[]
  }[]
  notes?: Report['notes']
  streaming?: boolean
  configuration?: Report['configuration']
  /** What the scenarios ask for, where the script tells. */
  load?: AskedLoad
  certificate?: Certificate
  /** A tag whose values are compared. */
  sideBySide?: string
  /** What `sweep()` gave. */
  sweep?: Sweep
  tables?: ReportTable[]
  charts?: ReportChart[]
  /** Version of this library. */
  version?: string
}

/** k6's own metrics that a report on models needs no line for. */
const PLUMBING =
  /^(http_req_(?!duration|failed)|data_|vus|checks|iteration|group_duration|ws_|grpc_|browser_|sse_)/

/**
 * The report record of a run.
 *
 * @param data what k6 hands to `handleSummary`, of any k6 from 0.47 on
 * @throws Error where it is not that
 */
export function toReport(data: unknown, context: ReportContext): Report {
  const figures = readSummaryData(data)
  const slas = context.slas ?? []
  const limits = slas.reduce<(SlaLimit & { sla: string })[]>(
    (all, sla) => all.concat(sla.limits.map((limit) => ({ ...limit, sla: sla.name }))),
    [],
  )
  const goals = goalsOf(figures, limits)
  const warnings: Report['warnings'] = []
  if (!figures.judged) warnings.push('machine-readable')
  else if (goals.some((goal) => goal.absent === 'column')) warnings.push('columns')
  const users = (figures.metrics.vus ?? figures.metrics.vus_max)?.values.max

  const report: Report = {
    schema: 'k6-llm/report@1',
    title: context.title,
    generatedAt: context.generatedAt,
    verdict: goals.length === 0 ? 'none' : goals.every((goal) => goal.ok) ? 'pass' : 'fail',
    validity: validityOf(figures, context.load),
    ...(context.certificate && { certificate: context.certificate }),
    ...(Number.isFinite(figures.durationMs) && { durationMs: figures.durationMs }),
    ...(users && { peakUsers: users }),
    slas: slas.map(({ limits: _limits, ...sla }) => sla),
    notes: context.notes ?? [],
    ...(context.streaming !== undefined && { streaming: context.streaming }),
    configuration: context.configuration ?? [],
    goals,
    unmeasured: limits
      .filter((limit) => !limit.gated || limit.measured !== 'yes')
      .map((limit) => toUnjudged(limit, figures)),
    latency: [],
    distributions: [],
    counters: [],
    rates: [],
    errors: [],
    checks: figures.checks,
    findings: [],
    advice: [],
    warnings,
    versions: {
      k6llm: context.version ?? 'unknown',
      ...(figures.k6Version !== undefined && { k6: figures.k6Version }),
    },
  }
  for (const name of inOrder(Object.keys(figures.metrics))) addFigures(report, name, figures)
  report.findings = findingsOf(report)
  const switches = switchesOf(figures)
  if (switches) report.switches = switches
  report.advice = adviceOf(report)
  if (context.sweep) {
    report.sweep = sweepOf(context.sweep, figures)
    report.tables = [sweepTable(report.sweep)]
    tidySteps(report, context.sweep)
  }
  const compared = context.sideBySide && sideBySideTable(report, context.sideBySide)
  if (compared) report.tables = (report.tables ?? []).concat(compared)
  if (context.tables && context.tables.length > 0) {
    report.tables = (report.tables ?? []).concat(context.tables)
  }
  if (context.charts && context.charts.length > 0) report.charts = context.charts
  return report
}

function toUnjudged(limit: SlaLimit & { sla: string }, figures: SummaryFigures): Unjudged {
  const { metric, selector, threshold, gate: _gate, window: _window, variable: _v, ...rest } = limit
  const parsed = parseThreshold(threshold)
  const values = figures.metrics[series(metric, selector)]?.values
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

function addFigures(report: Report, name: string, figures: SummaryFigures): void {
  const { metric, selector } = splitSeries(name)
  const figure = figures.metrics[name] as SummaryMetric
  const { type, contains, values } = figure
  const kind = /^llm_errors$/.test(metric) && /(?:^|,)error_type:([^,]+)/.exec(selector)
  if (kind) {
    if (values.count) report.errors.push({ kind: kind[1] as string, count: values.count })
  } else if (PLUMBING.test(metric) && metric !== 'iterations' && metric !== 'dropped_iterations') {
    return
  } else if (/^llm_model_switch_/.test(metric) && /^from:/.test(selector)) {
    return // `switches` has them, by pair
  } else if (type === 'trend') {
    if (!hasSamples(figure)) return
    const what = (METRICS as { [name: string]: { what: string } })[metric]?.what
    const unit = contains === 'time' ? 'ms' : ''
    const row: TrendRow = { metric, selector, ...(what && { what }), unit }
    for (const column of Object.keys(values)) {
      const percentile = /^p\((.+)\)$/.exec(column)
      const key = percentile ? `p${percentile[1]}` : column === 'med' ? 'p50' : column
      ;(row as unknown as { [key: string]: unknown })[key] = values[column]
    }
    ;(unit === 'ms' ? report.latency : report.distributions).push(row)
  } else if (type === 'counter' && values.count !== undefined) {
    const { count, rate } = values
    report.counters.push({
      metric,
      selector,
      count,
      ...(rate !== undefined && { perSecond: rate }),
      ...(isApart(figure) && { apart: true }),
    })
  } else if (type === 'rate' && values.rate !== undefined) {
    const total = (values.passes ?? 0) + (values.fails ?? 0)
    if (!hasSamples(figure)) return
    report.rates.push({
      metric,
      selector,
      rate: values.rate,
      yes: values.passes ?? 0,
      total,
      ...(isApart(figure) && { apart: true }),
    })
  }
}

/** Only thresholds that cannot fail: they are there to have k6 keep the figure apart. */
function isApart({ thresholds }: SummaryMetric): boolean {
  const all = Object.keys(thresholds ?? {})
  return all.length > 0 && all.every((threshold) => /^\w+>=0$/.test(threshold))
}
