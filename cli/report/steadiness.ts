import type { ReportTable } from '#node'
import type { Samples, Series } from '../samples/samples.ts'
import { percentile } from '../samples/sink.ts'
import { inOrder, measured, secondsOf, togetherBySecond } from '../samples/timeline.ts'
import { mser5 } from '../stats/mser.ts'
import { mannKendall, theilSen } from '../stats/tests.ts'
import { paceIn, percentilesIn } from './over-time.ts'

/** Windows of the measured part, each with some samples. */
const WINDOWS = 20
const LEAST = 8
/** A change over the run that is smaller is no drift, however certain. */
const MATTERS = 0.05

/**
 * Did the measured part hold still? Each figure in up to 20 windows: Mann and Kendall's test says
 * whether there is a trend, the slope of Theil and Sen how large it is. MSER-5 says how much of the
 * beginning is start-up. A sweep is not asked: its load changes by intent.
 */
export function steadiness(samples: Samples): ReportTable | undefined {
  const of = (name: string) => measured(samples.metrics.get(name)?.series() ?? [])
  const requests = of('llm_requests')
  if (requests.length === 0 || requests.some(({ tags }) => tags.step !== undefined))
    return undefined
  const { first, last } = secondsOf(requests)
  // The first and the last second are not whole.
  const seconds = last - first - 1
  const length = Math.max(1, Math.ceil(seconds / WINDOWS))
  const windows = { first: first + 1, length, count: Math.floor(seconds / length) }
  if (windows.count < LEAST) return undefined

  const rows: ReportTable['rows'] = []
  const add = (name: string, all: (number | null)[]) => {
    const values = all.filter((value) => value !== null)
    const middle = percentile(Float64Array.from(values).sort(), 0.5)
    if (values.length < LEAST || middle === 0) return
    const { p } = mannKendall(values)
    const change = (theilSen(values) * (values.length - 1)) / middle
    const drifts = p < 0.05 && Math.abs(change) >= MATTERS
    rows.push([
      name,
      values.length,
      `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`,
      p < 0.001 ? '< 0.001' : p.toFixed(3),
      drifts ? { en: 'drifts', ko: '변화함' } : { en: 'steady', ko: '안정' },
    ])
  }
  for (const metric of ['llm_ttft', 'llm_tpot', 'llm_request_duration']) {
    const series = of(metric)
    if (series.length > 0) add(`${metric} p50`, percentilesIn(series, windows, [0.5])[0] ?? [])
  }
  add('llm_requests/s', paceIn(requests, windows))
  if (of('llm_completion_tokens').length > 0) {
    add('llm_completion_tokens/s', paceIn(of('llm_completion_tokens'), windows))
  }
  if (rows.length === 0) return undefined
  return {
    id: 'steadiness',
    title: { en: 'Steadiness of the measured part', ko: '측정 구간의 안정성' },
    note: note(of('llm_request_duration'), usersOf(samples, first, last)),
    columns: [
      { title: { en: 'figure', ko: '지표' } },
      { title: { en: 'windows', ko: '구간 수' } },
      { title: { en: 'change over the run', ko: '실행 중 변화' } },
      { title: 'p' },
      { title: { en: 'verdict', ko: '판단' } },
    ],
    rows,
  }
}

/** Fewest and most users of the measured part. */
function usersOf(samples: Samples, first: number, last: number) {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const [second, users] of togetherBySecond(samples.metrics.get('vus')?.series() ?? [])) {
    if (second <= first || second >= last) continue
    low = Math.min(low, users)
    high = Math.max(high, users)
  }
  return { low, high }
}

function note(durations: Series[], users: { low: number; high: number }) {
  const { values, seconds } = inOrder(durations)
  const cut = mser5(values)
  const parts = { en: '', ko: '' }
  if (cut === undefined) {
    parts.en = 'Durations have not settled, or are too few to tell (MSER-5).'
    parts.ko = '요청 시간이 안정되지 않았거나, 판단하기에 너무 적음(MSER-5).'
  } else {
    const span = ((seconds[cut] ?? 0) as number) - ((seconds[0] ?? 0) as number)
    parts.en = `Start-up of durations by MSER-5: ${cut} requests, ${span} s.`
    parts.ko = `MSER-5로 본 시작 구간: 요청 ${cut}개, ${span}초.`
  }
  if (users.high > users.low) {
    parts.en += ` Users changed from ${users.low} to ${users.high}: a drift may be the load's own.`
    parts.ko += ` 사용자 수가 ${users.low}~${users.high}로 바뀌었으므로 변화는 부하 때문일 수 있음.`
  }
  return parts
}
