// What the modules of one VU share. Each VU is a thread with modules of its own, so these are
// its own values.
import { parentPort, workerData } from 'node:worker_threads'
import type { FromVu, Iteration, Tags, VuData } from '../messages.ts'
import type { Options } from '../options.ts'

if (parentPort === null) throw new Error('this module is loaded by the thread of a VU')

export const port = parentPort
export const data: VuData = workerData

/** Says something to main. */
export const tell = (message: FromVu) => port.postMessage(message)

interface State {
  /** true while the script's top level runs */
  init: boolean
  iteration: Iteration | null
  /** of every sample: the test's, the scenario's, `scenario`, `group` */
  tags: Tags
  metadata: Record<string, string>
  /** the path of the group that runs: `::outer::inner` */
  group: string
  /** asynchronous work (requests, timers) that the iteration has still to wait for */
  pending: number
  /** called when none is left */
  idle: (() => void) | null
  bytesSent: number
  bytesReceived: number
}

export const state: State = {
  init: true,
  iteration: null,
  tags: {},
  metadata: {},
  group: '',
  pending: 0,
  idle: null,
  bytesSent: 0,
  bytesReceived: 0,
}

/** The options, once known. */
export const options = (): Partial<Options> => data.options ?? {}

/** Counts asynchronous work in and out: an iteration ends when none is left. */
export function begin() {
  state.pending++
}

export function end() {
  state.pending--
  if (state.pending === 0) state.idle?.()
}
