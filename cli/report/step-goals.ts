import {
  parseThreshold,
  passes,
  percentile,
  rankOf,
  type SweepReport,
  splitSeries,
  type ThresholdParts,
} from '#node'
import type { Samples } from '../samples/samples.ts'
import type { Random } from '../stats/random.ts'
import { drawsAt, type Load, shareAt, valuesAt } from './steps.ts'

/** What each step must meet. */
export interface StepGoal {
  metric: string
  threshold: ThresholdParts
}

/** What became of a load: `lost`, the load that was meant was not there. */
export type Outcome = 'met' | 'missed' | 'lost' | 'unknown'

/** `llm_ttft:p(95)<2000` in its parts; undefined where it is none. */
export function parseGoal(text: string): StepGoal | undefined {
  const [, metric, expression = ''] = /^([A-Za-z_]\w*):(.+)$/.exec(text) ?? []
  const threshold = parseThreshold(expression)
  return metric === undefined || !threshold ? undefined : { metric, threshold }
}

/**
 * The goals of the steps: `--goal`, or the thresholds of the run on whole metrics and on
 * `phase:measure`.
 *
 * @param asked `llm_ttft:p(95)<2000`
 */
export function goalsOf(samples: Samples, asked: string[]): StepGoal[] {
  if (asked.length > 0) return asked.flatMap((text) => parseGoal(text) ?? [])
  return [...samples.metrics.values()].flatMap(({ name, type, thresholds, subMetrics }) => {
    if (!name.startsWith('llm_') || (type !== 'trend' && type !== 'rate')) return []
    const whole = subMetrics.filter((sub) => splitSeries(sub.name).selector === 'phase:measure')
    const all = new Set([...thresholds, ...whole.flatMap((sub) => sub.thresholds)])
    return [...all].flatMap((expression) => {
      const threshold = parseThreshold(expression)
      // `max>0` and `max>=0` only tell that something was measured, or have it shown.
      const isGoal = threshold && !(threshold.goal === 0 && threshold.operator.startsWith('>'))
      return isGoal ? [{ metric: name, threshold }] : []
    })
  })
}

/** Whether a load meets a goal, and how sure that is. */
export interface Judgement {
  ok: boolean
  /** 1 where a replicate meets it */
  draws: Uint8Array
}

/** Nothing measured does not meet a goal. */
export function meets(
  samples: Samples,
  { steps }: Load,
  { metric, threshold }: StepGoal,
  random: Random,
  rounds: number,
): Judgement {
  const none = { ok: false, draws: new Uint8Array(rounds) }
  const drawn = (value: number) => (passes(value, threshold) ? 1 : 0)
  if (samples.metrics.get(metric)?.type === 'rate') {
    const { yes, total } = shareAt(samples, metric, steps)
    if (total === 0 || threshold.statistic !== 'rate') return none
    const draws = new Uint8Array(rounds).map(() =>
      // Beta with Jeffreys' prior in place of a binomial draw: right near 0 and 1 too.
      drawn(random.beta(yes + 0.5, total - yes + 0.5)),
    )
    return { ok: passes(yes / total, threshold), draws }
  }
  const rank = rankOf(threshold.statistic)
  const sorted = valuesAt(samples, metric, steps).sort()
  if (sorted.length === 0 || rank === undefined) return none
  const draws = drawsAt(samples, metric, steps, rank / 100, random, rounds)
  return {
    ok: passes(percentile(sorted, rank / 100), threshold),
    draws: Uint8Array.from(draws, drawn),
  }
}

/** What the report of the run itself says of a load: the worst of its steps. */
export function toldOf({ steps }: SweepReport, load: Load): Outcome {
  const rows = load.steps.map((name) => steps.find(({ step }) => step === name))
  const missed = rows.filter((row) => row?.meets === 'no')
  if (missed.some((row) => row?.missed.some((limit) => limit !== 'load'))) return 'missed'
  if (missed.length > 0) return 'lost'
  return rows.every((row) => row?.meets === 'yes') ? 'met' : 'unknown'
}
