import type { Failure } from '../chat/transports/transport.ts'
import type { Figures } from './figures.ts'
import type { Finding } from './findings.ts'
import { type Goal, sortGoals } from './goals.ts'
import type { Switches } from './switches.ts'
import type { Unjudged } from './unjudged.ts'
import type { Validity } from './validity.ts'

/** What was missed, in the terms in which a remedy is looked for. */
export type Symptom =
  | 'unmeasured'
  | 'errors'
  | 'ttft'
  | 'tpot'
  | 'duration'
  | 'goodput'
  | 'throughput'
  | 'switch'
  | 'api'
  | 'generator'

/** What advice is made from. */
export interface Evidence {
  goals: Goal[]
  unmeasured: Unjudged[]
  figures: Figures
  findings: Finding[]
  switches?: Switches
  validity: Validity
  streaming?: boolean
  /** What failed in the server's words, where the relay told. */
  failures?: Failure[]
}

/** Likely causes of one symptom, those that the run itself shows first. */
export interface Advice {
  symptom: Symptom
  /** `seen`: a figure of this run speaks for it. The texts are in words/. */
  causes: { id: CauseId; seen?: true }[]
}

/** Which metrics show a symptom, and its likely causes, the usual ones first. */
export const SYMPTOMS = {
  unmeasured: {
    of: /^$/,
    causes: ['no-extension', 'no-request', 'all-failed', 'held-back', 'no-usage', 'no-tag'],
  },
  errors: {
    of: /^(llm_(failed|errors|available|truncated)|http_req_failed|checks)$/,
    causes: [
      'rate-limit',
      'timeout',
      'abandoned',
      'connect',
      'dns',
      'tls',
      'reset',
      'relay',
      'server-error',
      'out-of-memory',
      'client-error',
      'redirect',
      'unreadable',
      'truncated',
      'stream-error',
      'too-large',
      'other-http',
      'checks',
      'uncounted',
    ],
  },
  ttft: {
    of: /^llm_(ttft|ttfo|ttft_probe|slo_ttft|response_headers)$/,
    causes: ['queue', 'long-prompt', 'cold', 'buffered', 'connection', 'thinking'],
  },
  tpot: {
    of: /^llm_(tpot|tokens_per_second|gap_max|itl|slo_tpot|stalls|buffered)$/,
    causes: ['batch', 'cache-full', 'prefill-mix', 'slow-model', 'buffered'],
  },
  duration: {
    of: /^llm_(request_duration|slo_e2el)$/,
    causes: ['long-answer', 'queue', 'batch', 'long-prompt', 'cold', 'slow-model'],
  },
  goodput: { of: /^llm_goodput$/, causes: ['queue', 'batch', 'long-answer', 'errors'] },
  throughput: {
    of: /^llm_(requests|completion_tokens)$/,
    causes: ['few-users', 'queue', 'errors', 'short-answer'],
  },
  switch: {
    of: /^llm_model_/,
    causes: ['load-failed', 'slow-disk', 'memory-occupied', 'running-requests', 'start-up'],
  },
  api: { of: /^http_(req_duration|reqs)$/, causes: ['gateway', 'queue', 'connection'] },
  generator: {
    of: /^(llm_client_lag|llm_relay_\w+|dropped_iterations|iterations|iteration_duration)$/,
    causes: ['relay', 'busy-machine', 'busy-relay', 'few-vus'],
  },
} as const satisfies { [S in Symptom]: { of: RegExp; causes: readonly string[] } }

export type CauseId = (typeof SYMPTOMS)[Symptom]['causes'][number]

/** Words of servers that are out of memory. */
const OUT_OF_MEMORY = /out of memory|\boom\b|cuda error|not enough memory|insufficient memory/i

/**
 * Whether a run shows a cause: `true` and it is named first, `false` and it is left out, since it
 * was looked at and was not there; `undefined`, and for a cause that is not here: nobody knows.
 */
const SIGNS: { [id in CauseId]?: (run: Evidence) => boolean | undefined } = {
  'no-extension': (r) =>
    r.streaming === true || found(r, 'buffered')
      ? false
      : r.unmeasured.some((limit) => limit.reason === 'buffered') ||
        (r.streaming === false && without(r, /^llm_(ttft|ttfo|tpot)$/)) ||
        undefined,
  'no-usage': (r) => (without(r, /^llm_tpot$/) && !found(r, 'buffered') ? undefined : false),
  'held-back': (r) => found(r, 'buffered') && without(r, /^llm_(tpot|goodput)$/),
  'no-request': ({ validity }) => validity.reasons.some((reason) => reason.kind === 'nothing'),
  'all-failed': (r) =>
    r.figures.rates.some(
      (rate) => rate.metric === 'llm_failed' && rate.selector === '' && rate.rate === 1,
    ),
  'no-tag': ({ goals }) =>
    goals.some((goal) => goal.selector !== '' && goal.absent === 'empty') ? undefined : false,
  'rate-limit': (r) => failed(r, /^http_429$/),
  timeout: (r) => failed(r, /^timeout$/),
  abandoned: (r) => failed(r, /^abandoned$/),
  connect: (r) => failed(r, /^connect$/),
  dns: (r) => failed(r, /^dns$/),
  tls: (r) => failed(r, /^tls$/),
  reset: (r) => failed(r, /^(reset|stale)$/),
  relay: (r) => judged(r, /^gone$/),
  'server-error': (r) => failed(r, /^http_5xx$/),
  'client-error': (r) => failed(r, /^http_4xx$/),
  redirect: (r) => failed(r, /^http_3xx$/),
  unreadable: (r) => failed(r, /^decode$/),
  truncated: (r) => failed(r, /^truncated$/),
  'stream-error': (r) => failed(r, /^stream_error$/),
  'too-large': (r) => failed(r, /^too_large$/),
  'out-of-memory': (r) => (r.failures ?? []).some(({ words }) => OUT_OF_MEMORY.test(words)),
  'other-http': (r) => r.goals.some(missed(/^http_req_failed$/)) && !anyFailed(r),
  checks: (r) => r.goals.some(missed(/^checks$/)),
  uncounted: (r) => r.figures.errors.length === 0 && anyFailed(r) && !judged(r, /^gone$/),
  queue: (r) => above(largest(r, 'llm_server_waiting'), 0),
  'cache-full': (r) => above(largest(r, 'llm_server_kv_cache'), 0.95),
  buffered: (r) =>
    r.figures.rates.some((rate) => rate.metric === 'llm_buffered')
      ? found(r, 'buffered')
      : undefined,
  // A first answer that takes twice the next is a load, not chance.
  cold: (r) => above(r.switches?.ratio, 2) || undefined,
  // A tenth of the time to the first token is worth a look.
  connection: (r) => above(middle(r, 'llm_connect'), (middle(r, 'llm_ttft') ?? 0) / 10),
  errors: anyFailed,
  'load-failed': ({ switches }) => above(switches?.failed, 0),
  'busy-machine': (r) => judged(r, /^lag$/) || undefined,
  'busy-relay': (r) => judged(r, /^(relay|overhead)$/),
  'few-vus': (r) => found(r, 'dropped'),
}

/**
 * The symptoms of the goals that were missed, the worst first, and their likely causes, each cause
 * once: of a later symptom those stay that an earlier one did not name. Empty where all goals were
 * met.
 */
export function adviceOf(run: Evidence): Advice[] {
  const symptoms: Symptom[] = []
  for (const goal of sortGoals(run.goals).missed) {
    const unmeasured = goal.gate !== undefined || goal.absent === 'empty' || goal.isGate
    const names = Object.keys(SYMPTOMS) as Symptom[]
    const own = names.filter((name) => SYMPTOMS[name].of.test(goal.metric))[0]
    // Switches that all failed have no duration either: there the reasons are those of switches.
    const tried = own === 'switch' && run.switches !== undefined
    const symptom = unmeasured && !tried ? 'unmeasured' : own
    if (symptom !== undefined && symptoms.indexOf(symptom) < 0) symptoms.push(symptom)
  }
  const named: CauseId[] = []
  const advice = symptoms.map((symptom) => {
    const all: readonly CauseId[] = SYMPTOMS[symptom].causes
    const causes: Advice['causes'] = []
    for (const sign of [true, undefined] as const) {
      for (const id of all) {
        // One cause of two symptoms is told once.
        if (named.indexOf(id) >= 0 || SIGNS[id]?.(run) !== sign) continue
        named.push(id)
        causes.push(sign ? { id, seen: true } : { id })
      }
    }
    return { symptom, causes }
  })
  // Where nothing is known of why requests failed, nothing is said.
  return advice.filter(({ symptom, causes }) => symptom !== 'errors' || causes.length > 0)
}

/** Whether validity has such a reason. */
function judged({ validity }: Evidence, kind: RegExp): boolean {
  return validity.reasons.some((reason) => kind.test(reason.kind))
}

/** Failures of a kind. One that was not counted is never named. */
function failed({ figures: { errors } }: Evidence, kind: RegExp): boolean {
  return errors.some((error) => kind.test(error.kind) && error.count > 0)
}

function anyFailed({ figures: { rates } }: Evidence): boolean {
  return rates.some((rate) => rate.metric === 'llm_failed' && rate.yes > 0)
}

function missed(metric: RegExp): (goal: Goal) => boolean {
  return (goal) => !goal.ok && metric.test(goal.metric)
}

/** Whether a goal on such a metric has nothing measured. */
function without({ goals }: Evidence, metric: RegExp): boolean {
  return goals.some((goal) => goal.absent === 'empty' && metric.test(goal.metric))
}

function found({ findings }: Evidence, kind: string): boolean {
  return findings.some((finding) => finding.kind === kind)
}

function above(value: number | undefined, limit: number): boolean | undefined {
  return value === undefined ? undefined : value > limit
}

function row({ figures }: Evidence, metric: string) {
  return figures.latency
    .concat(figures.distributions)
    .filter((trend) => trend.metric === metric && trend.selector === '')[0]
}

function largest(run: Evidence, metric: string): number | undefined {
  return row(run, metric)?.max
}

function middle(run: Evidence, metric: string): number | undefined {
  return row(run, metric)?.p50
}
