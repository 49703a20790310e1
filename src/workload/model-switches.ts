import { sleep } from 'k6'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { randomItem } from '../core/random.ts'
import { createModelManager, type ModelManager } from '../models/manager.ts'
import type { StatusResult, SwitchResult } from '../models/switch-result.ts'
import type { ModelManagerOptions } from '../models/switcher.ts'
import type { ConstantVus, PerVuIterations } from './executors.ts'
import { thinkTime } from './profiles.ts'
import { switchTour } from './switch-tour.ts'

export interface ModelSwitchOptions {
  /** How to reach the models, as for `createModelManager`. */
  manager?: ModelManagerOptions
  /** Models to switch among. @default all that the server lists */
  targets?: readonly string[]
  /** `random`: any other model; `round-robin`: each ordered pair in turn. @default 'random' */
  order?: 'random' | 'round-robin'
  /** Pause after a switch: ms or a string. @default 5 to 15 s, as in the guide */
  pause?: number | string
  /** Switch so many times instead of for a `duration`. */
  switches?: number
  /** @default '10m' */
  duration?: string
  /** When the scenario begins. @default at once */
  startTime?: string
  /** Name of the script's export that does it. @default 'modelSwitch' */
  exec?: string
}

const OPTIONS = [
  'manager',
  'targets',
  'order',
  'pause',
  'switches',
  'duration',
  'startTime',
  'exec',
]

// Of this VU: a scenario names its function by a string, so nothing can be handed over.
let manager: ModelManager | undefined
let chosen: ModelSwitchOptions = {}
let tour: string[] = []
let step = 0

/**
 * A scenario in which one VU switches models beside whatever else the test does. k6 wants the
 * function among the script's own exports:
 *
 * @example
 * import { modelSwitchScenario } from '…/k6-llm/dist/index.js'
 * export { modelSwitch, modelSwitchSetup as setup, modelSwitchTeardown as teardown }
 *   from '…/k6-llm/dist/index.js'
 * export const options = {
 *   scenarios: { switching: modelSwitchScenario({ manager: { backend: 'ollama' } }) },
 *   teardownTimeout: '420s', // twice the deadline and a minute
 * }
 */
export function modelSwitchScenario(
  options: ModelSwitchOptions = {},
): ConstantVus | PerVuIterations {
  checkKeys('modelSwitchScenario', options, OPTIONS)
  if (manager !== undefined) {
    misuse('modelSwitchScenario: called twice, and models are state of the whole server')
  }
  const order = options.order || 'random'
  if (order !== 'random' && order !== 'round-robin') {
    misuse(`order: expected 'random' or 'round-robin', got ${show(order)}`)
  }
  manager = createModelManager(options.manager)
  chosen = options
  const seconds = Math.ceil(manager.deadline / 1000)
  const common = {
    exec: options.exec || 'modelSwitch',
    vus: 1,
    // The switch that is under way at the end is measured to its own.
    gracefulStop: `${seconds + 30}s`,
  }
  const start = options.startTime === undefined ? {} : { startTime: options.startTime }
  if (options.switches === undefined) {
    return {
      executor: 'constant-vus',
      duration: options.duration || '10m',
      ...common,
      ...start,
    }
  }
  return {
    executor: 'per-vu-iterations',
    iterations: options.switches,
    maxDuration: options.duration || `${options.switches * (seconds + 60)}s`,
    ...common,
    ...start,
  }
}

function managerOf(what: string): ModelManager {
  if (manager === undefined) {
    misuse(`${what}: call modelSwitchScenario(…) at init, in the options of the script`)
  }
  return manager as ModelManager
}

/** The scenario's function: one switch, then the pause. */
export async function modelSwitch(): Promise<SwitchResult> {
  const models = managerOf('modelSwitch')
  const status = await models.status()
  const targets = chosen.targets ? chosen.targets.slice() : status.models
  if (targets.length < 2 && status.ok) {
    misuse(`modelSwitch: expected two models or more to switch among, got ${show(targets)}`)
  }
  const result = await models.switchTo(nextOf(targets, status))
  const what = `${result.from} → ${result.to}`
  if (!result.ok) console.warn(`${what} failed: ${result.reason}: ${result.message}`)
  else
    console.log(
      result.already
        ? `${what}: was there`
        : `${what}: ${Math.round(result.duration as number)} ms`,
    )
  const pause = chosen.pause
  sleep(pause === undefined ? thinkTime(5, 15) : durationOption('pause', pause, 0) / 1000)
  return result
}

function nextOf(targets: string[], { current, loaded }: StatusResult): string {
  if (chosen.order === 'round-robin' && targets.length > 1) {
    if (tour.length === 0) {
      // It begins at the model in force, so that its first switch is one.
      const first = current !== null && targets.indexOf(current) > 0 ? current : targets[0]
      tour = switchTour([first as string].concat(targets.filter((name) => name !== first)))
    }
    return tour[step++ % tour.length] as string
  }
  const others = targets.filter((name) => loaded.indexOf(name) === -1 && name !== current)
  return randomItem(others.length > 0 ? others : targets)
}

/** For `setup`: remembers what is in memory. */
export async function modelSwitchSetup(): Promise<{ modelSwitch: StatusResult }> {
  const before = await managerOf('modelSwitchSetup').status()
  if (!before.ok) misuse(`no model status: ${before.error ? before.error.message : 'no answer'}`)
  return { modelSwitch: before }
}

/** For `teardown`, with what `setup` returned: puts back what was in memory. */
export async function modelSwitchTeardown(data: { modelSwitch: StatusResult }): Promise<void> {
  const back = await managerOf('modelSwitchTeardown').restore(data.modelSwitch)
  if (back && !back.ok) console.error(`not put back: ${back.to}: ${back.reason}: ${back.message}`)
}
