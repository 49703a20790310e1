import exec from 'k6/execution'
import { misuse } from '../core/errors.ts'

/** What is read of a scenario, as k6 gives it: what is not set is null (0.47 to 2.2). */
interface ScenarioOptions {
  vus?: number | null
  startVUs?: number | null
  stages?: { target: number }[] | null
  preAllocatedVUs?: number | null
  maxVUs?: number | null
}

/**
 * Ends the test where more than one VU may switch: the model is state of the whole server, and
 * two VUs would each measure the other's switch.
 */
export function onlyOneVu(what: string): void {
  let name: string
  let scenario: ScenarioOptions | undefined
  try {
    name = exec.scenario.name
    scenario = ((exec.test.options.scenarios || {}) as { [name: string]: ScenarioOptions })[name]
  } catch (_setupOrTeardown) {
    return // each runs once
  }
  if (!scenario) return
  const targets = (scenario.stages || []).map((stage) => stage.target)
  // With stages of an arrival rate the targets are rates, not VUs.
  const users = scenario.preAllocatedVUs ? [] : targets
  const vus = Math.max(
    1,
    scenario.vus || 0,
    scenario.startVUs || 0,
    scenario.preAllocatedVUs || 0,
    scenario.maxVUs || 0,
    ...users,
  )
  if (vus > 1) {
    misuse(
      `${what} in scenario ${name}, which has ${vus} VUs: models are state of the whole server, ` +
        'so one VU switches; give the switches a scenario of their own with vus: 1',
    )
  }
}
