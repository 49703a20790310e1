// What the modules of one VU share. Each VU is a thread with modules of its own, so these are
// its own values.
import { parentPort, workerData } from 'node:worker_threads'

/**
 * What main gives a VU's thread.
 *
 * @typedef {object} VuData
 * @property {'init' | 'setup' | 'vu' | 'teardown' | 'summary'} role
 * @property {number} id 0 but for real VUs
 * @property {string} bundle file URL of the bundled script
 * @property {string} directory the script's: `open` is relative to it
 * @property {Record<string, string>} env
 * @property {SharedArrayBuffer} board see board.js
 * @property {SharedArrayBuffer} signal wakes the VU when a message has come
 * @property {import('node:worker_threads').MessagePort} port to the I/O thread
 * @property {Record<string, any> | null} options the consolidated options; null in the first init
 * @property {Map<string, { bytes: SharedArrayBuffer, ends: SharedArrayBuffer }>} shared
 */

/**
 * One run of a function of the script.
 *
 * @typedef {object} Iteration
 * @property {string} scenario
 * @property {string} executor
 * @property {number} index of the scenario on the board
 * @property {number} startTime of the scenario, ms since the epoch
 * @property {number} duration of the scenario in ms; 0 where iterations are its measure
 * @property {number} total iterations; 0 where time is its measure
 * @property {number} inScenario this VU's iterations in the scenario so far
 * @property {number} inTest the scenario's iterations before this one
 * @property {number} inVu this VU's iterations so far
 */

export const data = /** @type {VuData} */ (workerData)
export const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort)

export const state = {
  /** True while the script's top level runs. */
  init: true,
  /** @type {Iteration | null} */
  iteration: null,
  /** Tags of every sample: the test's, the scenario's, `scenario`, `group`. */
  tags: /** @type {Record<string, string>} */ ({}),
  metadata: /** @type {Record<string, string>} */ ({}),
  /** The path of the group that runs: `::outer::inner`. */
  group: '',
  /** Asynchronous work (requests, timers) that the iteration has still to wait for. */
  pending: 0,
  /** @type {(() => void) | null} called when `pending` falls to 0 */
  idle: null,
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
