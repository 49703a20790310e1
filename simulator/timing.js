/** @import { Batch, Sequence } from './batch.js' */
/** @import { SimulatorOptions } from './options.js' */
/** @import { Random } from './random.js' */
import { drawAround } from './random.js'

/**
 * @typedef {object} Pace When the tokens of one answer are due.
 * @property {(tokens: number) => number | undefined} next The due time of the last of the next
 *   `tokens` tokens, in ms after the start of the answer. Asked once for each event, in order, when
 *   the event before it has been sent. Undefined: it is not decided yet; wait, and ask again.
 * @property {(run: () => void) => () => void} wait calls `run` when more is decided; gives the cancel
 */

/**
 * Decides the times of a request: the only place that does. Alone it has the machine to itself, and
 * all is known; in a batch its times come out of the steps that it shares.
 * @param {SimulatorOptions} options
 * @param {{ random: Random, cold: boolean, batched?: Batched }} request `cold`: the first one after a
 *   model was loaded
 * @returns {Pace}
 *
 * @typedef {object} Batched A request that shares the machine.
 * @property {Batch} batch
 * @property {number} start of the answer, on the clock of the batch
 * @property {Pick<Sequence, 'prompt' | 'count' | 'width' | 'onAdmit'>} sequence
 * @property {(left: () => void) => void} onLeave is given what takes it out of the batch
 */
export function planPace(options, { random, cold, batched }) {
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

/**
 * @param {Batched} batched
 * @param {number} later ms that it comes after its start
 * @returns {Pace}
 */
function shared({ batch, start, sequence, onLeave }, later) {
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
