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
    causes: ['no-extension', 'no-request', 'all-failed', 'no-usage', 'no-tag'],
  },
  errors: {
    of: /^(llm_(failed|errors|available|truncated)|http_req_failed|checks)$/,
    causes: [
      'rate-limit',
      'timeout',
      'connect',
      'relay',
      'server-error',
      'out-of-memory',
      'client-error',
      'truncated',
      'stream-error',
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

/**
 * Whether a run shows a cause: `true` and it is named first, `false` and it is left out, since it
 * was looked at and was not there; `undefined`, and for a cause that is not here: nobody knows.
 */
const SIGNS: { [id in CauseId]?: (run: Evidence) => boolean | undefined } = {
  'no-extension': (r) =>
    r.streaming === true
      ? false
      : r.unmeasured.some((limit) => limit.reason === 'buffered') ||
        (r.streaming === false && without(r, /^llm_(ttft|ttfo|tpot)$/)) ||
        undefined,
  'no-usage': (r) => (without(r, /^llm_tpot$/) ? undefined : false),
  'no-request': ({ validity }) => validity.reasons.some((reason) => reason.kind === 'nothing'),
  'all-failed': (r) =>
    r.figures.rates.some(
      (rate) => rate.metric === 'llm_failed' && rate.selector === '' && rate.rate === 1,
    ),
  'no-tag': ({ goals }) =>
    goals.some((goal) => goal.selector !== '' && goal.absent === 'empty') ? undefined : false,
  'rate-limit': (r) => failed(r, /^http_429$/),
  timeout: (r) => failed(r, /^timeout$/),
  connect: (r) => failed(r, /^(connect|dns|tls|reset|stale)$/),
  relay: (r) => judged(r, /^gone$/),
  'server-error': (r) => failed(r, /^http_5xx$/),
  'client-error': (r) => failed(r, /^(http_4xx|http_3xx|decode)$/),
  truncated: (r) => failed(r, /^truncated$/),
  'stream-error': (r) => failed(r, /^stream_error$/),
  'out-of-memory': (r) =>
    failed(r, /^(http_5xx|stream_error|reset)$/) === false ? false : undefined,
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
  errors: (r) => r.figures.rates.some((rate) => rate.metric === 'llm_failed' && rate.yes > 0),
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
  return symptoms.map((symptom) => {
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
}

/** Whether validity has such a reason. */
function judged({ validity }: Evidence, kind: RegExp): boolean {
  return validity.reasons.some((reason) => kind.test(reason.kind))
}

/** Failures of a kind; not known where no threshold has k6 count them by kind. */
function failed({ figures: { errors } }: Evidence, kind: RegExp): boolean | undefined {
  if (errors.length === 0) return undefined
  return errors.some((error) => kind.test(error.kind) && error.count > 0)
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
