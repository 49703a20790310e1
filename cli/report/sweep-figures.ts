import { highestLoad, percentile, type SweepReport, samplesFor } from '#node'
import type { Samples } from '../samples/samples.ts'
import { interval } from '../stats/bootstrap.ts'
import { knee } from '../stats/knee.ts'
import { seededRandom } from '../stats/random.ts'
import { goalsOf, type Judgement, meets, type Outcome, toldOf } from './step-goals.ts'
import { drawsAt, type Load, loadsOf, shareAt, valuesAt } from './steps.ts'

/** Of the bootstrap. */
const ROUNDS = 1000

/** What a load got, and what became of it. */
export interface LoadRow {
  load: Load
  /** of the latency by rank, ms; null where too few samples were measured */
  at: (metric: string, share: number) => number | null
  /** 0 to 1 */
  share: (metric: string) => number | null
  /** 95 % interval of the p95, ms */
  range: [low: number, high: number] | null
  /** absent where there are no goals */
  outcome?: Outcome
}

/** A sweep as its tables and charts tell it. */
export interface Sweep {
  rows: LoadRow[]
  unit: 'requests/s' | 'users'
  /** `llm_ttft`, or the whole duration where no token was seen */
  latency: string
  /** name of the SLA by which the run's own report judged the steps */
  sla?: string
  /** index of the highest load that passed; absent: none did, or nothing was judged */
  highest?: number
  /** index of the lowest load that did not */
  lowestMissed?: number
  /** indices of loads above that one which passed */
  passedAbove: number[]
  /** in how many of the resamples the highest load, and all below it, pass */
  sure?: { rounds: number; of: number }
  /** index of the load where the curve bends */
  bend?: number
}

export interface SweepOptions {
  /** `llm_ttft:p(95)<2000` */
  goals?: string[]
  /** what the report of the run says of the steps */
  told?: SweepReport
  seed?: number
}

/**
 * What each load got, where the curve bends, and the highest load that meets the goals.
 *
 * @returns undefined where no sample has the tag `step`
 */
export function sweepOf(
  samples: Samples,
  { goals: asked = [], told, seed = 1 }: SweepOptions = {},
): Sweep | undefined {
  const loads = loadsOf(samples)
  if (loads.length === 0) return undefined
  const random = seededRandom(seed)
  // Who names no goals gets the answer of the run's own report: it knows the SLA of each step.
  const known = asked.length === 0 && told?.sla !== undefined ? told : undefined
  const goals = known ? [] : goalsOf(samples, asked)
  const judged = loads.map((load) =>
    goals.map((goal) => meets(samples, load, goal, random, ROUNDS)),
  )
  const outcomes = loads.map((load, i): Outcome | undefined => {
    if (known) return toldOf(known, load)
    if (goals.length === 0) return undefined
    if (!load.keptUp) return 'lost'
    return judged[i]?.every(({ ok }) => ok) ? 'met' : 'missed'
  })
  const latency = samples.metrics.has('llm_ttft') ? 'llm_ttft' : 'llm_request_duration'
  const rows = loads.map((load, i): LoadRow => {
    const draws = drawsAt(samples, latency, load.steps, 0.95, random, ROUNDS)
    const outcome = outcomes[i]
    return {
      load,
      at: (metric, share) => {
        const sorted = valuesAt(samples, metric, load.steps).sort()
        return sorted.length < samplesFor(share * 100) ? null : percentile(sorted, share)
      },
      share: (metric) => {
        const { yes, total } = shareAt(samples, metric, load.steps)
        return total === 0 ? null : yes / total
      },
      range: draws.length === 0 ? null : interval(draws),
      ...(outcome && { outcome }),
    }
  })
  const bend = knee(
    loads.map(({ load }) => load),
    rows.map(({ at }) => at(latency, 0.95) ?? Number.NaN),
  )
  // By their places: the loads stand in order, and one without a number has a place too.
  const answer = highestLoad(
    outcomes.flatMap((outcome, i) => (outcome ? [{ load: i, passed: outcome === 'met' }] : [])),
  )
  return {
    rows,
    unit: loads.every(({ kind }) => kind === 'rate') ? 'requests/s' : 'users',
    latency,
    ...(known && { sla: known.sla }),
    ...answer,
    ...(goals.length > 0 &&
      answer.highest !== undefined && { sure: surenessOf(judged.slice(0, answer.highest + 1)) }),
    ...(bend !== undefined && { bend }),
  }
}

/** The rounds in which all goals of all loads hold. */
function surenessOf(judged: Judgement[][]) {
  let sure = 0
  for (let round = 0; round < ROUNDS; round++) {
    if (judged.every((load) => load.every(({ draws }) => draws[round] === 1))) sure++
  }
  return { rounds: sure, of: ROUNDS }
}
