import { formatDuration, parseDuration } from '../core/duration.ts'
import { env, warnOnce } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import type { Scenario, ScenarioGroup, Stage } from './profiles.ts'

export interface ScaleOptions {
  /** Length of the whole: ms or `'5m'`. @default TEST_DURATION, else as it is */
  duration?: number | string
  /** Largest number of users at the time. @default MAX_VUS, else as it is */
  maxVUs?: number
}

/**
 * A profile of another length and size, as a new object. Explicit option > `TEST_DURATION`,
 * `MAX_VUS` > as it is.
 *
 * - Stages keep their proportions and add up to `duration` exactly; none becomes 0 s. The largest
 *   target becomes `maxVUs`, the others in proportion, at least 1 where they were, 0 stays 0.
 * - `constant-vus`: `vus` and `duration`. `per-vu-iterations`, `shared-iterations`: `vus` and
 *   `maxDuration`, the iterations stay.
 * - Arrival rates: the length, and `maxVUs` as the bound of users. The rate stays: it is the goal.
 * - A group of scenarios: its longest member becomes `duration` long and the others change by the
 *   same factor; their peaks add up to `maxVUs`, each at least 1.
 *
 * Other keys (`exec`, `tags`, `env`, `startTime`, …) are kept.
 *
 * @throws for a `duration` or `maxVUs` that cannot be read, for an executor that is not known
 */
export function scaleProfile<P extends Scenario | ScenarioGroup>(
  profile: P,
  options: ScaleOptions = {},
): P {
  if (profile === null || typeof profile !== 'object') {
    misuse(`scaleProfile(${show(profile)}): expected a scenario such as profiles.load`)
  }
  for (const name of Object.keys(options)) {
    if (name !== 'duration' && name !== 'maxVUs') {
      misuse(`scaleProfile: no option ${show(name)}; expected duration and maxVUs`)
    }
  }
  let duration = env.duration('TEST_DURATION')
  if (options.duration !== undefined) {
    duration = parseDuration(options.duration)
    if (!duration) {
      misuse(`duration=${show(options.duration)}: expected milliseconds or a duration like '5m'`)
    }
  }
  const maxVUs = options.maxVUs ?? env.number('MAX_VUS', undefined, { min: 1, integer: true })
  if (maxVUs !== undefined && !(maxVUs >= 1 && maxVUs % 1 === 0)) {
    misuse(`maxVUs=${show(maxVUs)}: expected a whole number of users, 1 or more, like 10`)
  }
  if (typeof profile.executor === 'string') {
    return scaleScenario(profile as Scenario, duration, maxVUs) as P
  }

  const group = profile as ScenarioGroup
  const names = Object.keys(group)
  const lengths = names.map((name) => lengthOf(group[name] as Scenario))
  const longest = Math.max(...lengths)
  const peaks = names.map((name) => peakOf(group[name] as Scenario))
  const shares = maxVUs === undefined ? undefined : divide(maxVUs, peaks)
  const scaled: ScenarioGroup = {}
  names.forEach((name, i) => {
    const length = lengths[i] as number
    const own =
      duration === undefined
        ? undefined
        : length === longest
          ? duration
          : Math.max(wholeSeconds((length * duration) / longest), 1)
    scaled[name] = scaleScenario(group[name] as Scenario, own, shares?.[i])
  })
  return scaled as P
}

function scaleScenario(scenario: Scenario, length?: number, vus?: number): Scenario {
  const scaled: Scenario = { ...scenario }
  const { executor, stages } = scenario
  const arrivals = /arrival-rate$/.test(executor)
  if (stages !== undefined) {
    const peak = peakOf(scenario)
    const fit = (n: number) =>
      arrivals || vus === undefined || n === 0 ? n : Math.max(1, Math.round((n * vus) / peak))
    const durations = length === undefined ? undefined : scaleStages(stages, length)
    scaled.stages = stages.map((stage, i) => ({
      ...stage,
      duration: durations ? formatDuration(durations[i] as number) : stage.duration,
      target: fit(stage.target),
    }))
    if (executor === 'ramping-vus') scaled.startVUs = fit(scenario.startVUs ?? 1)
  } else if (length !== undefined) {
    scaled[lengthKey(executor)] = formatDuration(length)
  }
  if (vus !== undefined) {
    if (arrivals) {
      scaled.maxVUs = vus
      scaled.preAllocatedVUs = Math.min(scenario.preAllocatedVUs ?? 1, vus)
    } else if (executor === 'shared-iterations') {
      scaled.vus = Math.min(vus, scenario.iterations ?? 1) // k6 refuses more users than iterations
    } else if (stages === undefined) {
      scaled.vus = vus
    }
  }
  return scaled
}

/** Stage lengths in ms that add up to `total` and keep their proportions. */
function scaleStages(stages: Stage[], total: number): number[] {
  const lengths = stages.map((stage) => durationOf(stage.duration))
  const sum = lengths.reduce((a, b) => a + b, 0)
  const steps = lengths.filter((length) => length > 0).length
  // Whole seconds read well, where there are enough of them; else milliseconds.
  const unit = total % 1000 === 0 && total / 1000 >= steps * 4 ? 1000 : 1
  const units = Math.round(total / unit)
  if (units < steps) {
    misuse(`duration=${total} ms: too short for ${steps} stages; expected ${steps} ms or more`)
  }
  let before = 0 // of the original, in ms
  let at = 0 // of the scaled one, in units
  let left = steps
  return lengths.map((length) => {
    if (length === 0) return 0 // a jump stays a jump
    before += length
    left--
    const end = Math.min(Math.max(Math.round((before * units) / sum), at + 1), units - left)
    const scaled = (end - at) * unit
    at = end
    return scaled
  })
}

/** Shares `total` in proportion (largest remainder), each at least 1. */
function divide(total: number, parts: number[]): number[] {
  const sum = parts.reduce((a, b) => a + b, 0)
  if (total < parts.length) {
    warnOnce(`MAX_VUS=${total}: the profile has ${parts.length} scenarios, each keeps one user`)
    return parts.map(() => 1)
  }
  const exact = parts.map((part) => (part * total) / sum)
  const shares = exact.map((share) => Math.max(1, Math.floor(share)))
  let rest = total - shares.reduce((a, b) => a + b, 0)
  while (rest !== 0) {
    // The one that is furthest from its due: below it to add, above it (and above 1) to take.
    const step = rest > 0 ? 1 : -1
    let best = -1
    for (let i = 0; i < parts.length; i++) {
      if (step < 0 && shares[i] === 1) continue
      const due = (at: number) => step * ((exact[at] as number) - (shares[at] as number))
      if (best < 0 || due(i) > due(best)) best = i
    }
    shares[best] = (shares[best] as number) + step
    rest -= step
  }
  return shares
}

function lengthKey(executor: string): 'duration' | 'maxDuration' {
  if (executor === 'constant-vus' || executor === 'constant-arrival-rate') return 'duration'
  if (executor === 'per-vu-iterations' || executor === 'shared-iterations') return 'maxDuration'
  return misuse(
    `executor=${show(executor)}: expected constant-vus, per-vu-iterations, shared-iterations, ` +
      'constant-arrival-rate, or ramping-vus or ramping-arrival-rate with stages',
  )
}

/** How long a scenario starts iterations, in ms. */
export function lengthOf(scenario: Scenario): number {
  if (scenario.stages) return scenario.stages.reduce((sum, s) => sum + durationOf(s.duration), 0)
  const key = lengthKey(scenario.executor)
  // k6's own default of the iteration executors is 10 min.
  return durationOf(scenario[key] ?? (key === 'maxDuration' ? '10m' : undefined))
}

function peakOf(scenario: Scenario): number {
  if (/arrival-rate$/.test(scenario.executor)) {
    return scenario.maxVUs ?? scenario.preAllocatedVUs ?? 1
  }
  if (!scenario.stages) return scenario.vus ?? 1
  return Math.max(scenario.startVUs ?? 1, ...scenario.stages.map((stage) => stage.target))
}

function durationOf(value: unknown): number {
  const length = parseDuration(value)
  if (length === undefined) misuse(`duration=${show(value)}: expected a duration like '5m'`)
  return length
}

/** Whole seconds where that is at most 1 % off, else whole milliseconds. */
function wholeSeconds(ms: number): number {
  return ms >= 50000 ? Math.round(ms / 1000) * 1000 : Math.round(ms)
}
