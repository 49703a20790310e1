import type { AttemptInfo, Exchange } from '../chat/exchange.ts'
import { now } from '../core/clock.ts'
import { env, warnOnce } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys, durationOption } from '../core/options.ts'
import { createRandom, mixSeed, type Random } from '../core/random.ts'
import { record, type Tags } from '../metrics/recorder.ts'
import { ERROR_KINDS, type ErrorKind } from '../stream/errors.ts'
import { pause } from '../workload/lag.ts'

/**
 * How long a user waits, sampled for each request and repeatable by `SEED`: the same for all
 * (`'8s'`), evenly from `min` to `max`, or exponential around `mean`, as in call centres
 * (M/M/n+M, Palm 1957).
 */
export type Patience =
  | number
  | string
  | { mean: number | string }
  | { min: number | string; max: number | string }

/** When and how a failed request is sent again. */
export interface Retry {
  /** Most attempts of a request, the first one included. @default 3 */
  attempts?: number
  /** Kinds of failure after which it is. @default dns, connect, reset, stale, timeout, http_429, http_5xx */
  on?: ErrorKind[]
  /** Wait before the first retry; it doubles with each one. @default '500ms' */
  backoff?: number | string
  /** Longest wait. A server that asks for more (`Retry-After`) is not asked again. @default '60s' */
  maxBackoff?: number | string
  /** Share of each wait that is drawn at random: 1 from nothing to all of it. @default 0.25 */
  jitter?: number
  /**
   * Retries as a share of requests, in this VU: each request earns so much, a retry costs 1, ten
   * can be saved. @default no bound
   */
  budget?: number
}

export interface PersistenceOptions {
  patience?: Patience
  retry?: Retry | boolean
  /** Bound of an exchange, ms. */
  timeout: number
}

/** What sends one attempt, and what records it with further tags. */
export interface Attempt {
  send(info: AttemptInfo): Promise<Exchange>
  record(exchange: Exchange, tags: Tags, final: boolean): void
  tags(): Tags
  /** Bound of this request, where it has its own, ms. */
  timeout?: number
  streaming: boolean
}

/** As the official clients of OpenAI and Anthropic do, but for 408 and 409. */
const RETRIED: ErrorKind[] = ['dns', 'connect', 'reset', 'stale', 'timeout', 'http_429', 'http_5xx']
const MOST_SAVED = 10

/**
 * Sends requests as users and their clients do: they leave when it takes too long, and come again
 * when it failed.
 *
 * Every attempt is a request of its own in every metric, with the tags `attempt` (1, 2, …) and
 * `final` (`yes` on the last one of a request): the server had to bear each, and no failure is
 * hidden by the success after it. What users saw in the end is `{final:yes}`.
 */
export function createPersistence(options: PersistenceOptions) {
  const patience = options.patience === undefined ? undefined : readPatience(options.patience)
  const given = options.retry === true ? {} : options.retry
  const retry = given ? readRetry(given) : undefined
  let random: Random | undefined
  let saved = 0

  return async function persist(attempt: Attempt): Promise<Exchange> {
    if (random === undefined) {
      // A stream of its own: prompts and pauses are the same with it and without.
      const seed = env.number('SEED', 1, { integer: true }) as number
      random = createRandom(mixSeed(seed ^ 0x70617469, typeof __VU === 'undefined' ? 0 : __VU))
    }
    const begin = now()
    const limit = patience ? patience(random) : Infinity
    if (retry) saved = Math.min(saved + retry.budget, MOST_SAVED)
    for (let ordinal = 1; ; ordinal++) {
      const left = Math.max(limit - (now() - begin), 1)
      const timeout = attempt.timeout === undefined ? options.timeout : attempt.timeout
      const sent = await attempt.send(
        attempt.streaming
          ? { firstWithin: patience && left }
          : { timeout: Math.min(timeout, left) },
      )
      if (patience) leave(sent, left, attempt.streaming)
      const { error, stream } = sent.result
      let wait: number | undefined
      // What has begun to answer is not asked again.
      if (retry && error && stream.events === 0 && retry.on.indexOf(error.kind) >= 0) {
        if (ordinal < retry.attempts && saved >= 1)
          wait = retry.wait(ordinal, error.retryAfter, random)
      }
      const gone = error?.kind === 'abandoned'
      const impatient = !gone && wait !== undefined && now() - begin + wait >= limit
      if (impatient) wait = undefined
      const final = wait === undefined
      const tags: Tags = retry ? { attempt: String(ordinal), final: final ? 'yes' : 'no' } : {}
      attempt.record(sent, tags, final)
      if (gone || impatient) record('llm_abandoned', 1, Object.assign(attempt.tags(), tags))
      if (wait === undefined) {
        if (retry) sent.result.attempts = ordinal
        return sent
      }
      saved -= 1
      record('llm_retries', 1, Object.assign(attempt.tags(), tags))
      pause(wait / 1000)
    }
  }
}

/**
 * Makes a request of which the user saw nothing in time an abandoned one. Where tokens are not
 * seen arriving nothing can be said of a stream.
 */
function leave({ result, observed }: Exchange, limit: number, streaming: boolean): void {
  if (streaming && !observed) {
    warnOnce(
      'patience has no effect on streams that are not seen arriving (k6/http returns with the ' +
        'whole answer): run it through the relay (k6-llm run), or ask for whole answers with complete()',
    )
    return
  }
  const { error, timing } = result
  const late = streaming
    ? timing.ttft !== undefined && timing.ttft > limit
    : error !== null && timing.duration >= limit * 0.999
  // One that had no event in all its time: its user had left before it was given up.
  const silent = error !== null && (error.kind === 'timeout' || error.kind === 'aborted')
  const never = streaming && silent && timing.ttft === undefined && timing.duration >= limit * 0.999
  const timedOut = !streaming && error !== null && error.kind === 'timeout' && late
  if (!(streaming ? late || never : timedOut)) return
  result.ok = false
  result.error = {
    kind: 'abandoned',
    status: result.status,
    message: `the user left after ${Math.round(limit)} ms without ${streaming ? 'a token' : 'an answer'}`,
  }
}

function readPatience(value: Patience): (random: Random) => number {
  const span = (name: string, part: unknown) => {
    if (part === undefined) misuse(`${name}: expected a duration like '8s', got nothing`)
    return durationOption(name, part, 0)
  }
  if (typeof value === 'number' || typeof value === 'string') {
    const all = span('patience', value)
    return () => all
  }
  if (value === null || typeof value !== 'object') {
    misuse(
      `patience: expected '8s', { mean: '8s' } or { min: '2s', max: '10s' }, got ${show(value)}`,
    )
  }
  if ('mean' in value) {
    checkKeys('patience', value, ['mean'])
    const mean = span('patience.mean', value.mean)
    return (random) => Math.max(1, -mean * Math.log(1 - random.next()))
  }
  checkKeys('patience', value, ['min', 'max', 'mean'])
  const min = span('patience.min', value.min)
  const max = span('patience.max', value.max)
  if (min > max) misuse(`patience: expected min <= max, got ${show(value)}`)
  return (random) => min + (max - min) * random.next()
}

function readRetry(value: Retry) {
  checkKeys('retry', value, ['attempts', 'on', 'backoff', 'maxBackoff', 'jitter', 'budget'])
  const { attempts = 3, on = RETRIED, jitter = 0.25, budget = Infinity } = value
  if (!(attempts >= 1 && attempts % 1 === 0)) {
    misuse(`retry.attempts=${show(attempts)}: expected a whole number, 1 or more, like 3`)
  }
  if (!Array.isArray(on) || on.some((kind) => ERROR_KINDS.indexOf(kind) < 0)) {
    misuse(`retry.on=${show(on)}: expected a list of ${ERROR_KINDS.join(', ')}`)
  }
  if (!(jitter >= 0 && jitter <= 1)) misuse(`retry.jitter=${show(jitter)}: expected 0 to 1`)
  if (!(budget >= 0)) misuse(`retry.budget=${show(budget)}: expected a share, 0 or more, like 0.2`)
  const first = durationOption('retry.backoff', value.backoff, 500)
  const longest = durationOption('retry.maxBackoff', value.maxBackoff, 60000)
  return {
    attempts,
    on,
    budget,
    /** ms to wait before the next attempt; `undefined`: the server asks for too much. */
    wait(ordinal: number, retryAfter: number | undefined, random: Random): number | undefined {
      // Later than asked for is polite, sooner is not: what the server says is the least.
      const drawn = Math.min(first * 2 ** (ordinal - 1), longest) * (1 - jitter * random.next())
      if (retryAfter === undefined) return drawn
      return retryAfter > longest ? undefined : retryAfter + jitter * drawn * random.next()
    },
  }
}
