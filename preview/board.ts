// Figures that every thread sees at once: the start of the run and k6's counters.

import { hrtime } from 'node:process'

const HEAD = 4

/** The most scenarios that a run can have. */
const SLOTS = 64

export function createBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * 3 + 4 * (HEAD + SLOTS))
}

/** k6's counters, in its names. */
const COUNTERS = {
  vusActive: 0,
  vusInitialized: 1,
  iterationsCompleted: 2,
  iterationsInterrupted: 3,
}

type Counter = keyof typeof COUNTERS

export interface Board {
  /** starts the run's clock */
  start(): void
  /** stops it: the duration stays what it was */
  stop(): void
  /** ms since the start, in sub-microsecond steps; 0 before it */
  elapsed(): number
  /** Date.now() at the start */
  startedAt(): number
  get(name: Counter): number
  add(name: Counter, by: number): void
  /** iterations that a scenario has completed */
  completed(index: number): number
  complete(index: number): void
}

/** Reads and writes the board. */
export function boardOf(buffer: SharedArrayBuffer): Board {
  const start = new BigInt64Array(buffer, 0, 2)
  const stopped = new Float64Array(buffer, 16, 1)
  const counters = new Int32Array(buffer, 24)
  return {
    start() {
      start[0] = hrtime.bigint()
      start[1] = BigInt(Date.now())
    },
    stop() {
      stopped[0] = this.elapsed()
    },
    elapsed() {
      const [end = 0] = stopped
      if (end > 0) return end
      const [begin = 0n] = start
      return begin === 0n ? 0 : Number(hrtime.bigint() - begin) / 1e6
    },
    startedAt: () => Number(start[1]),
    get: (name) => Atomics.load(counters, COUNTERS[name]),
    add(name, by) {
      Atomics.add(counters, COUNTERS[name], by)
    },
    completed: (index) => Atomics.load(counters, HEAD + index),
    complete(index) {
      Atomics.add(counters, HEAD + index, 1)
    },
  }
}
