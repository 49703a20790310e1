import { parseThreshold, passes, series } from '../sla/expressions.ts'
import type { Sweep, SweepStep } from '../workload/sweep.ts'
import { labelOf } from './goal-lines.ts'
import type { Goal } from './goals.ts'
import { hasSamples, type SummaryFigures, type SummaryMetric } from './k6-data.ts'
import { MESSAGES, type Messages } from './messages.ts'
import type { Cell, ReportTable, Wording } from './parts.ts'
import type { Report } from './record.ts'
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
  { metrics, durationMs }: Pick<SummaryFigures, 'metrics' | 'durationMs'>,
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

type Metrics = SummaryFigures['metrics']

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
    const value = figure && hasSamples(figure) ? column(figure, parsed?.statistic) : undefined
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
  const p50 = column(figure, 'med')
  const p95 = column(figure, 'p(95)')
  return { [name]: { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) } }
}

function share(name: 'goodput', figure: SummaryMetric | undefined) {
  return figure?.values.rate === undefined ? undefined : { [name]: figure.values.rate }
}

function column({ values }: SummaryMetric, statistic: string | undefined): number | undefined {
  if (statistic === undefined) return undefined
  const value = values[statistic]
  if (value !== undefined) return value
  return statistic === 'med' ? values['p(50)'] : statistic === 'p(50)' ? values.med : undefined
}

/** The steps as a table, with the answer above it. */
export function sweepTable(report: SweepReport): ReportTable {
  const { steps } = report
  const columns: { title: Wording; unit?: string; of(row: SweepRow): Cell | undefined }[] = [
    { title: { en: 'step', ko: '단계' }, of: (row) => row.step },
    { title: { en: 'requests', ko: '요청' }, of: (row) => row.requests },
    { title: { en: 'done', ko: '처리' }, unit: '/s', of: (row) => rounded(row.perSecond) },
    { title: 'TTFT p50', unit: 'ms', of: (row) => row.ttft?.p50 },
    { title: 'p95', unit: 'ms', of: (row) => row.ttft?.p95 },
    { title: 'TPOT', unit: 'ms', of: (row) => row.tpot?.p50 },
    ...(steps.some((row) => row.ttft)
      ? []
      : [
          {
            title: { en: 'answer p50', ko: '응답 p50' },
            unit: 'ms',
            of: (row: SweepRow) => row.duration?.p50,
          },
          { title: 'p95', unit: 'ms', of: (row: SweepRow) => row.duration?.p95 },
        ]),
    { title: 'goodput', unit: 'share', of: (row) => row.goodput },
    { title: { en: 'failed', ko: '실패' }, unit: 'share', of: (row) => row.failed },
    {
      title: { en: 'dropped', ko: '누락' },
      of: (row) => (steps.some((one) => one.dropped > 0) ? row.dropped : undefined),
    },
    {
      title: 'SLA',
      of: (row) => (report.sla === undefined ? undefined : verdictOf(row)),
    },
  ]
  const shown = columns.filter(({ of }) => steps.some((row) => of(row) !== undefined))
  return {
    id: 'sweep',
    title: { en: 'Sweep', ko: '부하 단계' },
    note: { en: noteOf(report, 'en'), ko: noteOf(report, 'ko') },
    columns: shown.map(({ title, unit }) => ({ title, ...(unit && { unit }) })),
    rows: steps.map((row) =>
      shown.map(({ of }, i) => (row.meets === 'not-run' && i > 0 ? null : (of(row) ?? null))),
    ),
  }
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(3))
}

function verdictOf({ meets, missed, unmeasured }: SweepRow): Wording {
  if (meets === 'yes') return '✓'
  if (meets === 'no') return `✗ ${missed.join(' ')}`
  return `? ${unmeasured.join(' ')}`
}

const NOTES = {
  en: {
    highest: 'Highest step that meets the SLA: {load}.',
    none: 'No step meets the SLA.',
    unknown: 'No step is known to meet the SLA: not all of it was measured.',
    above:
      '{list} meets it too, though {lower} does not: not counted, since a pass above a miss may be luck.',
    unsure: '{list} meets it too, though {lower} is not known to: not counted.',
    stopped: 'Stopped at {step}, which is saturated: {why}.',
    rest: 'The steps after it were not run.',
    half: 'half of the requests over the limit ({label})',
    failed: 'half of the requests failed',
    dropped: 'a fifth of the requests were dropped',
    rate: '{n} requests/s',
    users: '{n} users',
  },
  ko: {
    highest: 'SLA를 충족하는 최고 단계: {load}.',
    none: 'SLA를 충족하는 단계가 없습니다.',
    unknown: 'SLA를 충족하는지 확인된 단계가 없습니다: 일부가 측정되지 않았습니다.',
    above:
      '더 높은 {list}도 충족했지만 {lower}에서 미달이므로 세지 않습니다. 미달 위의 충족은 우연일 수 있습니다.',
    unsure: '더 높은 {list}도 충족했지만 {lower}의 충족 여부를 알 수 없어 세지 않습니다.',
    stopped: '{step}에서 포화되어 중단했습니다: {why}.',
    rest: '이후 단계는 실행하지 않았습니다.',
    half: '요청의 절반이 한도 초과 ({label})',
    failed: '요청의 절반이 실패',
    dropped: '요청의 5분의 1이 누락',
    rate: '초당 {n}건',
    users: '사용자 {n}명',
  },
}

/** The answer in words. */
function noteOf(report: SweepReport, locale: 'en' | 'ko'): string {
  const words = NOTES[locale]
  const kind = report.steps[0]?.kind ?? 'rate'
  const load = (n: number) => words[kind].replace('{n}', String(n))
  const parts: string[] = []
  if (report.highest !== undefined)
    parts.push(words.highest.replace('{load}', load(report.highest)))
  else if (report.sla !== undefined) {
    const unknown = report.steps.some((row) => row.meets === 'unknown')
    parts.push(unknown ? words.unknown : words.none)
  }
  if (report.passedAbove && report.lowestMissed !== undefined) {
    const lower = report.steps.filter((row) => row.load === report.lowestMissed)
    const text = lower.some((row) => row.meets === 'no') ? words.above : words.unsure
    const list = report.passedAbove.map(load).join(', ')
    parts.push(text.replace('{list}', list).replace('{lower}', load(report.lowestMissed)))
  }
  if (report.stopped) {
    const why = reasonOf(report.stopped.by[0] as string, words, MESSAGES[locale])
    parts.push(words.stopped.replace('{step}', report.stopped.step).replace('{why}', why))
    if (report.steps.some((row) => row.meets === 'not-run')) parts.push(words.rest)
  }
  return parts.join(' ')
}

function reasonOf(threshold: string, words: (typeof NOTES)['en'], m: Messages): string {
  const metric = threshold.slice(0, threshold.indexOf('{'))
  if (metric === 'llm_failed') return words.failed
  if (metric === 'dropped_iterations') return words.dropped
  const label = labelOf({ metric, statistic: 'p(50)', unit: 'ms' }, m)
  return words.half.replace('{label}', label.replace(' p50', ''))
}

/**
 * Takes out of a report what the table of the steps has: their figures, one by one, and the
 * thresholds that would have ended the run. Of those that were met the last step's stay: they
 * are what the verdict was made from.
 */
export function tidySteps(
  report: Pick<Report, 'latency' | 'distributions' | 'counters' | 'rates' | 'goals'>,
  sweep: Sweep,
): void {
  const other = ({ selector }: { selector: string }) => !/(^|,)step:/.test(selector)
  report.latency = report.latency.filter(other)
  report.distributions = report.distributions.filter(other)
  report.counters = report.counters.filter(other)
  report.rates = report.rates.filter(other)
  const isStop = (goal: Goal, steps: SweepStep[]) =>
    steps.some(({ stops }) =>
      stops.some(
        ([name, threshold]) =>
          name === series(goal.metric, goal.selector) && threshold === goal.threshold,
      ),
    )
  const goals = report.goals.filter((goal) => !goal.ok || !isStop(goal, sweep.steps))
  const last = sweep.steps.slice(-1)
  report.goals = goals.length > 0 ? goals : report.goals.filter((goal) => isStop(goal, last))
}
