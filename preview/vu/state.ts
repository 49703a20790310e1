// What the modules of one VU share. Each VU is a thread with modules of its own, so these are
// its own values.
import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'

/** What main gives a VU's thread. */
interface VuData {
  role: 'init' | 'setup' | 'vu' | 'teardown' | 'summary'
  /** 0 but for real VUs */
  id: number
  /** file URL of the bundled script */
  bundle: string
  /** the script's: `open` is relative to it */
  directory: string
  env: Record<string, string>
  /** see board.js */
  board: SharedArrayBuffer
  /** wakes the VU when a message has come */
  signal: SharedArrayBuffer
  /** to the I/O thread */
  port: MessagePort
  /** the consolidated options; null in the first init */
  options: Record<string, any> | null
  shared: Map<string, { bytes: SharedArrayBuffer; ends: SharedArrayBuffer }>
}

/** One run of a function of the script. */
export interface Iteration {
  scenario: string
  executor: string
  /** of the scenario on the board */
  index: number
  /** of the scenario, ms since the epoch */
  startTime: number
  /** of the scenario in ms; 0 where iterations are its measure */
  duration: number
  /** iterations; 0 where time is its measure */
  total: number
  /** this VU's iterations in the scenario so far */
  inScenario: number
  /** the scenario's iterations before this one */
  inTest: number
  /** this VU's iterations so far */
  inVu: number
}

export const data = workerData as VuData
export const port = parentPort as MessagePort

export const state = {
  /** True while the script's top level runs. */
  init: true,
  iteration: null as Iteration | null,
  /** Tags of every sample: the test's, the scenario's, `scenario`, `group`. */
  tags: {} as Record<string, string>,
  metadata: {} as Record<string, string>,
  /** The path of the group that runs: `::outer::inner`. */
  group: '',
  /** Asynchronous work (requests, timers) that the iteration has still to wait for. */
  pending: 0,
  idle: null as (() => void) | null,
  bytesSent: 0,
  bytesReceived: 0,
}

/** The options, once known. */
export const options = () => data.options ?? {}

/** Counts asynchronous work in and out: an iteration ends when none is left. */
export function begin() {
  state.pending++
}

export function end() {
  state.pending--
  if (state.pending === 0) state.idle?.()
}
