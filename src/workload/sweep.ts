import { formatDuration } from '../core/duration.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { PHASES } from '../core/phase.ts'
import { describeSla, type SlaLimit } from '../sla/limits.ts'
import { perTag } from '../sla/per-tag.ts'
import type { Sla } from '../sla/sla.ts'
import { mergeThresholds, type Threshold, type Thresholds } from '../sla/thresholds.ts'
import type { ConstantArrivalRate, ConstantVus } from './executors.ts'
import { enough } from './validity.ts'
import { spanOption } from './warmup.ts'

export interface SweepOptions {
  /** Requests per second of each step, in the order in which they run; one may come again. */
  rates?: number[]
  /** In place of `rates`: users at the time, who send one request after the other. */
  concurrency?: number[]
  /** Length of a step: ms or `'30s'`. */
  stepDuration: number | string
  /** How much of each step's beginning is not measured (`phase: warmup`). @default none */
  warmup?: number | string
  /** Between two steps, so that the server gets done with the first. @default none */
  pause?: number | string
  /** What a step must meet; the summary says which do. @default none is judged */
  sla?: Sla
  /**
   * Ends the run at a step that is clearly saturated (exit code 99): half of its requests failed,
   * or took longer than the SLA's limit of p95 (its loosest), or a fifth were dropped.
   * @default true
   */
  stop?: boolean
  /** A value of `rates` or `concurrency` whose step must meet the SLA (else exit code 99). */
  atLeast?: number
  /**
   * What an answer takes while the server keeps up: ms or `'3s'`. Users that are made before a
   * step of `rates` starts = rate × this, a quarter more. @default '5s'
   */
  answerTime?: number | string
  /**
   * Most users of a step of `rates`. What finds none free is dropped, counted, and makes the step
   * miss. @default rate × `answerTime` × 4
   */
  maxVUs?: number
  /** How long k6 lets requests finish after a step. @default four times `answerTime`, at least 30 s */
  gracefulStop?: number | string
  /** Further keys of every scenario: `exec`, `env`, `tags`. */
  scenario?: { exec?: string; env?: { [name: string]: string }; tags?: { [name: string]: string } }
  /** Whether tokens are seen arriving. @default canStream() */
  streaming?: boolean
}

/** One step of a sweep. */
export interface SweepStep {
  /** Value of the tag `step`: `rate=12`, `users=8`; the second of the same load `rate=12#2`. */
  step: string
  scenario: string
  kind: 'rate' | 'users'
  /** Requests per second, or users. */
  load: number
  /** ms after the start of the run. */
  start: number
  /** The same of its end; what it left unfinished comes after it. */
  end: number
  /** Length of the measured part, ms. */
  window: number
  /** What the SLA became, on the step's own samples. */
  limits: SlaLimit[]
  /** Series and expressions of the thresholds that end the run here. */
  stops: [string, string][]
}

/** What {@link sweep} gives: parts of k6's options, and what the summary needs. */
export interface Sweep {
  scenarios: { [name: string]: ConstantVus | ConstantArrivalRate }
  thresholds: Thresholds
  steps: SweepStep[]
  /** Length of the whole in ms, without the last step's `gracefulStop`. */
  duration: number
  /** Name of the SLA. */
  sla?: string
}

const OPTIONS = [
  'rates',
  'concurrency',
  'stepDuration',
  'warmup',
  'pause',
  'sla',
  'stop',
  'atLeast',
  'answerTime',
  'maxVUs',
  'gracefulStop',
  'scenario',
  'streaming',
]

/** What the summary shows of each step, in its measured part. */
const SHOWN = [
  'llm_requests',
  'llm_failed',
  'llm_ttft',
  'llm_tpot',
  'llm_request_duration',
  'llm_goodput',
  'llm_completion_tokens',
]

/** Time limits by which a step is seen to be saturated. */
const TIMES = /^llm_(ttft|ttfo|tpot|request_duration)$/

/**
 * One run with a step of constant load for each rate (`constant-arrival-rate`) or number of users
 * (`constant-vus`), one after the other: which is the highest that the service bears?
 *
 * Every sample of a step has the tag `step`, and `phase: warmup` in its beginning. What a step
 * leaves unfinished runs on beside the next one and is counted to its own; the warm-up of the next
 * is there to outlast it.
 *
 * @example
 * const plan = sweep({ rates: [2, 4, 8, 16], stepDuration: '60s', warmup: '15s', sla })
 * export const options = { scenarios: plan.scenarios, thresholds: plan.thresholds, summaryTrendStats }
 * export const handleSummary = createSummary({ sweep: plan })
 * @throws at init for an option that cannot be read
 */
export function sweep(options: SweepOptions): Sweep {
  checkKeys('sweep', options, OPTIONS)
  const { rates, concurrency, sla, stop = true, atLeast, streaming } = options
  if ((rates === undefined) === (concurrency === undefined)) {
    misuse('sweep: expected either rates, like [2, 4, 8], or concurrency, like [1, 2, 4]')
  }
  const kind = rates ? 'rate' : 'users'
  const loads = (rates || concurrency) as number[]
  checkLoads(rates ? 'rates' : 'concurrency', loads, rates !== undefined)
  if (typeof stop !== 'boolean') misuse(`sweep: stop=${show(stop)}: expected true or false`)
  if (atLeast !== undefined && (sla === undefined || loads.indexOf(atLeast) < 0)) {
    misuse(`sweep: atLeast=${show(atLeast)}: expected one of ${loads.join(', ')}, and an sla`)
  }
  const length = durationOption('stepDuration', options.stepDuration, 0)
  if (length === 0) misuse("sweep: expected stepDuration, like '30s'")
  const warmup = spanOption('warmup', options.warmup)
  const pause = spanOption('pause', options.pause)
  if (warmup >= length) {
    misuse(
      `sweep: warmup of ${warmup} ms in steps of ${length} ms: expected less, or nothing is measured`,
    )
  }
  const answer = durationOption('answerTime', options.answerTime, 5000)
  const graceful = durationOption('gracefulStop', options.gracefulStop, Math.max(30000, answer * 4))
  const { maxVUs, scenario = {} } = options
  checkKeys('sweep: scenario', scenario, ['exec', 'env', 'tags'])
  if (maxVUs !== undefined && !(maxVUs >= 1 && maxVUs % 1 === 0)) {
    misuse(`sweep: maxVUs=${show(maxVUs)}: expected a whole number of users, 1 or more`)
  }

  const scenarios: Sweep['scenarios'] = {}
  const seen: { [label: string]: number } = {}
  const steps = loads.map((load, i): SweepStep => {
    const label = `${kind}=${load}`
    seen[label] = (seen[label] || 0) + 1
    const step = seen[label] === 1 ? label : `${label}#${seen[label]}`
    const start = i * (length + pause)
    const name = `step${i + 1}_${kind}_${String(load).replace('.', '_')}`
    const common = {
      startTime: formatDuration(start),
      duration: formatDuration(length),
      gracefulStop: formatDuration(graceful),
      ...(scenario.exec && { exec: scenario.exec }),
      env: { ...scenario.env, [PHASES]: `${warmup},${length}` },
      tags: { ...scenario.tags, step },
    }
    scenarios[name] =
      kind === 'users'
        ? { executor: 'constant-vus', vus: load, ...common }
        : { executor: 'constant-arrival-rate', ...arrivals(load, answer, maxVUs), ...common }
    const selector = `step:${step},phase:measure`
    const limits = sla
      ? describeSla(sla, {
          tags: { step, phase: 'measure' },
          streaming,
          unmeasured: 'report',
        }).filter(
          // The load is the step itself.
          ({ unit }) => !/^(requests|tokens|users)/.test(unit),
        )
      : []
    const asked = kind === 'rate' ? (load * length) / 1000 : undefined
    const stops = stop ? stopsOf(step, selector, limits, asked) : []
    const end = start + length
    return { step, scenario: name, kind, load, start, end, window: length - warmup, limits, stops }
  })

  const sets = steps.map((step) =>
    mergeThresholds(shown(step), aborting(step, step.start + warmup + step.window / 3)),
  )
  const must = steps.filter(({ load }) => load === atLeast).map(mustMeet)
  return {
    scenarios,
    thresholds: mergeThresholds(...sets, ...must),
    steps,
    duration: loads.length * (length + pause) - pause,
    ...(sla && { sla: sla.name || 'SLA' }),
  }
}

function checkLoads(what: string, loads: number[], fractions: boolean): void {
  const good =
    Array.isArray(loads) &&
    loads.length > 0 &&
    loads.every((load) => load > 0 && load < Infinity && (fractions || load % 1 === 0))
  if (!good) {
    misuse(`sweep: ${what}=${show(loads)}: expected a list of numbers over 0, like [2, 4, 8]`)
  }
}

/** k6 takes whole numbers: 2.5 in a second are 25 in 10 s. */
function arrivals(rate: number, answer: number, maxVUs: number | undefined) {
  let seconds = 1
  while (seconds < 1000 && Math.abs(rate * seconds - Math.round(rate * seconds)) > 1e-9) {
    seconds *= 10
  }
  const together = (rate * answer) / 1000
  const most = maxVUs || Math.ceil(together * 4) + 1
  return {
    rate: Math.round(rate * seconds),
    timeUnit: `${seconds}s`,
    preAllocatedVUs: Math.min(Math.ceil(together * 1.25) + 1, most),
    maxVUs: most,
  }
}

/** Thresholds that always pass: they make k6 keep the step's figures. */
function shown({ step, limits }: SweepStep): Thresholds {
  const set: Thresholds = { [`dropped_iterations{step:${step}}`]: ['count>=0'] }
  const metrics = SHOWN.concat(limits.map((limit) => limit.metric))
  for (const metric of metrics) {
    // As perTag does it, on a selector of two tags.
    const single = perTag('step', [step], [metric])
    set[`${metric}{step:${step},phase:measure}`] = single[`${metric}{step:${step}}`] as Threshold[]
  }
  return set
}

/** What says that a step is clearly over its capacity. */
function stopsOf(
  step: string,
  selector: string,
  limits: SlaLimit[],
  asked: number | undefined,
): [string, string][] {
  const stops: [string, string][] = [[`llm_failed{${selector}}`, 'rate<0.5']]
  if (asked !== undefined) {
    stops.push([`dropped_iterations{step:${step}}`, `count<${Math.max(2, Math.ceil(asked / 5))}`])
  }
  const loosest: { [metric: string]: number } = {}
  for (const { metric, goal, measured } of limits) {
    if (measured !== 'yes' || !TIMES.test(metric)) continue
    loosest[metric] = Math.max(loosest[metric] || 0, goal)
  }
  for (const metric of Object.keys(loosest)) {
    stops.push([`${metric}{${selector}}`, `med<${loosest[metric]}`])
  }
  return stops
}

/** The same as thresholds of k6, from a time of the run on. */
function aborting({ stops }: SweepStep, from: number): Thresholds {
  const set: Thresholds = {}
  for (const [series, threshold] of stops) {
    const delayAbortEval = formatDuration(Math.round(from))
    set[series] = [{ threshold, abortOnFail: true, delayAbortEval }]
  }
  return set
}

/** The SLA as thresholds that fail, on one step; what was not sent is no success. */
function mustMeet({ step, kind, load, window, limits }: SweepStep): Thresholds {
  const selector = `{step:${step},phase:measure}`
  const set: Thresholds = {}
  const put = (series: string, threshold: string) => {
    const list = set[series] || []
    if (list.indexOf(threshold) < 0) set[series] = list.concat(threshold)
  }
  for (const { metric, threshold, gate } of limits) {
    put(metric + selector, threshold)
    if (gate) put(gate.metric + selector, gate.threshold)
    // `report` left the gate of what is not measured out: here it must fail.
    else if (TIMES.test(metric)) put(metric + selector, 'max>0')
  }
  put(
    `llm_requests${selector}`,
    `count>=${Math.max(1, kind === 'rate' ? enough(load, window) : 1)}`,
  )
  return set
}
