// The end of the scripts that are weighed: all VUs are there and do nothing.
import { sleep } from 'k6'
import exec from 'k6/execution'

/** Garbage to make, in MB: enough for two collections, after the start of k6 0.47 too. */
const GARBAGE = Number(__ENV.GARBAGE)

export const options = {
  scenarios: {
    default: { executor: 'per-vu-iterations', vus: Number(__ENV.VUS), iterations: 1 },
  },
}

export function setup() {
  console.log('bench-ready')
}

export function atRest() {
  if (exec.vu.idInTest !== 1) return sleep(3)
  sleep(1)
  console.log('bench-weigh')
  sleep(0.5)
  // Go traces each collection with what stayed; at rest there is none unless memory is asked for.
  // Small pieces: what is asked for while a collection runs counts as live in it.
  for (let i = 0; i < GARBAGE; i++) new ArrayBuffer(1024 * 1024)
}
