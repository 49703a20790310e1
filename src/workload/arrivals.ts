import { sleep } from 'k6'
import type { Arrival } from '../chat/exchange.ts'
import { runClock } from '../core/clock.ts'
import { formatDuration } from '../core/duration.ts'
import { env, warnOnce } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { createCallCounter, currentIteration, scenarioStart } from '../core/iteration.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { createRandom, mixSeed, seedOption } from '../core/random.ts'
import { record } from '../metrics/recorder.ts'
import type { Thresholds } from '../sla/thresholds.ts'
import {
  arrivalTimes,
  constantGap,
  exponentialGap,
  type Gap,
  gammaGap,
  peakInFlight,
} from './arrival-process.ts'
import type { SharedIterations } from './executors.ts'
import { lengthOfPieces, type Rate, ratePieces } from './rate.ts'
import { sharedRows } from './shared-rows.ts'
import { readTrace, type TraceFormat } from './trace.ts'

/** What every kind of arrivals takes. */
export interface ArrivalOptions {
  /**
   * How long one iteration takes at most, as you expect it: an answer, or a whole session with its
   * pauses. The number of VUs is worked out from it: what would be under way at the time, and half
   * as many again. ms or `'10s'`. @default '10s'
   */
  expectedDuration?: number | string
  /** VUs, in place of that. @default worked out, MAX_VUS at most */
  vus?: number
  /** Most that p99 of `llm_arrival_lag` may be, in ms. @default 100 */
  lagLimit?: number
}

export interface RateOptions extends ArrivalOptions {
  /** Arrivals per second, or stages of such: `[{ duration: '2m', target: 10 }]`. */
  rate: Rate
  /** Length: ms or `'10m'`. @default TEST_DURATION; of stages their sum */
  duration?: number | string
  /** Equal seeds give equal times. @default SEED, else 1 */
  seed?: number
}

export interface TraceOptions extends ArrivalOptions {
  /** How many times faster than it was recorded. @default 1 */
  speed?: number
  /** Only so much of it, in time of the run: ms or `'10m'`. @default TEST_DURATION, else all */
  duration?: number | string
  /** @default by its columns */
  format?: TraceFormat
  /** A row that cannot be read ends the test. @default false: it is named and left out */
  strict?: boolean
}

export interface Arrivals {
  /** For `options.scenarios`. Plain data: `Object.assign({}, arrivals.scenario, { exec: 'chat' })`. */
  readonly scenario: SharedIterations
  /** Fail a run that did not keep to its times: too few VUs, or too slow a machine. */
  readonly thresholds: Thresholds
  /** How many there are. */
  readonly count: number
  /** Rows of a trace that were left out; 0 of other arrivals. */
  readonly skipped: number
  /** Sleeps until this iteration is due. Once, at the beginning of the function of the scenario. */
  wait(): Arrival
  /** When the arrival of an ordinal is due, in ms from the start of the scenario. */
  dueAt(index: number): number
}

const COMMON = ['expectedDuration', 'vus', 'lagLimit']

/** k6 lets the last iterations finish; a lag over this at the end leaves arrivals out, counted. */
const OVERTIME = 60000

/** An answer: `ANSWER` of the profiles. */
const GRACE = 305000

/** The first row of a schedule, in front of the times. */
interface Head {
  count: number
  length: number
  peak: number
  skipped: number
}

/** A time in ms; of a trace with its tokens and blocks: [time, input, output, blocks]. */
type Row = number | [number, number, number, number[]?]

/** Arrivals at even distances. */
export function constantArrivals(options: RateOptions): Arrivals {
  return fromRate('constantArrivals', options, () => constantGap)
}

/**
 * Arrivals of a Poisson process, as of many users who do not know of each other. Open loop: the
 * next one comes whether or not the last was answered.
 *
 * On any k6, by a schedule that is drawn at init, the same in all VUs and processes. k6 hands out
 * iterations in order, and each sleeps until it is due.
 *
 * @example const arrivals = poissonArrivals({ rate: 5, duration: '10m', expectedDuration: '8s' })
 *   export const options = { scenarios: { chat: arrivals.scenario }, thresholds: arrivals.thresholds }
 *   export default async function () {
 *     const arrival = arrivals.wait()
 *     await chat.stream('Hello', { arrival })
 *   }
 */
export function poissonArrivals(options: RateOptions): Arrivals {
  return fromRate('poissonArrivals', options, () => exponentialGap)
}

/**
 * The same with gaps of a gamma distribution, burstier or more even than Poisson's.
 *
 * @param options `burstiness`: shape of the distribution, as vLLM's `--burstiness`: 1 is Poisson,
 *   0.25 has gaps that vary twice as much (CV = 1 / √burstiness), 4 half as much
 */
export function gammaArrivals(options: RateOptions & { burstiness: number }): Arrivals {
  const { burstiness } = options
  if (!(burstiness > 0 && burstiness < Infinity)) {
    misuse(`gammaArrivals: burstiness=${show(burstiness)}: expected a number over 0, like 0.5`)
  }
  return fromRate('gammaArrivals', options, () => gammaGap(burstiness), burstiness)
}

/**
 * Arrivals as they were recorded: a trace of Mooncake (JSONL: `timestamp` in ms, `input_length`,
 * `output_length`, `hash_ids`), of Azure (CSV: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens`) or
 * of BurstGPT (CSV: `Timestamp` in s, `Request tokens`, `Response tokens`).
 *
 * `wait()` gives the lengths too, for `syntheticPrompts().next(arrival.shape)`.
 *
 * @param name of the file, for messages; each trace needs its own
 * @param open reads it, once in a process: `() => open('./trace.jsonl')`
 */
export function traceArrivals(
  name: string,
  open: () => string,
  options: TraceOptions = {},
): Arrivals {
  checkKeys('traceArrivals', options, COMMON.concat('speed', 'duration', 'format', 'strict'))
  if (typeof name !== 'string' || typeof open !== 'function') {
    misuse(
      `traceArrivals(${show(name)}, ${show(open)}): expected a name and a function, like ` +
        "traceArrivals('trace.jsonl', () => open('./trace.jsonl'))",
    )
  }
  const { speed = 1, format, strict = false } = options
  if (!(speed > 0 && speed < Infinity)) {
    misuse(`traceArrivals: speed=${show(speed)}: expected a number over 0, like 2`)
  }
  const length = durationOption('duration', options.duration, env.duration('TEST_DURATION') || 0)
  const spec = JSON.stringify(['trace', name, speed, length, format, strict])
  return toArrivals('traceArrivals', options, spec, () => {
    const { rows, skipped } = readTrace(name, open(), { format, strict })
    const scaled: Row[] = []
    const origin = rows.length > 0 ? (rows[0] as { time: number }).time : 0
    for (const { time, input, output, blocks } of rows) {
      const at = Math.round(((time - origin) / speed) * 1000) / 1000
      if (length > 0 && at > length) break
      scaled.push(blocks ? [at, input, output, blocks] : [at, input, output])
    }
    const last = scaled[scaled.length - 1] as number[] | undefined
    return { rows: scaled, length: length || (last ? (last[0] as number) : 0), skipped }
  })
}

function fromRate(what: string, options: RateOptions, gap: () => Gap, shape?: number): Arrivals {
  checkKeys(
    what,
    options,
    COMMON.concat('rate', 'duration', 'seed', shape === undefined ? [] : 'burstiness'),
  )
  const fallback = env.duration('TEST_DURATION')
  const duration =
    options.duration === undefined ? fallback : durationOption('duration', options.duration, 0)
  const pieces = ratePieces(what, options.rate, duration)
  const seed = seedOption(what, options.seed)
  const spec = JSON.stringify([what, options.rate, duration, seed, shape])
  return toArrivals(what, options, spec, () => {
    const rows = arrivalTimes(gap(), pieces, createRandom(mixSeed(seed, 0x617272)))
    return { rows, length: lengthOfPieces(pieces), skipped: 0 }
  })
}

function toArrivals(
  what: string,
  options: ArrivalOptions,
  spec: string,
  make: () => { rows: Row[]; length: number; skipped: number },
): Arrivals {
  const took = durationOption('expectedDuration', options.expectedDuration, 10000)
  const { lagLimit = 100 } = options
  if (!(lagLimit > 0 && lagLimit < Infinity)) {
    misuse(`${what}: lagLimit=${show(lagLimit)}: expected milliseconds over 0, like 100`)
  }
  const rows = sharedRows<Head | Row>(what, `arrivals/${spec}/${took}`, () => {
    const { rows, length, skipped } = make()
    if (rows.length === 0)
      misuse(`${what}: no arrival in ${formatDuration(length)}; raise the rate`)
    const peak = peakInFlight(rows.map(timeOf), took)
    const head: Head = { count: rows.length, length, peak, skipped }
    return [head as Head | Row].concat(rows)
  })
  const { count, length, peak, skipped } = rows[0] as Head
  const vus = vusFor(what, options.vus, peak, count)
  const calls = createCallCounter()

  function timeAt(index: number): { time: number; row: Row } {
    const row = rows[index + 1] as Row | undefined
    if (row === undefined) {
      misuse(
        `${what}: iteration ${index + 1} of ${count}: put arrivals.scenario into options.scenarios ` +
          'as it is, with its iterations',
      )
    }
    return { time: timeOf(row), row }
  }

  return {
    scenario: {
      executor: 'shared-iterations',
      vus,
      iterations: count,
      maxDuration: formatDuration(Math.ceil(length) + OVERTIME),
      gracefulStop: formatDuration(Math.max(GRACE, took)),
    },
    thresholds: {
      llm_arrival_lag: [`p(99)<${lagLimit}`, 'max>0'],
      dropped_iterations: ['count==0'],
    },
    count,
    skipped,
    dueAt: (index) => timeAt(index).time,
    wait() {
      const { inTest } = currentIteration(`${what}().wait()`)
      const { time, row } = timeAt(inTest)
      if (calls() > 0) misuse(`${what}: wait() twice in one iteration: expected once`)
      const clock = runClock()
      const due = scenarioStart() + time
      const before = clock.currentTestRunDuration
      if (before < due) {
        sleep((due - before) / 1000)
        record('llm_client_lag', Math.max(0, clock.currentTestRunDuration - due), {})
      } else if (before - due > lagLimit) {
        warnOnce(
          `${what}: a request began ${Math.round(before - due)} ms late, since all ${vus} VUs were ` +
            `busy: iterations take longer than expectedDuration (${formatDuration(took)}). Raise ` +
            'it or vus; llm_arrival_lag has the lag, llm_response_time includes it',
        )
      }
      const arrival: Arrival = { index: inTest, at: due }
      if (typeof row !== 'number') {
        arrival.shape = { inputTokens: row[1], outputTokens: row[2] }
        if (row[3]) arrival.shape.blocks = row[3].slice()
      }
      return arrival
    },
  }
}

/**
 * Little's law on the schedule itself: what is under way at the time if each iteration takes as
 * long as expected, half as many again for those that take longer, and two that wait for the next
 * arrivals.
 */
function vusFor(what: string, option: number | undefined, peak: number, count: number): number {
  if (option !== undefined && !(option >= 1 && option % 1 === 0)) {
    misuse(`${what}: vus=${show(option)}: expected a whole number, 1 or more`)
  }
  const needed = Math.min(count, Math.ceil(peak * 1.5) + 2)
  if (option !== undefined) return Math.min(option, count)
  const most = env.number('MAX_VUS', undefined, { min: 1, integer: true })
  if (most === undefined || most >= needed) return needed
  warnOnce(
    `MAX_VUS=${most}: these arrivals need about ${needed} VUs if each iteration takes as long as ` +
      'expectedDuration; with fewer, requests begin late (llm_arrival_lag)',
  )
  return most
}

function timeOf(row: Row): number {
  return typeof row === 'number' ? row : row[0]
}
