import type { ReportChart, ReportTable } from '#node'
import type { Samples } from '../samples/samples.ts'
import { percentile } from '../samples/sink.ts'
import { interval } from '../stats/bootstrap.ts'
import { knee } from '../stats/knee.ts'
import { seededRandom } from '../stats/random.ts'
import type { Load } from './steps.ts'
import { drawsAt, goalsOf, loadsOf, meets, shareAt, valuesAt } from './steps.ts'

const ROUNDS = 1000

/**
 * The steps of a sweep: what each load got, where the curve bends, and the highest load that meets
 * the goals.
 */
export function sweepParts(
  samples: Samples,
  { goals: asked = [], seed = 1 }: { goals?: string[]; seed?: number } = {},
): { tables: ReportTable[]; charts: ReportChart[] } {
  const loads = loadsOf(samples)
  if (loads.length === 0) return { tables: [], charts: [] }
  const random = seededRandom(seed)
  const goals = goalsOf(samples, asked)
  const verdicts = loads.map((load) =>
    goals.map((goal) => meets(samples, load, goal, random, ROUNDS)),
  )
  const met = loads.map((load, i) => load.keptUp && (verdicts[i] ?? []).every(({ ok }) => ok))
  const unit = loads.every(({ kind }) => kind === 'rate') ? 'requests/s' : 'users'

  const at = (load: Load, metric: string, share: number) => {
    const sorted = valuesAt(samples, metric, load.steps).sort()
    return sorted.length === 0 ? null : percentile(sorted, share)
  }
  const latency = samples.metrics.has('llm_ttft') ? 'llm_ttft' : 'llm_request_duration'
  const name =
    latency === 'llm_ttft' ? { en: 'TTFT', ko: 'TTFT' } : { en: 'duration', ko: '요청 시간' }
  const p95 = loads.map((load) => at(load, latency, 0.95))
  const share = (load: Load, metric: string) => {
    const { yes, total } = shareAt(samples, metric, load.steps)
    return total === 0 ? null : yes / total
  }
  const range = (load: Load) => {
    const draws = drawsAt(samples, latency, load.steps, 0.95, random, ROUNDS)
    if (draws.length === 0) return null
    const [low, high] = interval(draws)
    return `${Math.round(low)} … ${Math.round(high)} ms`
  }

  const bend = knee(
    loads.map(({ load }) => load),
    p95.map((value) => value ?? Number.NaN),
  )
  const highest = met.indexOf(false) < 0 ? loads.length - 1 : met.indexOf(false) - 1
  const texts = conclusions(loads, { goals: goals.length, highest, bend, verdicts, unit })

  const step = { title: { en: 'step', ko: '단계' } }
  const label = ({ label, steps }: Load) => (steps.length > 1 ? `${label} ×${steps.length}` : label)
  const outcome = (i: number) => {
    if (goals.length === 0) return null
    if (met[i]) return { en: 'met', ko: '충족' }
    return loads[i]?.keptUp ? { en: 'missed', ko: '미달' } : { en: 'not kept up', ko: '부하 미달' }
  }
  const table: ReportTable = {
    id: 'sweep-load',
    title: { en: 'Sweep: what each step got', ko: '부하 단계별 처리' },
    note: texts,
    columns: [
      step,
      { title: { en: 'requests', ko: '요청' } },
      { title: { en: 'achieved/s', ko: '처리/s' } },
      { title: { en: 'tokens/s', ko: '토큰/s' } },
      { title: 'goodput', unit: 'share' },
      { title: { en: 'failed', ko: '실패' }, unit: 'share' },
      { title: { en: 'dropped', ko: '버려짐' }, unit: 'share' },
      { title: { en: 'goals', ko: '목표' } },
    ],
    rows: loads.map((load, i) => [
      label(load),
      load.requests,
      load.achieved,
      load.tokens === undefined ? null : Math.round(load.tokens),
      share(load, 'llm_goodput'),
      share(load, 'llm_failed'),
      load.dropped,
      outcome(i),
    ]),
  }
  const times: ReportTable = {
    id: 'sweep',
    title: { en: 'Sweep: latency', ko: '부하 단계별 지연' },
    columns: [
      step,
      { title: { en: `${name.en} p50`, ko: `${name.ko} p50` }, unit: 'ms' },
      { title: 'p95', unit: 'ms' },
      { title: { en: '95 % of p95', ko: 'p95의 95 % 구간' }, align: 'right' },
      { title: 'p99', unit: 'ms' },
      { title: 'TPOT p95', unit: 'ms' },
      { title: { en: 'duration p95', ko: '요청 시간 p95' }, unit: 'ms' },
    ],
    rows: loads.map((load, i) => [
      label(load),
      at(load, latency, 0.5),
      p95[i] ?? null,
      range(load),
      at(load, latency, 0.99),
      at(load, 'llm_tpot', 0.95),
      at(load, 'llm_request_duration', 0.95),
    ]),
  }
  return {
    tables: [table, times],
    charts: charts(samples, loads, { latency, name, bend, highest, goals: goals.length, unit }),
  }
}

function conclusions(
  loads: Load[],
  {
    goals,
    highest,
    bend,
    verdicts,
    unit,
  }: {
    goals: number
    highest: number
    bend: number | undefined
    unit: string
    verdicts: { ok: boolean; draws: Uint8Array }[][]
  },
) {
  const parts = { en: '', ko: '' }
  const named = (i: number) => loads[i]?.label ?? ''
  if (goals === 0) {
    parts.en = 'No goals to judge the steps by: give some by --goal, like llm_ttft:p(95)<2000.'
    parts.ko = '단계를 판정할 목표가 없음: --goal llm_ttft:p(95)<2000처럼 지정.'
  } else if (highest < 0) {
    parts.en = `No step meets the goals, ${named(0)} included.`
    parts.ko = `${named(0)}을 포함해 목표를 충족한 단계가 없음.`
  } else {
    let sure = 0
    for (let round = 0; round < ROUNDS; round++) {
      const holds = (i: number) => verdicts[i]?.every(({ draws }) => draws[round] === 1)
      let all = true
      for (let i = 0; i <= highest; i++) if (!holds(i)) all = false
      if (all) sure++
    }
    const percent = Math.floor((sure / ROUNDS) * 100)
    const last = highest === loads.length - 1
    parts.en =
      `Highest load that meets the goals, with all below it: ${named(highest)} (in ${percent} % of ` +
      `${ROUNDS} resamples)${last ? '; it is the highest that was tried' : ''}.`
    parts.ko =
      `목표를 충족하는 가장 높은 부하(그 아래 모두 충족): ${named(highest)} (재표본 ${ROUNDS}회 중 ` +
      `${percent} %)${last ? '. 시도한 가장 높은 부하임' : ''}.`
  }
  if (bend !== undefined) {
    parts.en += ` The curve bends at ${named(bend)}.`
    parts.ko += ` 곡선이 꺾이는 지점: ${named(bend)}.`
  }
  const lost = loads.filter(({ keptUp }) => !keptUp).map(({ label }) => label)
  if (lost.length > 0 && unit === 'requests/s') {
    parts.en += ` Not kept up (under 95 % of the rate, or over 1 % dropped): ${lost.join(', ')}.`
    parts.ko += ` 부하를 유지하지 못함(속도의 95 % 미만 또는 1 % 넘게 버려짐): ${lost.join(', ')}.`
  }
  return parts
}

function charts(
  samples: Samples,
  loads: Load[],
  {
    latency,
    name,
    bend,
    highest,
    goals,
    unit,
  }: {
    latency: string
    name: { en: string; ko: string }
    bend: number | undefined
    highest: number
    goals: number
    unit: string
  },
): ReportChart[] {
  if (loads.length < 2 || loads.some(({ load }) => Number.isNaN(load))) return []
  if (new Set(loads.map(({ load }) => load)).size < loads.length) return []
  const x = { label: { en: 'load', ko: '부하' }, unit, values: loads.map(({ load }) => load) }
  const marks = [
    ...(bend === undefined
      ? []
      : [
          {
            axis: 'x' as const,
            at: x.values[bend] ?? 0,
            label: { en: 'bend', ko: '꺾임' },
          },
        ]),
    ...(goals === 0 || highest < 0
      ? []
      : [
          {
            axis: 'x' as const,
            at: x.values[highest] ?? 0,
            label: { en: 'highest that meets the goals', ko: '목표를 충족하는 최고 부하' },
          },
        ]),
  ]
  const line = (share: number) =>
    loads.map(({ steps }) => {
      const sorted = valuesAt(samples, latency, steps).sort()
      return sorted.length === 0 ? null : percentile(sorted, share)
    })
  return [
    {
      id: 'sweep',
      title: { en: `${name.en} over load`, ko: `부하별 ${name.ko}` },
      kind: 'line',
      x,
      y: { label: name, unit: 'ms' },
      series: [0.5, 0.95, 0.99].map((share) => ({ label: `p${share * 100}`, values: line(share) })),
      ...(marks.length > 0 && { marks }),
    },
    {
      id: 'sweep-achieved',
      title: { en: 'Achieved over load', ko: '부하별 실제 처리' },
      kind: 'line',
      x,
      y: { label: { en: 'requests', ko: '요청' }, unit: 'requests/s' },
      series: [
        { label: { en: 'achieved', ko: '실제' }, values: loads.map(({ achieved }) => achieved) },
        ...(unit === 'requests/s'
          ? [{ label: { en: 'asked', ko: '요구' }, values: x.values, dash: true }]
          : []),
      ],
    },
  ]
}
