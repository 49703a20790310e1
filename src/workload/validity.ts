import { usesRelay } from '../chat/default-transport.ts'
import { parseDuration } from '../core/duration.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys } from '../core/options.ts'
import type { Thresholds } from '../sla/thresholds.ts'
import type { Scenario, ScenarioGroup } from './profiles.ts'

/**
 * From where on the load generator itself is in the figures: over `suspect`, over `invalid`.
 * docs/validity.md has the reasons.
 */
export const VALIDITY_LIMITS = {
  /**
   * `llm_client_lag`, p99 in ms. 5 ms are 1 % of a TTFT of 500 ms and 10 % of a token pace of
   * 50 ms; 50 ms are a whole token. inference-perf calls a run accurate whose median delay is
   * under 10 ms; AIPerf flags a replay as degraded from a p99 of 500 ms on.
   */
  lag: { suspect: 5, invalid: 50 },
  /**
   * `llm_arrival_lag`, p99 in ms: the load was not the one that its schedule meant. 100 ms are the
   * limit that arrivals have of themselves; 500 ms are AIPerf's.
   */
  late: { suspect: 100, invalid: 500 },
  /**
   * `llm_relay_delay`, p99 in ms. It is the worst moment of a whole request, which most of its
   * times did not meet: so twice the lag may pass, half a token of 20 ms. 50 ms as for the lag.
   */
  relay: { suspect: 10, invalid: 50 },
  /**
   * `llm_relay_overhead`, p99 in ms. It is in no time of a request, but users begin their next one
   * so much later: as much as arrivals may be late.
   */
  overhead: { suspect: 100, invalid: 500 },
  /**
   * Median wait in front of first tokens where many requests begin at once, in ms: as much as the
   * lag may be, or 2 % of the TTFT where that is more.
   */
  together: { suspect: 5 },
  /** Share of the requests that the relay itself failed: nobody knows what the service did. */
  gone: { suspect: 0, invalid: 0 },
  /** Share of the iterations that k6 did not start because no user was free. */
  dropped: { suspect: 0, invalid: 0.01 },
  /** Share of the iterations that neither ended nor were dropped: cut off, or never due in time. */
  unfinished: { suspect: 0.01, invalid: 0.05 },
  /**
   * Share of the requests that were cut off. They are the slow ones as a rule, so of a share of 1 %
   * the 99th percentile is not known, of one of 5 % the 95th.
   */
  cut: { suspect: 0.01, invalid: 0.05 },
  /** The same of those that were under way when the run was stopped. */
  underWay: { suspect: 0.01, invalid: 0.05 },
  /** Share of streams that a proxy held back: their TTFT is not the server's. */
  buffered: { suspect: 0.5 },
} as const

export interface ValidityOptions {
  /** Most that p99 of `llm_client_lag` may be, in ms. @default 50 */
  lag?: number
  /** Most that p99 of `llm_relay_delay` may be, in ms; judged where the relay is in force. @default 50 */
  relay?: number
  /** Most iterations that may be dropped. @default 1 % of what a scenario asks for, else 0 */
  dropped?: number
  /**
   * The scenarios of the run, as in `options.scenarios`. Of those whose rate or iterations are
   * known, 95 % must come to their end. @default not judged
   */
  scenarios?: ScenarioGroup
}

/**
 * Thresholds that make k6 fail (99) a run whose figures would be those of the load generator:
 * it woke up late, or sent less than was asked. Where nothing watched the lag it fails as well,
 * so the script needs {@link clientLagScenario} or {@link pause}.
 *
 * @example thresholds: mergeThresholds(toThresholds(sla), validityThresholds())
 * @returns `{ llm_client_lag: ['p(99)<50', 'max>0'], dropped_iterations: ['count==0'] }`; with
 *   scenarios the latter for each that has a rate; with the relay in force (`LLM_RELAY`)
 *   `llm_relay_delay: ['p(99)<50']`, `llm_relay_overhead: ['p(99)<500']` and
 *   `llm_relay_errors: ['count==0']` too
 */
export function validityThresholds(options: ValidityOptions = {}): Thresholds {
  checkKeys('validityThresholds', options, ['lag', 'relay', 'dropped', 'scenarios'])
  const lag = limitOf('lag', options.lag)
  const relay = limitOf('relay', options.relay)
  const asked = options.scenarios === undefined ? {} : askedIterations(options.scenarios)
  const { dropped } = options
  if (dropped !== undefined && !(dropped >= 0 && dropped % 1 === 0)) {
    misuse(`validityThresholds: dropped=${show(dropped)}: expected a whole number, 0 or more`)
  }
  const thresholds: Thresholds = { llm_client_lag: [`p(99)<${lag}`, 'max>0'] }
  if (usesRelay()) {
    thresholds.llm_relay_delay = [`p(99)<${relay}`]
    thresholds.llm_relay_overhead = [`p(99)<${VALIDITY_LIMITS.overhead.invalid}`]
    thresholds.llm_relay_errors = ['count==0']
  }
  const atMost = (count: number) => [count === 0 ? 'count==0' : `count<=${count}`]
  if (options.scenarios === undefined) thresholds.dropped_iterations = atMost(dropped || 0)
  for (const name of Object.keys(asked)) {
    const count = asked[name] as number
    // In k6 what a `maxDuration` cuts off is dropped as well: there 95 % must be done, no more.
    if (isArrivalRate(options.scenarios?.[name])) {
      const share = Math.floor(count * VALIDITY_LIMITS.dropped.invalid)
      thresholds[`dropped_iterations{scenario:${name}}`] = atMost(dropped ?? share)
    }
    const least = leastIterations(count, VALIDITY_LIMITS.unfinished.invalid)
    thresholds[`iterations{scenario:${name}}`] = [`count>=${least}`]
  }
  return thresholds
}

function limitOf(name: 'lag' | 'relay', given: number | undefined): number {
  const limit = given === undefined ? VALIDITY_LIMITS[name].invalid : given
  if (!(limit > 0 && limit < Infinity)) {
    misuse(`validityThresholds: ${name}=${show(limit)}: expected milliseconds over 0, like 50`)
  }
  return limit
}

/** Whether a scenario starts iterations at a rate, whatever the answers take. */
export function isArrivalRate(scenario: Scenario | undefined): boolean {
  return scenario !== undefined && /arrival-rate$/.test(scenario.executor)
}

/** Of `asked`, how many must be there: one more or less at the edges of a window is no loss. */
export function leastIterations(asked: number, mayMiss: number): number {
  return Math.floor(Math.min(asked * (1 - mayMiss), asked - 1))
}

/** How many requests at a rate make a window whole: as for a run, 95 % of them. */
export function enough(rate: number, window: number): number {
  return leastIterations((rate * window) / 1000, VALIDITY_LIMITS.unfinished.invalid)
}

/**
 * How many iterations each scenario asks for, where that is known: by its rate, or by its count.
 * Users that go as fast as the answers come (`constant-vus`) ask for no number, and the scenario
 * of the lag is no load.
 */
export function askedIterations(scenarios: ScenarioGroup): { [name: string]: number } {
  if (scenarios === null || typeof scenarios !== 'object' || Array.isArray(scenarios)) {
    misuse(`scenarios=${show(scenarios)}: expected the object of options.scenarios`)
  }
  const asked: { [name: string]: number } = {}
  for (const name of Object.keys(scenarios)) {
    const scenario = scenarios[name] as Scenario
    if (scenario === null || typeof scenario !== 'object' || !scenario.executor) {
      misuse(`scenarios[${show(name)}]=${show(scenario)}: expected a scenario with its executor`)
    }
    const count = scenario.exec === 'clientLag' ? undefined : countOf(scenario)
    if (count !== undefined && count > 0) asked[name] = count
  }
  return asked
}

function countOf(scenario: Scenario): number | undefined {
  const { executor, iterations = 1, vus = 1 } = scenario
  if (executor === 'shared-iterations') return iterations
  if (executor === 'per-vu-iterations') return iterations * vus
  const unit = parseDuration(scenario.timeUnit || '1s') || 1000
  if (executor === 'constant-arrival-rate') {
    return ((scenario.rate || 0) * (parseDuration(scenario.duration) || 0)) / unit
  }
  if (executor !== 'ramping-arrival-rate') return undefined
  let rate = (scenario.startRate as number | undefined) || 0
  let count = 0
  for (const stage of scenario.stages || []) {
    count += (((rate + stage.target) / 2) * (parseDuration(stage.duration) || 0)) / unit
    rate = stage.target
  }
  return count
}
