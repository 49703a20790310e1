import type { Failure } from '../chat/transports/transport.ts'
import { MISUSE_KINDS } from '../metrics/names.ts'
import type { SlaLimit } from '../sla/limits.ts'
import type { Plan } from '../workload/plan.ts'
import type { Sweep } from '../workload/sweep.ts'
import { type Advice, adviceOf } from './advice.ts'
import type { Certificate } from './certificate.ts'
import { type Ending, endingOf } from './ending.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type Finding, findingsOf } from './findings.ts'
import { type Goal, goalsOf, type SlaLimitOf } from './goals.ts'
import { readSummaryData, type SummaryCheck } from './k6-data.ts'
import type { ReportChart, ReportTable } from './parts.ts'
import { sideBySideTable } from './side-by-side.ts'
import { besideSteps, type SweepReport, sweepOf } from './sweep.ts'
import { sweepTable } from './sweep-table.ts'
import { type Switches, switchesOf } from './switches.ts'
import { type Unjudged, unjudgedOf } from './unjudged.ts'
import { type AskedLoad, type Validity, validityOf } from './validity.ts'

/** A run, as plain data: what every format is made from. docs/report-schema.json describes it. */
export interface Report extends Figures {
  schema: 'k6-llm/report@1'
  title: string
  /** ISO 8601, UTC. */
  generatedAt: string
  /** The preview ran it, in Node without k6: no figure is a benchmark. */
  preview?: true
  /**
   * k6's thresholds: all ok, one not ok, or `none` where nothing was judged. `interrupted`: the run
   * was stopped before it had done what its scenarios plan, and is neither.
   */
  verdict: 'pass' | 'fail' | 'none' | 'interrupted'
  /** How it ended, where that was before it had done what its scenarios plan. */
  ending?: Ending
  /** The library ended the test, since it could not succeed: kinds of failure that no waiting mends. */
  stopped?: { kinds: string[] }
  /** What failed in the server's words, the most first; absent where no relay told. */
  failures?: Failure[]
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
  /** Name of that transport: `relay`, `k6/x/sse`, `k6/http`. */
  transport?: string
  /** Settings of the run that are no secret: `BASE_URL`, `MODEL`, … as they were set. */
  configuration: { name: string; value: string }[]
  goals: Goal[]
  unmeasured: Unjudged[]
  checks: SummaryCheck[]
  /** What the streams were like: buffered by a proxy, cut off, stalled, several tokens an event. */
  findings: Finding[]
  /** Likely causes of what was missed; their texts are in words/. */
  advice: Advice[]
  /** Model switches; absent where there were none. */
  switches?: Switches
  /** The steps of a sweep; absent where there was none. `tables` has them too. */
  sweep?: SweepReport
  /** Further tables and charts: sweeps, comparisons, figures over time. Absent where there are none. */
  tables?: ReportTable[]
  charts?: ReportChart[]
  warnings: ('machine-readable' | 'columns' | 'few')[]
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
  transport?: string
  configuration?: Report['configuration']
  /** What the scenarios ask for, where the script tells. */
  load?: AskedLoad
  certificate?: Certificate
  /** What the run plans, and who in it is no user: `planOf` of k6's options in force. Without it an early end is not seen. */
  plan?: Plan
  /** How it ended early, where that is known already. @default by `plan` */
  ending?: Ending
  /** ms by which `durationMs` may be short of the run, as that of samples is. @default 0 */
  slack?: number
  /** A tag whose values are compared. */
  sideBySide?: string
  /** What `sweep()` gave. */
  sweep?: Sweep
  /** As the relay tells them. */
  failures?: Failure[]
  tables?: ReportTable[]
  charts?: ReportChart[]
  /** Version of this library. */
  version?: string
}

/**
 * The report record of a run: k6's data become figures, the figures are judged, and the record is
 * put together once.
 *
 * @param data what k6 hands to `handleSummary`, of any k6 from 0.47 on
 * @throws Error where it is not that
 */
export function toReport(data: unknown, context: ReportContext): Report {
  const { streaming, sweep } = context
  const slas = context.slas ?? []
  const limits = slas.reduce<SlaLimitOf[]>(
    (all, sla) => all.concat(sla.limits.map((limit) => ({ ...limit, sla: sla.name }))),
    [],
  )
  const summary = readSummaryData(data)
  const figures = figuresOf(summary)
  const goals = goalsOf(summary, limits)
  const unmeasured = unjudgedOf(summary, limits)
  const ending = context.ending ?? endingOf(summary, context.plan, context.slack)
  const stopped = ending?.by === 'library' ? stoppedBy(figures) : undefined
  const validity = validityOf(summary, context.load, ending !== undefined)
  const findings = findingsOf(figures, ending !== undefined)
  const switches = switchesOf(summary)
  const { failures } = context
  // What was not counted any more has no cause but the end.
  const caused = ending ? goals.filter((goal) => !isLeast(goal)) : goals
  const advice = adviceOf({
    goals: caused,
    unmeasured,
    figures,
    findings,
    switches,
    validity,
    streaming,
    failures,
  })

  const steps = sweep && sweepOf(sweep, summary)
  const shown = sweep ? besideSteps(sweep, figures, goals) : { figures, goals }
  const compared = context.sideBySide && sideBySideTable(shown.figures, context.sideBySide)
  const tables = (steps ? [sweepTable(steps)] : []).concat(compared || [], context.tables ?? [])
  const vus = (summary.metrics.vus ?? summary.metrics.vus_max)?.values.max
  // Who only watches the generator is k6's VU, and no user.
  const users = vus && Math.max(vus - (context.plan?.watchers ?? 0), Math.min(vus, 1))

  return {
    schema: 'k6-llm/report@1',
    title: context.title,
    generatedAt: context.generatedAt,
    ...(summary.preview && { preview: true }),
    verdict: verdictOf(goals, ending),
    ...(ending && { ending }),
    ...(stopped && { stopped }),
    ...(failures && failures.length > 0 && { failures }),
    validity,
    ...(context.certificate && { certificate: context.certificate }),
    ...(Number.isFinite(summary.durationMs) && { durationMs: summary.durationMs }),
    ...(users && { peakUsers: users }),
    slas: slas.map(({ limits: _limits, ...sla }) => sla),
    notes: context.notes ?? [],
    ...(streaming !== undefined && { streaming }),
    ...(context.transport !== undefined && { transport: context.transport }),
    configuration: context.configuration ?? [],
    goals: shown.goals,
    unmeasured,
    ...shown.figures,
    checks: summary.checks,
    findings,
    advice,
    warnings: warningsOf(summary.judged, goals),
    versions: {
      k6llm: context.version ?? 'unknown',
      ...(summary.k6Version !== undefined && { k6: summary.k6Version }),
    },
    ...(switches && { switches }),
    ...(steps && { sweep: steps }),
    ...(tables.length > 0 && { tables }),
    ...(context.charts && context.charts.length > 0 && { charts: context.charts }),
  }
}

function verdictOf(goals: Goal[], ending: Ending | undefined): Report['verdict'] {
  if (ending) return ending.by === 'interruption' ? 'interrupted' : 'fail'
  return goals.length === 0 ? 'none' : goals.every((goal) => goal.ok) ? 'pass' : 'fail'
}

/** A goal like `count>=95`, which a run that was ended early cannot have met. */
function isLeast({ statistic, operator }: Goal): boolean {
  return statistic === 'count' && operator.charAt(0) === '>'
}

/** The kinds of failure that made the library's own guard end the run. */
function stoppedBy({ errors }: Figures): Report['stopped'] {
  const kinds = errors.map(({ kind }) => kind).filter((kind) => MISUSE_KINDS.test(kind))
  return kinds.length > 0 ? { kinds } : undefined
}

function warningsOf(judged: boolean, goals: Goal[]): Report['warnings'] {
  if (!judged) return ['machine-readable']
  const warnings: Report['warnings'] = []
  if (goals.some((goal) => goal.absent === 'column')) warnings.push('columns')
  if (goals.some((goal) => goal.few !== undefined)) warnings.push('few')
  return warnings
}
