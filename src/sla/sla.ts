import { env, errorRateFromEnv } from '../core/env.ts'
import { checkSla, SLA_KEYS, splitLimit } from './check.ts'

/** Upper limits of a time in milliseconds, by statistic: `{ p50: 1500, p95: 3000, 'p99.9': 9000 }`. */
export interface Percentiles {
  avg?: number
  med?: number
  max?: number
  [percentile: `p${number}`]: number | undefined
}

/** The guide's variables that may change a limit. `ERROR_THRESHOLD` is an older name of the last. */
export type SlaVariable = 'TTFT_THRESHOLD' | 'RESPONSE_TIME_P95' | 'ERROR_RATE_THRESHOLD'

/** What a service promises. Every limit may be absent: what is not promised is not judged. */
export interface Sla {
  /** How reports call it. @default 'SLA' */
  name?: string
  /** Where its numbers come from, with the date. */
  source?: string
  /** Time to the first token. Needs a transport that sees tokens arrive. */
  ttft?: Percentiles
  /** Time to the first visible output (reasoning is not). Needs such a transport too. */
  ttfo?: Percentiles
  /** Time per output token after the first. Needs such a transport too. */
  tpot?: Percentiles
  /** Whole answer of a model. */
  duration?: Percentiles
  /** Any HTTP request (`http_req_duration`): management APIs, logins. */
  apiDuration?: Percentiles
  /** Request for another model to its first verified answer. */
  switchDuration?: Percentiles
  /** Share of requests that may fail, 0..1: the measured share must be below. */
  errorRate?: number
  /** Share of requests that must be answered, 0..1: the measured share must be above. */
  availability?: number
  /** Least share of requests that meet every limit of their `slo`, 0..1. */
  goodput?: number
  /** Share of model switches that must succeed, 0..1: the measured share must be above. */
  switchSuccess?: number
  /** Least requests that end in a second. */
  requestsPerSecond?: number
  /** Least completion tokens in a minute. */
  tokensPerMinute?: number
  /** Users that are served at the time: a condition of the load, reported and not gated. */
  concurrentUsers?: number
  /**
   * Which variable may change which limit: `{ 'ttft.p95': 'TTFT_THRESHOLD' }`. An SLA without
   * this is never changed by the environment.
   */
  variables?: { [limit: string]: SlaVariable }
}

/** What {@link extendSla} takes: as an SLA, where `null` takes a limit away. */
export type SlaOverrides = {
  [K in keyof Sla]?:
    | (Sla[K] extends Percentiles | undefined
        ? { [S in keyof Percentiles]: Percentiles[S] | null }
        : Sla[K])
    | null
}

type Plain = { [key: string]: unknown }

/**
 * A new SLA: the base with some limits changed, added, or taken away by `null`. Percentiles are
 * merged one by one. A limit that is set here is no longer changed by the environment (explicit
 * option > environment variable > default); `source` says which limits were changed unless the
 * override brings its own.
 *
 * @example extendSla(slaPresets.guideChat, { duration: { p95: 2500, p99: null }, errorRate: 0.005 })
 */
export function extendSla(base: Sla, overrides: SlaOverrides): Sla {
  checkSla(base, false)
  checkSla(overrides, true)
  const merged: Plain = { ...base }
  const variables: Plain = { ...base.variables }
  const changed: string[] = []
  for (const key of Object.keys(overrides)) {
    const value = (overrides as Plain)[key]
    const kind = SLA_KEYS[key]
    if (value === undefined || kind === 'variables') continue
    if (kind === 'time' && value !== null) {
      const stats: Plain = { ...(merged[key] as Plain) }
      for (const stat of Object.keys(value as Plain)) {
        const limit = (value as Plain)[stat]
        if (limit === undefined) continue
        changed.push(`${key}.${stat}`)
        if (limit === null) delete stats[stat]
        else stats[stat] = limit
      }
      if (Object.keys(stats).length > 0) merged[key] = stats
      else delete merged[key]
    } else {
      if (kind !== 'text') changed.push(key)
      if (value === null) delete merged[key]
      else merged[key] = value
    }
  }
  for (const limit of Object.keys(variables)) {
    if (changed.indexOf(limit) >= 0 || changed.indexOf(limit.split('.')[0] as string) >= 0) {
      delete variables[limit]
    }
  }
  if (overrides.variables !== null) Object.assign(variables, overrides.variables)
  if (overrides.variables === null || Object.keys(variables).length === 0) delete merged.variables
  else merged.variables = variables
  if (changed.length > 0 && base.source !== undefined && overrides.source === undefined) {
    merged.source = `${base.source}; changed in the script: ${changed.join(', ')}`
  }
  return merged as Sla
}

/**
 * The SLA as it is judged: the variables that it names, where they are set, have changed its
 * limits. `variables` of the result holds those that took effect.
 *
 * Reads `TTFT_THRESHOLD` and `RESPONSE_TIME_P95` (ms) and `ERROR_RATE_THRESHOLD` or the older
 * `ERROR_THRESHOLD` (a share). A value that cannot be read ends the test.
 */
export function resolveSla(sla: Sla): Sla {
  checkSla(sla, false)
  const resolved: Plain = { ...sla }
  const inForce: Plain = {}
  const variables = sla.variables ?? {}
  for (const limit of Object.keys(variables)) {
    const variable = variables[limit] as SlaVariable
    const value =
      variable === 'ERROR_RATE_THRESHOLD'
        ? errorRateFromEnv()
        : env.number(variable, undefined, { min: 1 })
    if (value === undefined) continue
    inForce[limit] = variable
    const [key, stat] = splitLimit(limit)
    resolved[key] = stat === undefined ? value : { ...(resolved[key] as Plain), [stat]: value }
  }
  if (Object.keys(inForce).length > 0) resolved.variables = inForce
  else delete resolved.variables
  return resolved as Sla
}
