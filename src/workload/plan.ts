import { parseDuration } from '../core/duration.ts'
import type { Stage } from './profiles.ts'
import { createInverse, ratePieces } from './rate.ts'

/** What the scenarios of a run plan, and which of its thresholds may end it. */
export interface Plan {
  scenarios: PlannedScenario[]
  aborts: AbortingThreshold[]
  /** VUs of `clientLagScenario`: they watch, and are no users. Absent: none. */
  watchers?: number
}

export interface PlannedScenario {
  name: string
  /**
   * Until when it starts iterations, in ms after the scenarios began. One that is bound by
   * iterations may be done sooner.
   */
  end: number
  /** What it is done with; absent where time is the bound. */
  iterations?: number
}

/** A threshold with `abortOnFail`. */
export interface AbortingThreshold {
  series: string
  threshold: string
  /** ms of the run before which k6 does not look at it. */
  delay: number
}

type Json = { readonly [key: string]: unknown }

/** k6's own of the executors that are bound by iterations. */
const MAX_DURATION = 600000

/**
 * Reads what a run plans from its options in force, `exec.test.options` of k6 0.47 to 2.2 (what is
 * not set is null there) or what `k6 inspect` prints. Where k6 itself ends a scenario sooner, so
 * does the plan: it names the earliest end that a complete run can have.
 *
 * @returns undefined where there are no scenarios in it
 */
export function planOf(options: unknown): Plan | undefined {
  const all = (options || {}) as Json
  const { thresholds, executionSegment } = all
  const scenarios = isObject(all.scenarios) ? all.scenarios : shortcut(all)
  if (scenarios === undefined) return undefined
  const share = shareOf(executionSegment)
  const planned: PlannedScenario[] = []
  let watchers = 0
  for (const name of Object.keys(scenarios)) {
    const scenario = scenarios[name]
    const own = isObject(scenario) ? plannedOf(name, scenario, share) : undefined
    if (own) planned.push(own)
    if (isObject(scenario) && scenario.exec === 'clientLag') {
      watchers += part(count(scenario.vus, 1), share)
    }
  }
  const aborts = isObject(thresholds) ? abortsOf(thresholds) : []
  return { scenarios: planned, aborts, ...(watchers > 0 && { watchers }) }
}

/** What `k6 inspect` leaves as it was written; a run has scenarios of it. */
function shortcut({ vus, duration, iterations, stages }: Json): Json | undefined {
  if (iterations) {
    const executor = 'shared-iterations'
    return { default: { executor, vus, iterations, maxDuration: duration } }
  }
  if (duration) return { default: { executor: 'constant-vus', vus, duration } }
  return stages ? { default: { executor: 'ramping-vus', startVUs: vus, stages } } : undefined
}

function plannedOf(name: string, scenario: Json, share: number): PlannedScenario | undefined {
  const executor = String(scenario.executor)
  const start = time(scenario.startTime) || 0
  const vus = count(scenario.vus, 1)
  const stages = Array.isArray(scenario.stages) ? (scenario.stages as Stage[]) : []
  if (/iterations$/.test(executor)) {
    const end = start + (time(scenario.maxDuration) ?? MAX_DURATION)
    const each = count(scenario.iterations, 1)
    // What a segment gets of a number is rounded by k6: never less than this.
    const iterations = /^per-vu/.test(executor) ? part(vus, share) * each : part(each, share)
    return { name, end, iterations }
  }
  let length = 0
  let users = vus
  if (executor === 'ramping-vus') {
    const from = count(scenario.startVUs, 1)
    users = stages.reduce((most, stage) => Math.max(most, stage.target), from)
    length = lastUser(stages, from, share < 1)
  } else if (executor === 'ramping-arrival-rate') {
    users = count(scenario.maxVUs, count(scenario.preAllocatedVUs, 1))
    const unit = time(scenario.timeUnit) || 1000
    length = lastArrival(stages, count(scenario.startRate, 0), unit, share)
  } else {
    if (/arrival-rate$/.test(executor)) {
      users = count(scenario.maxVUs, count(scenario.preAllocatedVUs, 1))
    } else if (executor === 'externally-controlled') users = count(scenario.maxVUs, vus)
    // None, or 0 of externally-controlled, is for ever.
    length = time(scenario.duration) || 0
  }
  // k6 leaves a scenario out of a segment that has no user of it.
  return length > 0 && part(users, share) > 0 ? { name, end: start + length } : undefined
}

/** k6 ends `ramping-vus` when the last user has gone for good. */
function lastUser(stages: Stage[], from: number, segment: boolean): number {
  let at = 0
  let users = from
  let end = 0
  for (const { duration, target } of stages) {
    const length = parseDuration(duration) || 0
    // Which user of a segment goes last nobody knows: it may be the first one to go.
    if (users > 0 && target === 0 && segment) end = at
    else if (users > 0 || target > 0) end = at + length
    at += length
    users = target
  }
  return end
}

/** k6 ends `ramping-arrival-rate` with its last iteration: run on 0.47 and 2.2. */
function lastArrival(stages: Stage[], from: number, unit: number, share: number): number {
  const all = [{ duration: '0s', target: from }].concat(stages)
  const length = stages.reduce((sum, stage) => sum + (parseDuration(stage.duration) || 0), 0)
  if (length === 0 || all.every((stage) => !(stage.target > 0))) return 0
  const pieces = ratePieces('ramping-arrival-rate', all, undefined)
  const expected = pieces.reduce((sum, { length, from, to }) => sum + ((from + to) / 2) * length, 0)
  const perUnit = unit / 1000
  // The one before the last of this segment, since how k6 counts at the edges is its own.
  const least = (Math.floor(expected / perUnit) - Math.ceil(1 / share)) * perUnit
  return least > 0 ? (createInverse(pieces)(least) ?? 0) : 0
}

function abortsOf(thresholds: Json): AbortingThreshold[] {
  const aborts: AbortingThreshold[] = []
  for (const series of Object.keys(thresholds)) {
    const list = thresholds[series]
    for (const one of Array.isArray(list) ? list : [list]) {
      if (!isObject(one) || one.abortOnFail !== true) continue
      const delay = time(one.delayAbortEval) || 0
      aborts.push({ series, threshold: String(one.threshold), delay })
    }
  }
  return aborts
}

/** How much of the load an execution segment (`'0:1/3'`) takes. */
function shareOf(segment: unknown): number {
  if (typeof segment !== 'string' || segment === '') return 1
  const ends = segment.split(':').map((text) => {
    const [over, under] = text.split('/')
    return /%$/.test(text) ? Number.parseFloat(text) / 100 : Number(over) / Number(under ?? 1)
  })
  const [from, to] = ends.length > 1 ? ends : [0, ends[0]]
  const share = (to as number) - (from as number)
  return share > 0 && share < 1 ? share : 1
}

function part(whole: number, share: number): number {
  return Math.floor(whole * share)
}

function time(value: unknown): number | undefined {
  return value === null ? undefined : parseDuration(value)
}

function count(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
