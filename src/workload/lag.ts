import { sleep } from 'k6'
import { runClock } from '../core/clock.ts'
import { formatDuration } from '../core/duration.ts'
import { env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { record } from '../metrics/recorder.ts'
import type { PerVuIterations } from './executors.ts'

/** How often the scenario looks, in ms: 10 samples a second, 0.9 MB of k6's memory in an hour. */
const TICK = 100

/** Length of the lag scenario in ms, of this VU: init runs in every one. */
let lagLength: number | undefined

/**
 * k6's `sleep`, and a sample of `llm_client_lag`: how much later than asked this VU woke up.
 *
 * A load generator that is short of CPU wakes late, for a pause as for a token, and books the
 * difference on the server. A pause that the end of the scenario cuts short gives no sample.
 *
 * @param seconds as of `sleep()`
 * @example pause(thinkTime(1, 3))
 */
export function pause(seconds: number): void {
  if (!(seconds >= 0 && seconds < Infinity)) {
    misuse(`pause(${show(seconds)}): expected seconds, 0 or more, like pause(thinkTime(1, 3))`)
  }
  if (seconds === 0) return // it asks for no waking
  const clock = runClock()
  const due = clock.currentTestRunDuration + seconds * 1000
  sleep(seconds)
  recordLateness(clock.currentTestRunDuration - due)
}

/**
 * A scenario of one VU that only sleeps and records `llm_client_lag`, ten times a second. Its
 * function must be exported by the script:
 * `export { clientLag } from '…/k6-llm/dist/index.js'`.
 *
 * k6 counts it as one VU and one iteration; the report's peak of users leaves it out. On several machines (k6-operator) one VU runs on one
 * of them: give it as many `vus` as there are machines.
 *
 * @param options `duration`: ms or `'2m'`, as long as the load. @default `TEST_DURATION`
 * @example export { clientLag } from '…/k6-llm/dist/index.js'
 *   export const options = {
 *     scenarios: { load: scaleProfile(profiles.load), lag: clientLagScenario({ duration: '13m' }) },
 *   }
 */
export function clientLagScenario(options: { duration?: number | string } = {}): PerVuIterations {
  checkKeys('clientLagScenario', options, ['duration'])
  lagLength = durationOption('duration', options.duration, env.duration('TEST_DURATION') || 0)
  if (lagLength === 0) {
    misuse(
      "clientLagScenario: expected the length of the load, got nothing; pass { duration: '2m' } " +
        'or run with -e TEST_DURATION=2m',
    )
  }
  return {
    executor: 'per-vu-iterations',
    vus: 1,
    iterations: 1,
    // The function ends by itself; what is over would be cut.
    maxDuration: formatDuration(lagLength + 5000),
    gracefulStop: '0s',
    exec: 'clientLag',
  }
}

/**
 * What the VU of {@link clientLagScenario} does. In a scenario of another make it watches for one
 * second in each iteration.
 *
 * It wakes on a fixed grid. A generator that stands still for a second is late for ten wakings,
 * and each is a sample: a loop that just sleeps again would have seen one.
 */
export function clientLag(): void {
  const clock = runClock()
  const begin = clock.currentTestRunDuration
  const ticks = lagLength === undefined ? 10 : Math.floor(lagLength / TICK)
  for (let tick = 1; tick <= ticks; tick++) {
    const due = begin + tick * TICK
    const wait = due - clock.currentTestRunDuration
    if (wait > 0) sleep(wait / 1000)
    recordLateness(clock.currentTestRunDuration - due)
  }
}

/** Early is only who was interrupted. */
function recordLateness(ms: number): void {
  if (ms >= 0) record('llm_client_lag', ms, {})
}
