import { at, now } from '../core/clock.ts'
import { createRandom, drawAround } from '../core/random.ts'
import type { SwitchFault } from '../options/names.ts'
import type { SimulatorOptions } from '../options/options.ts'
import { faultByOptions, SLOW_FACTOR } from './loads.ts'
import { type Compatibility, checkHardware, describeProfiles } from './profiles.ts'

interface SwitchOutcome {
  verdict: 'accepted' | 'current' | 'unknown' | 'busy' | 'refused' | 'incompatible'
  /** the profile that ran, as the status says it */
  was: string
  reason?: string
}

interface ModelState {
  status: 'running' | 'switching' | 'error' | 'stopped'
  /** the profile that the status says */
  current: string
  /** the one that answers; differs from `current` after a lying switch */
  answering: string
  /** that is being loaded */
  target: string | null
  stuck: boolean
  cold: boolean
  /** of an error */
  reason: string
}

/** The gateway's one model at a time: which one it says it runs, and which one really answers. */
export function createModelManager(readOptions: () => SimulatorOptions) {
  const profiles = describeProfiles(readOptions().profiles)
  const first = readOptions().profiles[0] ?? ''

  const fresh = (): ModelState => ({
    status: 'running',
    current: first,
    answering: first,
    target: null,
    stuck: false,
    cold: false,
    reason: '',
  })
  let state = fresh()
  let cancelLoad = () => {}
  let switches = 0
  const waiting = new Set<() => void>()

  const settle = (changes: Partial<ModelState>) => {
    cancelLoad()
    state = { ...state, target: null, stuck: false, reason: '', ...changes }
    const ready = [...waiting]
    waiting.clear()
    for (const run of ready) run()
  }

  const load = (profile: string, hardware: Compatibility, fault: SwitchFault) => {
    const options = readOptions()
    cancelLoad()
    state = { ...state, status: 'switching', target: profile, stuck: fault === 'stuck', reason: '' }
    switches += 1
    if (fault === 'stuck') return
    const random = createRandom(options.seed, 'load', switches)
    const time = drawAround(
      options.loadTimeFor[profile] ?? options.loadTime,
      options.loadSpread,
      random,
    )
    // While a switch refuses or holds chats the old model is out of memory, so it comes back cold.
    const cold = state.cold || options.duringSwitch !== 'old'
    cancelLoad = at(now() + time * (fault === 'slow' ? SLOW_FACTOR : 1), () => {
      if (fault === 'fail' || !hardware.compatible) {
        const reason = hardware.compatible ? 'vLLM이 시작되지 않았습니다' : hardware.message
        settle({ status: 'error', cold, reason, current: state.answering })
      } else if (fault === 'lying') {
        settle({ status: 'running', cold, current: profile })
      } else {
        settle({ status: 'running', cold: true, current: profile, answering: profile })
      }
    })
  }

  return {
    profiles,

    /** The state to be read, not changed. */
    get state() {
      return state
    },

    /** The profile in memory; none while a switch has emptied it. */
    get loaded() {
      const emptied =
        state.status === 'stopped' ||
        (state.status === 'switching' && readOptions().duringSwitch !== 'old')
      return emptied ? null : (profiles[state.answering] ?? null)
    },

    /** @param asked for by x-sim-switch; else the options say */
    switchTo(profile: string, asked?: SwitchFault): SwitchOutcome {
      const was = state.current
      const wanted = profiles[profile]
      if (!wanted) return { verdict: 'unknown', was }
      const fault = asked ?? faultByOptions(profile, readOptions())
      const hardware = checkHardware(wanted)
      if (fault === 'refuse') return { verdict: 'refused', was }
      if (!hardware.compatible && readOptions().refuseIncompatible) {
        return { verdict: 'incompatible', was, reason: hardware.message }
      }
      if (state.status === 'switching' && !state.stuck) return { verdict: 'busy', was }
      if (state.status === 'running' && state.current === profile)
        return { verdict: 'current', was }
      if (fault === 'reverted') settle({ status: 'running' })
      // The guide's own gateway: its docker stops the old model, and then it fails (facts/wire.md 3.1).
      else if (fault === 'stopped') settle({ status: 'stopped' })
      else load(profile, hardware, fault)
      return { verdict: 'accepted', was }
    },

    /** Reads the profiles anew, which in the guide's gateway goes back to its default one. */
    reload() {
      const keep = readOptions().reloadKeepsCurrent
      const next = keep ? state.answering : first
      const cold = state.cold || next !== state.answering
      settle({ status: 'running', current: next, answering: next, cold })
    },

    /** Puts everything back as it was at the start. */
    reset() {
      switches = 0
      settle(fresh())
    },

    /**
     * Calls `run` when no switch is going on, at once if none is.
     *
     * @returns cancels it
     */
    whenSettled(run: () => void): () => void {
      if (state.status !== 'switching') {
        run()
        return () => {}
      }
      waiting.add(run)
      return () => waiting.delete(run)
    },

    /** True once after a load: the first answer of a model is slower. */
    takeCold() {
      const { cold } = state
      state.cold = false
      return cold
    },

    close() {
      cancelLoad()
      waiting.clear()
    },
  }
}

export type ModelManager = ReturnType<typeof createModelManager>
