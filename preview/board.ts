// Figures that every thread sees at once: the start of the run and k6's counters.

import { hrtime } from 'node:process'

const HEAD = 4

/** The most scenarios that a run can have. */
const SLOTS = 64

export function createBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * 3 + 4 * (HEAD + SLOTS))
}

/** Reads and writes the board. */
export function boardOf(buffer: SharedArrayBuffer) {
  const start = new BigInt64Array(buffer, 0, 2)
  const stopped = new Float64Array(buffer, 16, 1)
  const counters = new Int32Array(buffer, 24)
  return {
    /** Starts the run's clock. */
    start() {
      start[0] = hrtime.bigint()
      start[1] = BigInt(Date.now())
    },
    /** Stops it: the duration stays what it was. */
    stop() {
      stopped[0] = this.elapsed()
    },
    /** ms since the start, in sub-microsecond steps; 0 before it. */
    elapsed() {
      const [end = 0] = stopped
      if (end > 0) return end
      const [begin = 0n] = start
      return begin === 0n ? 0 : Number(hrtime.bigint() - begin) / 1e6
    },
    /** Date.now() at the start. */
    startedAt: () => Number(start[1]),
    /** The counters, in k6's names. */
    get: (name: keyof typeof COUNTERS) => Atomics.load(counters, COUNTERS[name]),
    add: (name: keyof typeof COUNTERS, by: number) => Atomics.add(counters, COUNTERS[name], by),
    /** Iterations that a scenario has completed. */
    completed: (index: number) => Atomics.load(counters, HEAD + index),
    complete: (index: number) => Atomics.add(counters, HEAD + index, 1),
  }
}

const COUNTERS = {
  vusActive: 0,
  vusInitialized: 1,
  iterationsCompleted: 2,
  iterationsInterrupted: 3,
}
