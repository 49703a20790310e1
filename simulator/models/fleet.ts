import { at, now } from '../core/clock.ts'
import { createRandom, drawAround } from '../core/random.ts'
import type { SwitchFault } from '../options/names.ts'
import type { SimulatorOptions } from '../options/options.ts'
import { SLOW_FACTOR } from './loads.ts'

/** How a load ended. `refused`: it did not begin. */
interface LoadOutcome {
  ok: boolean
  why?: 'refused' | 'failed' | 'memory'
  message?: string
}

/** What is known of one model. */
interface Slot {
  state: 'unloaded' | 'loading' | 'loaded'
  /** its last load */
  failed: boolean
  /** it has not answered since its load */
  cold: boolean
  /** on the monotonic clock */
  usedAt: number
  expiresAt: number
  /** the model that answers in its place */
  liar: string | undefined
  waiting: Set<(outcome: LoadOutcome) => void>
  cancel: () => void
}

interface FleetOptions {
  /** in memory at the start, default: the first of the models */
  first?: string[]
  /** no model takes memory */
  weightless?: boolean
}

/**
 * Which models are in memory. Each needs its share of `--vram`; one that does not fit beside the others
 * evicts those that were used least recently. A failed load has evicted them all the same.
 */
export function createFleet(
  readOptions: () => SimulatorOptions,
  { first, weightless = false }: FleetOptions = {},
) {
  const slots = new Map<string, Slot>()
  let loads = 0
  /** the model that was loaded last */
  let latest: string | undefined

  const slotOf = (model: string): Slot => {
    const known = slots.get(model)
    if (known) return known
    const slot: Slot = {
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

  const sizeOf = (model: string) =>
    weightless ? 0 : (readOptions().vramFor[model] ?? readOptions().modelVram)

  const makeRoom = (model: string) => {
    const held = loaded()
    for (const other of [...slots.keys()]) {
      if (slots.get(other)?.state === 'loading' && other !== model) held.push(other)
    }
    let used = held.reduce((sum, other) => sum + sizeOf(other), 0)
    const room = readOptions().vram - sizeOf(model)
    for (const oldest of held.reverse()) {
      if (used <= room) break
      used -= sizeOf(oldest)
      unload(oldest)
    }
  }

  const settle = (slot: Slot, outcome: LoadOutcome) => {
    const waiting = [...slot.waiting]
    slot.waiting.clear()
    for (const done of waiting) done(outcome)
  }

  /** @returns whether it was there */
  function unload(model: string): boolean {
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

    stateOf(model: string) {
      loaded()
      const { state, failed, expiresAt } = slotOf(model)
      return { state, failed, expiresAt }
    },

    has: (model: string) => loaded().includes(model),

    /**
     * Loads a model, and calls `done` when that has ended: at once where it is there.
     *
     * @returns waits no more; the load goes on
     */
    load(model: string, fault: SwitchFault, done: (outcome: LoadOutcome) => void): () => void {
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

    /** Puts a model into memory without a load. */
    put(model: string) {
      Object.assign(slotOf(model), { state: 'loaded', cold: false, usedAt: now() })
    },

    /** @param ms from now on that it stays */
    keep(model: string, ms: number) {
      slotOf(model).expiresAt = now() + ms
    },

    /** The model that really answers in the name of one that is loaded. */
    answering: (model: string) => slotOf(model).liar ?? model,

    /** True once after a load: the first answer of a model is slower. */
    takeCold(model: string) {
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
