import { sinceScenario } from './clock.ts'

/** Part of a scenario that a request belongs to, by its start: tag `phase`. */
export type Phase = 'warmup' | 'measure' | 'cooldown'

/**
 * The variable by which `withWarmup` and `sweep` tell a scenario's VUs its phases: ms after the
 * scenario's start at which the measured part begins, and ends where that is known
 * (`'10000,50000'`). It is set in `scenario.env`: a VU reads the one of the scenario that it
 * works for, and two copies of the library in a script read the same.
 */
export const PHASES = 'LLM_PHASES'

/** The measured part of a scenario, in ms after its start. */
export interface MeasuredPart {
  from: number
  /** Absent where it is not known before the run. */
  to?: number
}

/** The phase that a request which starts now is in; `measure` where a scenario has no others. */
export function phaseNow(): Phase {
  const text = typeof __ENV === 'undefined' ? undefined : __ENV[PHASES]
  if (!text) return 'measure'
  const at = sinceScenario()
  if (at === undefined) return 'measure'
  const { from, to } = readPhases(text)
  if (at < from) return 'warmup'
  return to !== undefined && at >= to ? 'cooldown' : 'measure'
}

/** Reads what {@link PHASES} says. */
export function readPhases(text: string): MeasuredPart {
  const comma = text.indexOf(',')
  if (comma < 0) return { from: Number(text) }
  return { from: Number(text.slice(0, comma)), to: Number(text.slice(comma + 1)) }
}
