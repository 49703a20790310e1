import { leastIterations, VALIDITY_LIMITS } from '../workload/validity.ts'
import { hasSamples, type K6Summary } from './k6-data.ts'

/** Whether the figures of a run are those of the service, or of the load generator. */
export interface Validity {
  /** `unknown`: nothing watched the load generator, and nothing else is wrong. */
  state: 'valid' | 'suspect' | 'invalid' | 'unknown'
  /** What was crossed, the invalid first; why it is not known. */
  reasons: ValidityReason[]
  /** p99 of `llm_client_lag` in ms, where it was watched. */
  lag?: number
  /** p99 of `llm_relay_delay` in ms, where requests went through the relay. */
  relay?: number
}

export interface ValidityReason {
  /**
   * `lag`: the load generator woke up late. `relay`: the relay noted tokens late; `overhead`: the
   * way through it took long; `together`: many requests began at once, and waited before their
   * headers or their first tokens were read; `gone`: it failed requests itself. `late`: requests of a schedule
   * began late. `dropped`: no user was free. `unfinished`: iterations were cut off or never due in
   * time. `cut`: requests were cut off; `underWay`: by the
   * end of a run that was stopped. `buffered`: a proxy held streams back. `nothing`: no request was sent. `unwatched`:
   * neither lag nor relay was recorded; `column`: its p(99) was not.
   */
  kind: Judged | 'nothing' | 'unwatched' | 'column'
  level: 'suspect' | 'invalid' | 'unknown'
  /** ms for `lag`, `late`, `relay`, `overhead` and `together`, else a share. */
  value?: number
  /** The limit that was crossed, in the same unit. */
  limit?: number
  /** How many iterations, streams or users, of how many. */
  count?: number
  total?: number
}

/** Headers that are so near the first token came with it, as a share of the TTFT. */
const HEADERS_WITH_TOKEN = 0.05
/** What a wait may be of the TTFT that it is in. */
const TTFT_SHARE = 0.02

/** What has limits. */
type Judged = keyof typeof VALIDITY_LIMITS

/** What is known of the scenarios of a run. */
export interface AskedLoad {
  /** Iterations by scenario, of those where it is known. */
  asked: { [scenario: string]: number }
  /** Whether users without such a number ran beside them. */
  others: boolean
  /** Users that began at once, where they did. */
  together?: number
  /** Whether one is driven by a rate. Elsewhere "dropped" is what `maxDuration` left undone. */
  arrivals: boolean
}

/**
 * Judges a run by what its summary tells. k6 does not say there how many iterations were
 * interrupted; they are seen where `load` tells how many there should have been.
 *
 * @param stopped the run was ended before its time: what it asks for could not come to its end
 */
export function validityOf(
  { metrics }: Pick<K6Summary, 'metrics'>,
  { asked, others, arrivals, together }: AskedLoad = { asked: {}, others: false, arrivals: true },
  stopped = false,
): Validity {
  const found: ValidityReason[] = []
  const add = (kind: Judged, value: number, count?: number, total?: number) => {
    const limits: { suspect: number; invalid?: number } = VALIDITY_LIMITS[kind]
    // A percentile is unknown from the very share on.
    const over = (limit: number) =>
      value > limit || (value === limit && /^(cut|underWay)$/.test(kind))
    const invalid = limits.invalid !== undefined && over(limits.invalid)
    if (!invalid && !over(limits.suspect)) return
    const limit = (invalid ? limits.invalid : limits.suspect) as number
    const reason: ValidityReason = { kind, level: invalid ? 'invalid' : 'suspect', value, limit }
    found.push(count === undefined ? reason : Object.assign(reason, { count, total }))
  }
  const counted = (name: string) => metrics[name]?.values.count ?? 0

  const lag = lagOf(metrics.llm_client_lag, VALIDITY_LIMITS.lag.suspect)
  if (typeof lag === 'number') add('lag', lag)
  const relay = relayDelayOf(metrics)
  if (typeof relay === 'number') add('relay', relay)
  const overhead = lagOf(metrics.llm_relay_overhead, VALIDITY_LIMITS.overhead.suspect)
  if (typeof overhead === 'number') add('overhead', overhead)
  const gone = counted('llm_relay_errors')
  if (gone > 0) {
    const requests = Math.max(gone, counted('llm_requests'))
    add('gone', gone / requests, gone, requests)
  }
  const waited = together === undefined ? undefined : waitAtStart(metrics)
  if (waited !== undefined && waited.value > waited.limit) {
    const { value, limit } = waited
    found.push({ kind: 'together', level: 'suspect', value, limit, count: together })
  }
  const late = lagOf(metrics.llm_arrival_lag, VALIDITY_LIMITS.late.suspect)
  if (typeof late === 'number') add('late', late)

  const iterations = counted('iterations')
  // By scenario where thresholds name them: k6 drops what a `maxDuration` cuts off too.
  const rated = Object.keys(metrics).filter((name) => /^dropped_iterations\{scenario:/.test(name))
  const sum = (names: string[]) => names.reduce((total, name) => total + counted(name), 0)
  const dropped = sum(rated.length > 0 ? rated : arrivals ? ['dropped_iterations'] : [])
  if (dropped > 0) {
    const total = dropped + (sum(rated.map((name) => name.slice('dropped_'.length))) || iterations)
    add('dropped', dropped / total, dropped, total)
  }

  // The scenario that watches the lag ends an iteration too: that is no work.
  const started = counted('llm_started')
  const work = Math.max(
    started,
    counted('llm_requests'),
    counted('http_reqs'),
    lag ? 0 : iterations,
  )
  if (work === 0) found.push({ kind: 'nothing', level: 'invalid' })
  else {
    const names = Object.keys(asked)
    const total = names.reduce((all, name) => all + (asked[name] as number), 0)
    const named = names.map((name) => `iterations{scenario:${name}}`)
    const single = named.every((name) => metrics[name] !== undefined)
    const done = single ? sum(named) : iterations
    const least = leastIterations(total, VALIDITY_LIMITS.unfinished.suspect)
    if (!stopped && names.length > 0 && (single || !others) && done + dropped < least) {
      add('unfinished', 1 - (done + dropped) / total, Math.round(total) - done - dropped, total)
    }
  }

  const cut = started - counted('llm_requests')
  if (cut > 0) add(stopped ? 'underWay' : 'cut', cut / started, cut, started)

  const buffered = metrics.llm_buffered
  if (buffered && hasSamples(buffered) && (buffered.values.rate ?? 0) > 0) {
    const { rate = 0, passes = 0, fails = 0 } = buffered.values
    add('buffered', rate, passes, passes + fails)
  }

  const invalid = found.filter((reason) => reason.level === 'invalid')
  const reasons = invalid.concat(found.filter((reason) => reason.level === 'suspect'))
  const watched = {
    ...(typeof lag === 'number' && { lag }),
    ...(typeof relay === 'number' && { relay }),
  }
  if (reasons.length > 0) return { state: invalid[0] ? 'invalid' : 'suspect', reasons, ...watched }
  if (lag !== 'column' && relay !== 'column' && (lag ?? relay) !== undefined) {
    return { state: 'valid', reasons, ...watched }
  }
  const kind = lag === 'column' || relay === 'column' ? 'column' : 'unwatched'
  return { state: 'unknown', reasons: [{ kind, level: 'unknown' }] }
}

/**
 * What the time of the response headers witnesses of the median TTFT. Where a server sends them
 * before it has a token, they take no longer than the fastest ones did; where it sends them with
 * the first token, that is read as soon after them as the fastest one was.
 */
function waitAtStart(metrics: K6Summary['metrics']) {
  const headers = metrics.llm_response_headers
  const tokens = metrics.llm_ttft
  if (!headers || !tokens || !hasSamples(headers) || !hasSamples(tokens)) return undefined
  const [h, t] = [headers.values, tokens.values]
  if (h.min === undefined || h.med === undefined) return undefined
  if (t.min === undefined || t.med === undefined) return undefined
  const together = t.min - h.min <= HEADERS_WITH_TOKEN * t.min
  const value = together ? t.med - h.med - (t.min - h.min) : h.med - h.min
  return { value, limit: Math.max(VALIDITY_LIMITS.together.suspect, TTFT_SHARE * t.med) }
}

/** p99 of the relay's delay, 0 where it never had any; a request that went through it has a way. */
function relayDelayOf(metrics: K6Summary['metrics']): number | 'column' | undefined {
  const way = metrics.llm_relay_overhead
  if (!way || !hasSamples(way)) return undefined
  return lagOf(metrics.llm_relay_delay, VALIDITY_LIMITS.relay.suspect) ?? 0
}

/**
 * p99 of the lag. Without that column a lower percentile that is over the limit proves as much,
 * and so does a maximum that is under it.
 */
function lagOf(
  metric: K6Summary['metrics'][string] | undefined,
  limit: number,
): number | 'column' | undefined {
  if (!metric || !hasSamples(metric)) return undefined
  const { max, 'p(99)': p99, 'p(95)': p95 } = metric.values
  if (p99 !== undefined) return p99
  if (p95 !== undefined && p95 > limit) return p95
  return max !== undefined && max <= limit ? max : 'column'
}
