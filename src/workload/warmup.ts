import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { PHASES } from '../core/phase.ts'
import type { Scenario, ScenarioGroup } from './profiles.ts'
import { lengthOf } from './scale.ts'

export interface WarmupOptions {
  /** How much of the beginning is not measured: ms or `'30s'`. @default none */
  warmup?: number | string
  /** How much of the end is not measured. @default none */
  cooldown?: number | string
}

/**
 * Marks the beginning and the end of a scenario, or of each in a group, as not measured. Its
 * length stays: of 5 min with a warm-up of 1 min, 4 are measured.
 *
 * Every sample of a request that starts in them has `phase: warmup` or `phase: cooldown` in place
 * of `measure`, also where the request ends later. Give the scenarios to `toThresholds` and
 * `createSummary` as well, and only what is measured is judged.
 *
 * @example const scenarios = withWarmup({ chat: scaleProfile(profiles.load) }, { warmup: '1m', cooldown: '30s' })
 * @throws where nothing would be left, and for a cool-down of a scenario whose end is not known
 */
export function withWarmup<P extends Scenario | ScenarioGroup>(
  scenarios: P,
  options: WarmupOptions,
): P {
  checkKeys('withWarmup', options, ['warmup', 'cooldown'])
  if (scenarios === null || typeof scenarios !== 'object' || Array.isArray(scenarios)) {
    misuse(`withWarmup(${show(scenarios)}): expected a scenario, or scenarios by name`)
  }
  const warmup = spanOption('warmup', options.warmup)
  const cooldown = spanOption('cooldown', options.cooldown)
  if (warmup + cooldown === 0) {
    misuse("withWarmup: expected a warmup or a cooldown, like { warmup: '30s' }")
  }
  if (typeof scenarios.executor === 'string') {
    return marked(scenarios as Scenario, warmup, cooldown) as P
  }
  const group: ScenarioGroup = {}
  for (const name of Object.keys(scenarios)) {
    const scenario = (scenarios as ScenarioGroup)[name] as Scenario
    // The scenario that watches the lag sends no request.
    group[name] = scenario.exec === 'clientLag' ? scenario : marked(scenario, warmup, cooldown)
  }
  return group as P
}

/** A duration that may be none, in ms. */
export function spanOption(what: string, value: unknown): number {
  return value === 0 || value === '0s' ? 0 : durationOption(what, value, 0)
}

function marked(scenario: Scenario, warmup: number, cooldown: number): Scenario {
  const open = /iterations$/.test(scenario.executor)
  if (open && cooldown > 0) {
    misuse(
      `cooldown: a ${scenario.executor} scenario ends when its iterations are done: no one knows when`,
    )
  }
  const length = lengthOf(scenario)
  if (warmup + cooldown >= length) {
    misuse(
      `warmup and cooldown are ${(warmup + cooldown) / 1000} s of ${length / 1000} s: expected less, ` +
        'or nothing is measured',
    )
  }
  const phases = open ? `${warmup}` : `${warmup},${length - cooldown}`
  return { ...scenario, env: { ...(scenario.env as object), [PHASES]: phases } }
}
