import { parseDuration } from '../core/duration.ts'
import { misuse, show } from '../core/errors.ts'
import { PHASES, readPhases } from '../core/phase.ts'

/** The scenarios of a run, as far as it matters here which of their parts are measured. */
export interface PhasedScenarios {
  [name: string]: { [key: string]: unknown }
}

/**
 * Which part of a run is measured, where its scenarios have a warm-up (`withWarmup`): `undefined`
 * where none has. `window`: its length in ms, where all of them measure during the same time.
 */
export function measuredPart(scenarios: PhasedScenarios): { window?: number } | undefined {
  if (scenarios === null || typeof scenarios !== 'object' || Array.isArray(scenarios)) {
    misuse(`scenarios=${show(scenarios)}: expected the object of options.scenarios`)
  }
  let phased = false
  let same = true
  let part: { from: number; to: number } | undefined
  for (const name of Object.keys(scenarios)) {
    const scenario = scenarios[name] as { [key: string]: unknown }
    if (scenario?.exec === 'clientLag') continue
    const text = (scenario?.env as { [name: string]: unknown } | undefined)?.[PHASES]
    if (typeof text !== 'string') {
      same = false
      continue
    }
    phased = true
    const start = parseDuration(scenario.startTime) || 0
    const { from, to } = readPhases(text)
    if (to === undefined) same = false
    else if (part === undefined) part = { from: start + from, to: start + to }
    else if (part.from !== start + from || part.to !== start + to) same = false
  }
  if (!phased) return undefined
  return same && part ? { window: part.to - part.from } : {}
}
