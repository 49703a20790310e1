import type { Samples } from '../samples/samples.ts'
import { splitName } from '../samples/selector.ts'
import { percentile } from '../samples/sink.ts'
import { inOrder, measured, perSecond, secondsOf } from '../samples/timeline.ts'
import { percentileDraws } from '../stats/bootstrap.ts'
import { effectiveCount } from '../stats/dependence.ts'
import type { Random } from '../stats/random.ts'
import { parseThreshold } from './thresholds.ts'

/** A load of a sweep, with all the steps that had it. */
export interface Load {
  /** `rate=12`, `users=8` */
  label: string
  kind: 'rate' | 'users' | 'other'
  load: number
  /** tags: `rate=12`, `rate=12#2` */
  steps: string[]
  requests: number
  /** requests that ended a second */
  achieved: number
  /** a second */
  tokens?: number
  /** share of iterations */
  dropped: number
  /** the load that was meant was there */
  keptUp: boolean
}

/** Less than this share of a rate, or more than this share dropped, is another load. */
const KEPT_UP = { achieved: 0.95, dropped: 0.01 }

/** The loads of a sweep, rising; empty where no sample has the tag `step`. */
export function loadsOf(samples: Samples) {
  const by = new Map<string, string[]>()
  for (const { tags } of measured(samples.metrics.get('llm_requests')?.series() ?? [])) {
    if (tags.step === undefined) continue
    const label = tags.step.replace(/#\d+$/, '')
    const steps = by.get(label) ?? []
    if (!steps.includes(tags.step)) steps.push(tags.step)
    by.set(label, steps)
  }
  const loads = [...by].map(([label, steps]) => loadOf(samples, label, steps))
  return loads.sort((a, b) => a.load - b.load || (a.label < b.label ? -1 : 1))
}

function loadOf(samples: Samples, label: string, steps: string[]): Load {
  const parts = /^(rate|users|.+)=(\d+(?:\.\d+)?)$/.exec(label)
  const kind = parts?.[1] === 'rate' || parts?.[1] === 'users' ? parts[1] : 'other'
  const load = parts ? Number(parts[2]) : Number.NaN
  let [requests, seconds, ended, tokens] = [0, 0, 0, 0]
  for (const step of steps) {
    const series = seriesOf(samples, 'llm_requests', step)
    requests += series.reduce((sum, { runs }) => sum + runs.totals().a, 0)
    const { first, last } = secondsOf(series)
    // The first and the last second are not whole.
    const [from, to] = last - first > 3 ? [first + 1, last - 1] : [first, last]
    const sum = (metric: string) =>
      perSecond(seriesOf(samples, metric, step), from, to).a.reduce((all, value) => all + value, 0)
    ended += sum('llm_requests')
    tokens += sum('llm_completion_tokens')
    seconds += to - from + 1
  }
  const total = (metric: string) =>
    steps
      .flatMap((step) => samples.metrics.get(metric)?.series({ step }) ?? [])
      .reduce((sum, { runs }) => sum + runs.totals().a, 0)
  const lost = total('dropped_iterations')
  const dropped = lost / Math.max(1, lost + total('iterations'))
  const achieved = ended / seconds
  return {
    label,
    kind,
    load,
    steps,
    requests,
    achieved,
    ...(tokens > 0 && { tokens: tokens / seconds }),
    dropped,
    keptUp: dropped <= KEPT_UP.dropped && (kind !== 'rate' || achieved >= load * KEPT_UP.achieved),
  }
}

function seriesOf(samples: Samples, metric: string, step: string) {
  return measured(samples.metrics.get(metric)?.series({ step }) ?? [])
}

/** Values of a Trend at a load, in order, step after step. */
export function valuesAt(samples: Samples, metric: string, steps: string[]) {
  const parts = steps.map((step) => inOrder(seriesOf(samples, metric, step)).values)
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Trues and samples of a Rate at a load. */
export function shareAt(samples: Samples, metric: string, steps: string[]) {
  const sums = steps
    .flatMap((step) => seriesOf(samples, metric, step))
    .map(({ runs }) => runs.totals())
  return {
    yes: sums.reduce((sum, { a }) => sum + a, 0),
    total: sums.reduce((sum, { b }) => sum + b, 0),
  }
}

/**
 * Replicates of a percentile at a load. Repeated steps are drawn first, then what was measured in
 * each: so the interval has what differs between repetitions, not only between requests.
 */
export function drawsAt(
  samples: Samples,
  metric: string,
  steps: string[],
  share: number,
  random: Random,
  rounds: number,
) {
  const each = steps.flatMap((step) => {
    const values = valuesAt(samples, metric, [step])
    if (values.length === 0) return []
    const sorted = Float64Array.from(values).sort()
    return [percentileDraws(sorted, share, effectiveCount(values, sorted, share), random, rounds)]
  })
  const draws = new Float64Array(each.length === 0 ? 0 : rounds)
  for (let i = 0; i < draws.length; i++) {
    // The mean of as many repetitions as there were.
    for (let j = 0; j < each.length; j++) {
      const one = each[Math.floor(random.uniform() * each.length)] as Float64Array
      draws[i] = (draws[i] as number) + (one[i] as number) / each.length
    }
  }
  return draws
}

type Goal = { metric: string; expression: string }

/**
 * What each step must meet: `--goal`, or the thresholds of the run on whole metrics and on
 * `phase:measure`.
 *
 * @param asked `llm_ttft:p(95)<2000`
 */
export function goalsOf(samples: Samples, asked: string[]): Goal[] {
  if (asked.length > 0) {
    return asked.map((text) => {
      const colon = text.indexOf(':')
      return { metric: text.slice(0, colon), expression: text.slice(colon + 1) }
    })
  }
  return [...samples.metrics.values()].flatMap(({ name, type, thresholds, subMetrics }) => {
    if (!name.startsWith('llm_') || (type !== 'trend' && type !== 'rate')) return []
    const whole = subMetrics.filter((sub) => splitName(sub.name).selector === 'phase:measure')
    const all = [...thresholds, ...whole.flatMap((sub) => sub.thresholds)]
    return [...new Set(all)]
      .filter((expression) => !/>=?\s*0\s*$/.test(expression))
      .map((expression) => ({ metric: name, expression }))
  })
}

/** Whether a load meets a goal, and how sure: its replicates. Nothing measured does not meet it. */
export function meets(
  samples: Samples,
  { steps }: Load,
  { metric, expression }: Goal,
  random: Random,
  rounds: number,
): { ok: boolean; draws: Uint8Array } {
  const parsed = parseThreshold(expression)
  const none = { ok: false, draws: new Uint8Array(rounds) }
  if (!parsed) return none
  if (samples.metrics.get(metric)?.type === 'rate') {
    const { yes, total } = shareAt(samples, metric, steps)
    if (total === 0 || parsed.statistic !== 'rate') return none
    const draws = new Uint8Array(rounds).map(() => {
      // Beta with Jeffreys' prior in place of a binomial draw: right near 0 and 1 too.
      return parsed.passes(random.beta(yes + 0.5, total - yes + 0.5)) ? 1 : 0
    })
    return { ok: parsed.passes(yes / total), draws }
  }
  const share = parsed.statistic === 'med' ? 0.5 : (parsed.percentile ?? Number.NaN) / 100
  const sorted = valuesAt(samples, metric, steps).sort()
  if (sorted.length === 0 || Number.isNaN(share)) return none
  const draws = drawsAt(samples, metric, steps, share, random, rounds)
  return {
    ok: parsed.passes(percentile(sorted, share)),
    draws: Uint8Array.from(draws, (value) => (parsed.passes(value) ? 1 : 0)),
  }
}
