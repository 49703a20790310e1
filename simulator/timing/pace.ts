import { drawAround, type Random } from '../core/random.ts'
import type { SimulatorOptions } from '../options/options.ts'
import type { Batch, Sequence } from './batch.ts'

/** When the tokens of one answer are due. */
export interface Pace {
  /**
   * The due time of the last of the next `tokens` tokens, in ms after the start of the answer. Asked
   * once for each event, in order, when the event before it has been sent. Undefined: it is not
   * decided yet; wait, and ask again.
   */
  next: (tokens: number) => number | undefined
  /** calls `run` when more is decided; gives the cancel */
  wait: (run: () => void) => () => void
}

/** A request that shares the machine. */
interface Batched {
  batch: Batch
  /** of the answer, on the clock of the batch */
  start: number
  sequence: Pick<Sequence, 'prompt' | 'count' | 'width' | 'onAdmit'>
  /** is given what takes it out of the batch */
  onLeave: (left: () => void) => void
}

interface Circumstances {
  random: Random
  /** the first answer after a load */
  cold: boolean
  batched?: Batched
}

/**
 * Decides the times of a request: the only place that does. Alone it has the machine to itself, and
 * all is known; in a batch its times come out of the steps that it shares.
 */
export function planPace(
  options: SimulatorOptions,
  { random, cold, batched }: Circumstances,
): Pace {
  const later = cold ? options.coldTtft : 0
  if (batched) return shared(batched, later)
  const { ttft, itl, spread } = options
  let due = 0
  let started = false
  return {
    next(tokens) {
      let left = tokens
      if (!started && left > 0) {
        started = true
        left -= 1
        due = drawAround(ttft, spread, random) + later
      }
      for (; left > 0; left--) due += drawAround(itl, spread, random)
      return due
    },
    wait: () => () => {},
  }
}

/** @param later ms that it comes after its start */
function shared({ batch, start, sequence, onLeave }: Batched, later: number): Pace {
  const one = batch.join({ ...sequence, arrivedAt: start + later })
  onLeave(() => batch.leave(one))
  let taken = 0
  return {
    next(tokens) {
      batch.advance()
      const wanted = Math.min(taken + tokens, one.count)
      const time = one.times[wanted - 1]
      if (time === undefined) return undefined
      taken = wanted
      return time - start
    },
    wait(run) {
      one.onTimes = run
      return () => {
        one.onTimes = undefined
      }
    },
  }
}
