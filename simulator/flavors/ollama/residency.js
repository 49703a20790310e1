/** @import { SimulatorOptions } from '../../options.js' */
import { now } from '../../clock.js'
import { createRandom, drawAround } from '../../random.js'

/** OLLAMA_KEEP_ALIVE */
const KEEP_ALIVE_MS = 5 * 60_000
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Which model is in memory. There is room for one: another that is asked for takes its place, and the
 * request waits till it is loaded. The first of the models is there at the start.
 * @param {() => SimulatorOptions} readOptions
 */
export function createResidency(readOptions) {
  let loads = 0
  /** @type {{ model: string, readyAt: number, expiresAt: number, cold: boolean } | undefined} */
  let resident = {
    model: readOptions().models[0] ?? '',
    readyAt: 0,
    expiresAt: now() + KEEP_ALIVE_MS,
    cold: false,
  }

  return {
    /** The model in memory, loaded in full and not expired. */
    get current() {
      const time = now()
      return resident && resident.readyAt <= time && time < resident.expiresAt
        ? resident
        : undefined
    },

    /**
     * @param {string} model
     * @param {unknown} keepAlive
     * @returns {number} when the model is there, on the monotonic clock
     */
    use(model, keepAlive) {
      const time = now()
      if (resident?.model !== model || resident.expiresAt <= time) {
        const { seed, loadTime, loadSpread } = readOptions()
        loads += 1
        const takes = drawAround(loadTime, loadSpread, createRandom(seed, 'load', loads))
        resident = { model, readyAt: time + takes, expiresAt: 0, cold: true }
      }
      resident.expiresAt = Math.max(time, resident.readyAt) + toMs(keepAlive)
      return resident.readyAt
    },

    /** @param {string} model */
    unload(model) {
      if (resident?.model === model) resident = undefined
    },

    /** True once after a load: the first answer of a model is slower. */
    takeCold() {
      if (!resident?.cold) return false
      resident.cold = false
      return true
    },
  }
}

/** @typedef {ReturnType<typeof createResidency>} Residency */

/**
 * Seconds, or Go's way of writing a duration; a negative one is without end.
 * @param {unknown} keepAlive
 */
function toMs(keepAlive) {
  const [, digits = '', unit = 's'] = /^(-?[\d.]+)(ms|s|m|h)?$/.exec(String(keepAlive)) ?? []
  if (digits === '') return KEEP_ALIVE_MS
  const ms = Number(digits) * UNITS[/** @type {keyof typeof UNITS} */ (unit)]
  return ms < 0 ? Infinity : ms
}
