import { loadWasThere } from '#node'
import type { Samples } from '../samples/samples.ts'
import { inOrder, measured, perSecond, secondsOf } from '../samples/timeline.ts'
import { percentileDraws } from '../stats/bootstrap.ts'
import { effectiveCount } from '../stats/dependence.ts'
import type { Random } from '../stats/random.ts'

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

/** The loads of a sweep, rising; empty where no sample has the tag `step`. */
export function loadsOf(samples: Samples): Load[] {
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
  const parts = /^(.+)=(\d+(?:\.\d+)?)$/.exec(label)
  const kind = parts?.[1] === 'rate' || parts?.[1] === 'users' ? parts[1] : 'other'
  const load = parts ? Number(parts[2]) : Number.NaN
  let [requests, seconds, ended, tokens] = [0, 0, 0, 0]
  let keptUp = true
  for (const step of steps) {
    const series = seriesOf(samples, 'llm_requests', step)
    requests += series.reduce((sum, { runs }) => sum + runs.totals().a, 0)
    const { first, last } = secondsOf(series)
    // The first and the last second are not whole.
    const [from, to] = last - first > 3 ? [first + 1, last - 1] : [first, last]
    const sum = (metric: string) =>
      perSecond(seriesOf(samples, metric, step), from, to).a.reduce((all, value) => all + value, 0)
    const [whole, length] = [sum('llm_requests'), to - from + 1]
    ended += whole
    tokens += sum('llm_completion_tokens')
    seconds += length
    const dropped = total(samples, 'dropped_iterations', [step])
    keptUp &&= loadWasThere({ kind, load, requests: whole, dropped, window: length * 1000 })
  }
  const lost = total(samples, 'dropped_iterations', steps)
  return {
    label,
    kind,
    load,
    steps,
    requests,
    achieved: ended / seconds,
    ...(tokens > 0 && { tokens: tokens / seconds }),
    dropped: lost / Math.max(1, lost + total(samples, 'iterations', steps)),
    keptUp,
  }
}

function seriesOf(samples: Samples, metric: string, step: string) {
  return measured(samples.metrics.get(metric)?.series({ step }) ?? [])
}

/** Of a Counter in whole steps. */
function total(samples: Samples, metric: string, steps: string[]) {
  return steps
    .flatMap((step) => samples.metrics.get(metric)?.series({ step }) ?? [])
    .reduce((sum, { runs }) => sum + runs.totals().a, 0)
}

/** Values of a Trend at a load, in order, step after step. */
export function valuesAt(samples: Samples, metric: string, steps: string[]): Float64Array {
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
 *
 * @param share 0 to 1
 * @returns empty where nothing was measured
 */
export function drawsAt(
  samples: Samples,
  metric: string,
  steps: string[],
  share: number,
  random: Random,
  rounds: number,
): Float64Array {
  const each = steps.flatMap((step) => {
    const values = valuesAt(samples, metric, [step])
    if (values.length === 0) return []
    const sorted = Float64Array.from(values).sort()
    return [percentileDraws(sorted, share, effectiveCount(values, sorted, share), random, rounds)]
  })
  if (each.length === 0) return new Float64Array(0)
  return new Float64Array(rounds).map((_, round) => {
    let sum = 0
    // The mean of as many repetitions as there were.
    for (let i = 0; i < each.length; i++) {
      sum += each[Math.floor(random.uniform() * each.length)]?.[round] ?? Number.NaN
    }
    return sum / each.length
  })
}
