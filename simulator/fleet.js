/** @import { Exchange } from './exchange.js' */
/** @import { SwitchFault } from './models.js' */
/** @import { SimulatorOptions } from './options.js' */
import { at, now } from './clock.js'
import { createRandom, drawAround } from './random.js'

/**
 * @typedef {object} LoadOutcome How a load ended. `refused`: it did not begin.
 * @property {boolean} ok
 * @property {'refused' | 'failed' | 'memory'} [why]
 * @property {string} [message]
 *
 * @typedef {object} Slot What is known of one model.
 * @property {'unloaded' | 'loading' | 'loaded'} state
 * @property {boolean} failed its last load
 * @property {boolean} cold it has not answered since its load
 * @property {number} usedAt on the monotonic clock
 * @property {number} expiresAt
 * @property {string | undefined} liar the model that answers in its place
 * @property {Set<(outcome: LoadOutcome) => void>} waiting
 * @property {() => void} cancel
 */

/** A slow load takes so many times the load time. */
const SLOW_FACTOR = 5

/**
 * Which models are in memory. Each needs its share of `--vram`; one that does not fit beside the others
 * evicts those that were used least recently. A failed load has evicted them all the same.
 * @param {() => SimulatorOptions} readOptions
 * @param {{ first?: string[], weightless?: boolean }} [how] in memory at the start (else the first of
 *   the models); weightless: no model takes memory
 */
export function createFleet(readOptions, { first, weightless = false } = {}) {
  /** @type {Map<string, Slot>} */
  const slots = new Map()
  let loads = 0
  /** @type {string | undefined} the model that was loaded last */
  let latest

  /** @param {string} model @returns {Slot} */
  const slotOf = (model) => {
    const known = slots.get(model)
    if (known) return known
    /** @type {Slot} */
    const slot = {
      state: 'unloaded',
      failed: false,
      cold: false,
      usedAt: 0,
      expiresAt: Infinity,
      liar: undefined,
      waiting: new Set(),
      cancel: () => {},
    }
    slots.set(model, slot)
    return slot
  }

  const reset = () => {
    for (const slot of slots.values()) slot.cancel()
    slots.clear()
    loads = 0
    const models = first ?? readOptions().models.slice(0, 1)
    for (const model of models) slotOf(model).state = 'loaded'
    latest = models[0]
  }
  reset()

  /** Loaded and not expired; the one that was used last comes first. */
  const loaded = () => {
    const time = now()
    for (const [model, slot] of slots) {
      if (slot.state === 'loaded' && slot.expiresAt <= time) unload(model)
    }
    return [...slots]
      .filter(([, slot]) => slot.state === 'loaded')
      .sort(([, a], [, b]) => b.usedAt - a.usedAt)
      .map(([model]) => model)
  }

  /** @param {string} model */
  const sizeOf = (model) =>
    weightless ? 0 : (readOptions().vramFor[model] ?? readOptions().modelVram)

  /** @param {string} model */
  const makeRoom = (model) => {
    const held = loaded()
    for (const other of [...slots.keys()]) {
      if (slots.get(other)?.state === 'loading' && other !== model) held.push(other)
    }
    let used = held.reduce((sum, other) => sum + sizeOf(other), 0)
    while (held.length > 0 && used + sizeOf(model) > readOptions().vram) {
      const oldest = /** @type {string} */ (held.pop())
      used -= sizeOf(oldest)
      unload(oldest)
    }
  }

  /** @param {Slot} slot @param {LoadOutcome} outcome */
  const settle = (slot, outcome) => {
    const waiting = [...slot.waiting]
    slot.waiting.clear()
    for (const done of waiting) done(outcome)
  }

  /** @param {string} model @returns {boolean} whether it was there */
  function unload(model) {
    const slot = slots.get(model)
    if (!slot || slot.state === 'unloaded') return false
    slot.cancel()
    slot.state = 'unloaded'
    slot.liar = undefined
    settle(slot, {
      ok: false,
      why: 'failed',
      message: `${model} was unloaded while it was loading`,
    })
    return true
  }

  return {
    get loaded() {
      return loaded()
    },

    /** @param {string} model */
    stateOf(model) {
      loaded()
      const { state, failed, expiresAt } = slotOf(model)
      return { state, failed, expiresAt }
    },

    /** @param {string} model */
    has: (model) => loaded().includes(model),

    /**
     * Loads a model, and calls `done` when that has ended: at once where it is there.
     * @param {string} model
     * @param {SwitchFault} fault
     * @param {(outcome: LoadOutcome) => void} done
     * @returns {() => void} waits no more; the load goes on
     */
    load(model, fault, done) {
      const slot = slotOf(model)
      slot.usedAt = now()
      const before = loaded().find((other) => other !== model) ?? latest
      if (slot.state === 'loaded') {
        done({ ok: true })
        return () => {}
      }
      if (slot.state === 'unloaded') {
        const { vram, loadTime, loadTimeFor, loadSpread, seed } = readOptions()
        if (fault === 'refuse') {
          done({ ok: false, why: 'refused', message: `${model} was refused` })
          return () => {}
        }
        if (fault === 'reverted') {
          slot.liar = before
          done({ ok: true })
          return () => {}
        }
        if (sizeOf(model) > vram) {
          slot.failed = true
          const message = `${model} needs ${sizeOf(model)} GB and there are ${vram} GB`
          done({ ok: false, why: 'memory', message })
          return () => {}
        }
        makeRoom(model)
        Object.assign(slot, { state: 'loading', failed: false })
        loads += 1
        const random = createRandom(seed, 'load', loads)
        const time = drawAround(loadTimeFor[model] ?? loadTime, loadSpread, random)
        if (fault !== 'stuck') {
          slot.cancel = at(now() + time * (fault === 'slow' ? SLOW_FACTOR : 1), () => {
            if (fault === 'fail' || fault === 'stopped') {
              Object.assign(slot, { state: 'unloaded', failed: true })
              return settle(slot, { ok: false, why: 'failed', message: `${model} failed to load` })
            }
            const liar = fault === 'lying' ? before : undefined
            Object.assign(slot, { state: 'loaded', cold: true, liar, expiresAt: Infinity })
            if (liar === undefined) latest = model
            settle(slot, { ok: true })
          })
        }
      }
      slot.waiting.add(done)
      return () => slot.waiting.delete(done)
    },

    unload,

    /** @param {string} model that is in memory without a load */
    put(model) {
      Object.assign(slotOf(model), { state: 'loaded', cold: false, usedAt: now() })
    },

    /** @param {string} model @param {number} ms from now on that it stays */
    keep(model, ms) {
      slotOf(model).expiresAt = now() + ms
    },

    /**
     * The model that really answers in the name of one that is loaded.
     * @param {string} model
     */
    answering: (model) => slotOf(model).liar ?? model,

    /**
     * True once after a load: the first answer of a model is slower.
     * @param {string} model
     */
    takeCold(model) {
      const slot = slotOf(model)
      const { cold } = slot
      slot.cold = false
      return cold
    },

    reset,
    close() {
      for (const slot of slots.values()) slot.cancel()
    },
  }
}

/** @typedef {ReturnType<typeof createFleet>} Fleet */

/**
 * The fault of a load: by the header x-sim-switch, else by the options.
 * @param {Exchange} exchange
 * @param {string} model
 * @returns {SwitchFault}
 */
export function loadFault({ req, options }, model) {
  const header = req.headers['x-sim-switch']
  const listed = Object.entries(options.switchFaultFor).find(([, list]) => list.includes(model))
  return /** @type {SwitchFault} */ (header?.toString() ?? listed?.[0] ?? options.switchFault)
}

/**
 * A model of a body in JSON, or undefined.
 * @param {Exchange} exchange
 * @param {string} field
 * @returns {string | undefined}
 */
export function modelIn({ text }, field) {
  try {
    const value = JSON.parse(text)?.[field]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
