/** @import { SimulatorOptions } from './options.js' */
/** @import { Random } from './random.js' */
import { drawAround } from './random.js'

/**
 * @typedef {object} Pace When the tokens of one answer are due.
 * @property {(tokens: number) => number} next The due time of the last of the next `tokens` tokens,
 *   in ms after the start of the answer. Asked once for each event, in order, when the event before
 *   it has been sent.
 */

/**
 * Decides the times of a request: the only place that does. Here every request has the machine to
 * itself. A model that saturates would take the same arguments, keep the running requests beside
 * this function, and answer `next` from the batch of the moment.
 * @param {SimulatorOptions} options
 * @param {{ random: Random, cold: boolean }} request `cold`: the first one after a model was loaded
 * @returns {Pace}
 */
export function planPace(options, { random, cold }) {
  const { ttft, itl, spread, coldTtft } = options
  let due = 0
  let started = false
  return {
    next(tokens) {
      let left = tokens
      if (!started && left > 0) {
        started = true
        left -= 1
        due = drawAround(ttft, spread, random) + (cold ? coldTtft : 0)
      }
      for (; left > 0; left--) due += drawAround(itl, spread, random)
      return due
    },
  }
}
