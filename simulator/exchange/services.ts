import type { ModelManager } from '../models/manager.ts'
import type { SimulatorOptions } from '../options/options.ts'
import type { Metrics } from '../record/metrics.ts'
import type { RequestRecord } from '../record/record.ts'
import type { Batch } from '../timing/batch.ts'
import type { Auth } from './auth.ts'

/** What the handlers of one simulator share. */
export interface Services {
  /** as they are now */
  options: SimulatorOptions
  setOptions: (options: SimulatorOptions) => void
  record: RequestRecord
  metrics: Metrics
  models: ModelManager
  auth: Auth
  /** the machine that requests share, with `maxNumSeqs` */
  batch: Batch
  /** the ordinal of the next chat, from 1 */
  countAnswer: () => number
  restartAnswers: () => void
  /** what the flavor remembers, as its `createState` made it */
  state: FlavorState | undefined
}

export interface FlavorState {
  reset: () => void
  close: () => void
}

type ReadOptions = () => SimulatorOptions

/**
 * What a flavor remembers, by its own type: `createState` is the flavor's, and `stateOf` gives what
 * it has made for the simulator of an exchange.
 */
export function remember<State extends FlavorState>(create: (readOptions: ReadOptions) => State) {
  const made = new WeakMap<FlavorState, State>()
  return {
    createState(readOptions: ReadOptions): State {
      const state = create(readOptions)
      made.set(state, state)
      return state
    },
    stateOf({ services }: { services: Services }): State {
      const state = services.state && made.get(services.state)
      if (!state) throw new Error('this flavor has another state, or none')
      return state
    },
  }
}
