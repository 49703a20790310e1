// A scenario as the script wrote it, read and checked.
import { formatDuration, parseDuration } from './durations.ts'
import { INSTALL } from './errors.ts'
import { EXIT, RunError } from './exit-codes.ts'
import type { Options } from './options.ts'
import { fieldsOf, isObject, textsOf } from './script-values.ts'

export interface Stage {
  /** ms */
  duration: number
  /** VUs or iterations per time unit at its end */
  target: number
}

export interface Scenario {
  name: string
  executor: string
  exec: string
  /** ms */
  startTime: number
  /** ms */
  gracefulStop: number
  env: Record<string, string>
  tags: Record<string, string>
  /** that it starts with or has ready */
  vus: number
  maxVUs: number
  /** whether it takes VUs only while they iterate, see `fit` */
  shares: boolean
  /** ms, after which no iteration starts */
  duration: number
  /** in all (shared) or of each VU; 0 where time is the measure */
  iterations: number
  stages: Stage[]
  /** VUs or iterations per time unit at the start of the stages */
  start: number
  /** ms */
  gracefulRampDown: number
  /** iterations per time unit */
  rate: number
  /** ms */
  timeUnit: number
  /** for the user */
  text: string
}

const COMMON = ['executor', 'startTime', 'gracefulStop', 'exec', 'env', 'tags', 'options']

const FIELDS: Record<string, string[]> = {
  'constant-vus': ['vus', 'duration'],
  'ramping-vus': ['startVUs', 'stages', 'gracefulRampDown'],
  'shared-iterations': ['vus', 'iterations', 'maxDuration'],
  'per-vu-iterations': ['vus', 'iterations', 'maxDuration'],
  'constant-arrival-rate': ['rate', 'timeUnit', 'duration', 'preAllocatedVUs', 'maxVUs'],
  'ramping-arrival-rate': ['startRate', 'timeUnit', 'stages', 'preAllocatedVUs', 'maxVUs'],
}

/**
 * The scenarios, read and checked.
 *
 * @param functions that the script exports
 */
export function readScenarios(options: Options, functions: string[]): Scenario[] {
  const list = Object.entries(options.scenarios).map(([name, config]) => readScenario(name, config))
  if (list.length === 0) throw new RunError('scenarios: there is none', EXIT.invalidConfig)
  for (const { name, exec } of list) {
    if (!functions.includes(exec)) {
      const text = `executor ${name}: function '${exec}' not found in exports`
      throw new RunError(text, EXIT.invalidConfig)
    }
  }
  return list
}

function readScenario(name: string, config: unknown): Scenario {
  function complain(what: string): never {
    throw new RunError(`scenario ${name}: ${what}`, EXIT.invalidConfig)
  }
  if (!isObject(config)) complain('expected an object')
  if (!/^[0-9a-zA-Z_-]+$/.test(name)) {
    complain(
      'the scenario name should contain only numbers, latin letters, underscores, and dashes',
    )
  }
  const executor = String(config.executor)
  const fields = FIELDS[executor]
  if (fields === undefined) {
    complain(
      executor === 'externally-controlled'
        ? `the executor externally-controlled is not in the preview: run this script with k6 (${INSTALL})`
        : `unknown executor type '${executor}'`,
    )
  }
  for (const field of Object.keys(config)) {
    if (!COMMON.includes(field) && !fields.includes(field))
      complain(`json: unknown field "${field}"`)
  }
  const time = (field: string, fallback: number) => {
    const value = config[field]
    if (value === undefined || value === null) return fallback
    const ms = parseDuration(value)
    if (ms === undefined || ms < 0) complain(`${field}: invalid duration ${JSON.stringify(value)}`)
    return ms
  }
  const whole = (field: string, fallback: number | undefined, min: number) => {
    const value = config[field] ?? fallback
    if (value === undefined) complain(`${field} is required`)
    if (!isWhole(value) || value < min) {
      complain(`${field} must be a whole number, ${min} or more, not ${JSON.stringify(value)}`)
    }
    return value
  }
  const stages = (): Stage[] => {
    if (!Array.isArray(config.stages) || config.stages.length === 0) {
      complain('at least one stage has to be specified')
    }
    return config.stages.map((stage, i) => {
      const { duration: given, target } = fieldsOf(stage)
      const duration = parseDuration(given)
      if (duration === undefined) complain(`stage ${i + 1} doesn't have a duration`)
      if (!isWhole(target) || target < 0) {
        complain(`the target for stage ${i + 1} must be a whole number, 0 or more`)
      }
      return { duration, target }
    })
  }

  const scenario: Scenario = {
    name,
    executor,
    exec: String(config.exec ?? 'default'),
    startTime: time('startTime', 0),
    gracefulStop: time('gracefulStop', 30_000),
    env: textsOf(config.env),
    tags: textsOf(config.tags),
    vus: 0,
    maxVUs: 0,
    shares: false,
    duration: 0,
    iterations: 0,
    stages: [],
    start: 0,
    gracefulRampDown: time('gracefulRampDown', 30_000),
    rate: 0,
    timeUnit: time('timeUnit', 1000),
    text: '',
  }
  const arrival = executor.endsWith('arrival-rate')
  const ramping = executor.startsWith('ramping')
  if (ramping) {
    scenario.stages = stages()
    scenario.duration = scenario.stages.reduce((sum, stage) => sum + stage.duration, 0)
  } else if (executor.endsWith('iterations')) {
    scenario.iterations = whole('iterations', 1, 1)
    scenario.duration = time('maxDuration', 600_000)
  } else {
    if (config.duration === undefined || config.duration === null) {
      complain("the duration should be specified, it's required")
    }
    scenario.duration = time('duration', 0)
    if (scenario.duration < 1000) complain('the duration must be at least 1s')
  }
  if (arrival) {
    scenario.vus = whole('preAllocatedVUs', undefined, 0)
    scenario.maxVUs = whole('maxVUs', scenario.vus, 0)
    if (scenario.maxVUs < scenario.vus) complain('maxVUs must not be less than preAllocatedVUs')
    if (ramping) scenario.start = whole('startRate', 0, 0)
    else scenario.rate = whole('rate', undefined, 1)
  } else if (ramping) {
    scenario.start = whole('startVUs', 1, 0)
    scenario.vus = Math.max(scenario.start, ...scenario.stages.map((stage) => stage.target))
    if (scenario.vus === 0)
      complain("either startVUs or one of the stages' target values must be greater than 0")
  } else {
    scenario.vus = whole('vus', 1, 1)
    if (executor === 'shared-iterations' && scenario.iterations < scenario.vus) {
      complain(
        `the number of iterations (${scenario.iterations}) can't be less than the number of VUs (${scenario.vus})`,
      )
    }
  }
  scenario.maxVUs = Math.max(scenario.maxVUs, scenario.vus)
  scenario.text = describe(scenario)
  return scenario
}

const isWhole = (value: unknown): value is number => Number.isInteger(value)

function describe(scenario: Scenario) {
  const { duration, executor, gracefulStop, iterations, rate, stages, timeUnit, vus } = scenario
  const stop = `gracefulStop: ${formatDuration(gracefulStop)}`
  const per = timeUnit === 1000 ? 's' : formatDuration(timeUnit)
  const limit = formatDuration(duration)
  if (executor === 'constant-vus') return `${vus} looping VUs for ${limit} (${stop})`
  if (executor === 'ramping-vus') {
    return `Up to ${vus} looping VUs for ${limit} over ${stages.length} stages (gracefulRampDown: ${formatDuration(scenario.gracefulRampDown)}, ${stop})`
  }
  if (executor === 'shared-iterations') {
    return `${iterations} iterations shared among ${vus} VUs (maxDuration: ${limit}, ${stop})`
  }
  if (executor === 'per-vu-iterations') {
    return `${iterations} iterations for each of ${vus} VUs (maxDuration: ${limit}, ${stop})`
  }
  const count = scenario.maxVUs > vus ? `${vus}-${scenario.maxVUs}` : vus
  const pace =
    executor === 'constant-arrival-rate'
      ? `${rate} iterations/${per} for ${limit}`
      : `Up to ${Math.max(...stages.map((stage) => stage.target))} iterations/${per} for ${limit} over ${stages.length} stages`
  return `${pace} (maxVUs: ${count}, ${stop})`
}

/** The VUs that must be ready before the start: the most that scenarios need at one time. */
export function plannedVus(scenarios: Scenario[], of: 'vus' | 'maxVUs' = 'vus') {
  const borders = scenarios.map((one) => one.startTime)
  return Math.max(
    ...borders.map((at) =>
      scenarios
        .filter(
          (one) => one.startTime <= at && at < one.startTime + one.duration + one.gracefulStop,
        )
        .reduce((sum, one) => sum + one[of], 0),
    ),
  )
}

/**
 * Lets the scenarios of arrivals share VUs where the test asks for more than there are: those
 * that stand ready are a reserve, and fewer may do. A test that turns out to need more is ended.
 *
 * @returns the VUs to make; more than `most` where sharing is no help
 */
export function fit(scenarios: Scenario[], most: number): number {
  const planned = plannedVus(scenarios)
  const arrivals = scenarios.filter((one) => one.executor.endsWith('arrival-rate'))
  if (planned <= most || arrivals.length === 0) return planned
  const others = scenarios.filter((one) => !arrivals.includes(one))
  if (others.length > 0 && plannedVus(others) >= most) return planned
  for (const one of arrivals) one.shares = true
  return most
}

/** @returns ms, graceful stops included */
export function longest(scenarios: Scenario[]): number {
  return Math.max(...scenarios.map((one) => one.startTime + one.duration + one.gracefulStop))
}
