import { canStream } from '../chat/default-transport.ts'
import { UNSEEN_STREAM } from '../metrics/names.ts'
import { SLA_KEYS } from './check.ts'
import { measuredPart } from './measured.ts'
import { checkOptions, selectorOf, type ThresholdOptions } from './options.ts'
import { resolveSla, type Sla, type SlaVariable } from './sla.ts'

/** Why a limit is not gated, or not measured. */
export type LimitReason = 'buffered' | 'held' | 'probe' | 'whole-run' | 'load'

/** What one limit of an SLA became. */
export interface SlaLimit {
  /** Its place in the SLA: `'ttft.p95'`, `'errorRate'`. */
  limit: string
  /** k6 metric that it is judged on. */
  metric: string
  /** Tags of the sub-metric, `'sla:chat,phase:measure'`; `''` for the whole metric. */
  selector: string
  /** The k6 expression, `'p(95)<2000'`. */
  threshold: string
  /** The promised number, in `unit`. */
  goal: number
  unit: 'ms' | 'share' | 'requests/s' | 'tokens/min' | 'users'
  /** Whether it is among k6's thresholds. */
  gated: boolean
  measured: 'yes' | 'estimate' | 'no'
  /** The threshold that fails where nothing was measured, on the same selector. */
  gate?: { metric: string; threshold: string }
  /**
   * What must hold too: TTFT is never less than the time of the stream's own headers, so an estimate
   * of it is not judged by itself.
   */
  bound?: { metric: string; selector: string; threshold: string }
  /** Milliseconds that a counted goal is spread over. */
  window?: number
  /** The environment variable that set the goal. */
  variable?: SlaVariable
  reason?: LimitReason
  /** `reason` in English. */
  why?: string
  /** What would measure or gate it. */
  fix?: string
}

/** What a limit is judged on. `streamed`: seen only where tokens are seen arriving. */
const JUDGED: { readonly [key: string]: { metric: string; streamed?: true } } = {
  ttft: { metric: 'llm_ttft', streamed: true },
  ttfo: { metric: 'llm_ttfo', streamed: true },
  tpot: { metric: 'llm_tpot', streamed: true },
  duration: { metric: 'llm_request_duration' },
  apiDuration: { metric: 'http_req_duration' },
  switchDuration: { metric: 'llm_model_switch_duration' },
  errorRate: { metric: 'llm_failed' },
  availability: { metric: 'llm_available' },
  goodput: { metric: 'llm_goodput' },
  switchSuccess: { metric: 'llm_model_switch_failed' },
  requestsPerSecond: { metric: 'llm_requests' },
  tokensPerMinute: { metric: 'llm_completion_tokens' },
  concurrentUsers: { metric: 'vus' },
}

/** Limits on what a model answers; an SLA without any is about plain HTTP calls. */
const OF_ANSWERS: readonly (keyof Sla)[] = [
  'ttft',
  'ttfo',
  'tpot',
  'duration',
  'availability',
  'goodput',
  'requestsPerSecond',
  'tokensPerMinute',
]

const STREAM =
  'run it by k6-llm run, or beside k6-llm relay with -e LLM_RELAY=http://127.0.0.1:9470: any k6 ' +
  'then sees tokens arrive (docs/streaming.md)'

/** Texts of the reasons. */
export const REASONS: { readonly [R in LimitReason]: { why: string; fix: string } } = {
  buffered: {
    why:
      "stock k6's http returns only when the whole answer is there, so the time of a token " +
      'is not seen; llm_ttft_probe is an estimate of TTFT',
    fix: STREAM,
  },
  held: {
    why:
      'the proxy buffered the streams: all tokens came at once at the end, so the pace is not that ' +
      'of the model',
    fix: 'let it stream: nginx proxy_buffering off, no gzip; a gateway must pass chunks on as they come',
  },
  probe: {
    why:
      "TTFT was not measured: stock k6's http does not see tokens arrive; judged is the whole " +
      'time of one-token requests under the same load (llm_ttft_probe)',
    fix: STREAM,
  },
  'whole-run': {
    why: 'k6 divides a count by the whole run, with its setup, ramps and warm-up',
    fix: "give toThresholds the length of the measured phase, like window: '2m'",
  },
  load: {
    why: 'a condition of the load, not a result',
    fix: 'run a profile with at least that many users',
  },
}

/**
 * What each limit of an SLA becomes: metric, threshold, whether k6 gates it; and for one that is
 * not gated or not measured, why and what would do it. `toThresholds` is made from this list.
 */
export function describeSla(sla: Sla, options: ThresholdOptions = {}): SlaLimit[] {
  const known = resolveSla(sla) as Sla & { [key: string]: unknown }
  const given = checkOptions(options)
  const part = options.scenarios && measuredPart(options.scenarios)
  const window = given === undefined ? part?.window : given
  const streaming = options.streaming === undefined ? canStream() : options.streaming
  // Of these alone the samples have a phase. A probe has its own.
  const selectorFor = (metric: string) => {
    if (!part || !/^llm_(?!model_switch)/.test(metric)) return selectorOf(options.tags)
    const phase = metric === 'llm_ttft_probe' ? 'probe' : 'measure'
    return selectorOf({ phase, ...options.tags })
  }
  const limits: SlaLimit[] = []

  const add = (
    limit: string,
    metric: string,
    threshold: string,
    goal: number,
    unit: SlaLimit['unit'],
    more?: Partial<SlaLimit>,
  ) => {
    const selector = selectorFor(metric)
    const record = { limit, metric, selector, threshold, goal, unit, gated: true, measured: 'yes' }
    const variable = known.variables?.[limit]
    const made = { ...record, ...(variable && { variable }), ...more }
    if (options.optional) delete made.gate
    limits.push(made as SlaLimit)
  }
  const because = (reason: LimitReason) => ({ reason, ...REASONS[reason] })
  const boundOf = (threshold: string) => {
    const phase = part && { phase: 'measure' }
    const selector = selectorOf({ ...phase, ...options.tags, ...UNSEEN_STREAM })
    return { metric: 'llm_response_headers', selector, threshold }
  }

  for (const key of Object.keys(SLA_KEYS)) {
    const value = known[key]
    const judged = JUDGED[key]
    if (value === undefined || judged === undefined) continue
    let metric = judged.metric

    if (SLA_KEYS[key] === 'time') {
      let state: Partial<SlaLimit> = {}
      if (judged.streamed && !streaming) {
        if (options.unmeasured === 'estimate' && key === 'ttft') {
          metric = 'llm_ttft_probe'
          state = { measured: 'estimate', ...because('probe') }
        } else {
          const gated = options.unmeasured === undefined || options.unmeasured === 'fail'
          state = { gated, measured: 'no', ...because('buffered') }
        }
      }
      // A threshold on a Trend without samples passes in k6; `max>0` on it does not.
      const gate = { metric, threshold: 'max>0' }
      for (const stat of Object.keys(value as object)) {
        const goal = (value as { [stat: string]: number | undefined })[stat]
        if (goal === undefined) continue
        const statistic = stat.charAt(0) === 'p' ? `p(${stat.slice(1)})` : stat
        const more: Partial<SlaLimit> = state.gated === false ? { ...state } : { gate, ...state }
        if (state.measured === 'estimate') more.bound = boundOf(`${statistic}<${goal}`)
        add(`${key}.${stat}`, metric, `${statistic}<${goal}`, goal, 'ms', more)
      }
      continue
    }

    const goal = value as number
    if (key === 'errorRate') {
      // API calls do not pass the chat client: k6's own Rate counts their failures.
      const api = known.apiDuration !== undefined && !OF_ANSWERS.some((k) => known[k] !== undefined)
      if (api) metric = 'http_req_failed'
      const gate = { metric: api ? 'http_reqs' : 'llm_requests', threshold: 'count>0' }
      add(key, metric, goal === 0 ? 'rate<=0' : `rate<${goal}`, goal, 'share', { gate })
    } else if (key === 'availability') {
      // The share of nothing is 0 in k6, and never above 1. A refusal (4xx) is an answer: where the
      // SLA does not judge failures, the gate fails what only ever refused.
      const gate = { metric: 'llm_failed', threshold: 'rate<1' }
      const more = known.errorRate === undefined ? { gate } : undefined
      add(key, metric, goal === 1 ? 'rate>=1' : `rate>${goal}`, goal, 'share', more)
    } else if (key === 'goodput') {
      add(key, metric, `rate>=${goal}`, goal, 'share')
    } else if (key === 'switchSuccess') {
      // Of failures k6 cannot tell "none" from "none tried": both are 0 and pass. The duration
      // has a sample for each switch that succeeded, so `max>0` fails where none was tried. It
      // fails as well where all failed, but there the rate is 1 and the verdict is the same.
      const failed = Number((1 - goal).toFixed(12)) // 1 - 0.9 is 0.09999999999999998
      const gate = { metric: 'llm_model_switch_duration', threshold: 'max>0' }
      add(key, metric, goal === 1 ? 'rate<=0' : `rate<${failed}`, goal, 'share', { gate })
    } else if (key === 'concurrentUsers') {
      const more = { gated: false, selector: '', ...because('load') }
      add(key, metric, `max>=${goal}`, goal, 'users', more)
    } else {
      const perMinute = key === 'tokensPerMinute'
      const unit = perMinute ? 'tokens/min' : 'requests/s'
      const seconds = perMinute ? 60 : 1
      if (window === undefined) {
        const more = { gated: false, ...because('whole-run') }
        add(key, metric, `rate>=${Number((goal / seconds).toPrecision(6))}`, goal, unit, more)
      } else {
        const count = Math.ceil(Number(((goal * window) / 1000 / seconds).toFixed(6)))
        const phase = selectorOf({ ...options.tags, phase: options.tags?.phase ?? 'measure' })
        add(key, metric, `count>=${count}`, goal, unit, { selector: phase, window })
      }
    }
  }
  return limits
}
